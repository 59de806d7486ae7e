package io.klts.repo.store;

import java.io.IOException;

/**
 * It is of no use to try again: wrong credentials, no such bucket, no permission, no room, or the
 * file that shall be sent is not the one that was listed.
 */
public class RefusedException extends IOException {

  private static final long serialVersionUID = 1L;

  public RefusedException(String message) {
    super(message);
  }

  public RefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
