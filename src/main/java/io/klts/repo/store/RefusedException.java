package io.klts.repo.store;

import java.io.IOException;

/**
 * It is of no use to try again: a store says no, for wrong credentials, no such bucket, no
 * permission, or the file that shall be sent is not the one that was listed.
 */
final class RefusedException extends IOException {

  private static final long serialVersionUID = 1L;

  RefusedException(String message) {
    super(message);
  }
}
