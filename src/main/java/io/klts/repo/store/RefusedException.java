package io.klts.repo.store;

import java.io.IOException;

/** A store says no, and would say so again: wrong credentials, no such bucket, no permission. */
final class RefusedException extends IOException {

  private static final long serialVersionUID = 1L;

  RefusedException(String message) {
    super(message);
  }
}
