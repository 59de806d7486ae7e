package io.klts.repo.store;

import java.io.IOException;

/** Something says no, and would say so again: wrong credentials, no such bucket, no room. */
public class RefusedException extends IOException {

  private static final long serialVersionUID = 1L;

  public RefusedException(String message) {
    super(message);
  }

  public RefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
