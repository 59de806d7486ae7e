package io.klts.repo.signature;

import java.io.IOException;

/** A key that cannot or must not be used. Nothing was signed or written. */
public final class KeyException extends IOException {

  private static final long serialVersionUID = 1L;

  /**
   * @param tried what was tried, and on which file or key
   * @param found what is wrong with it
   * @param remedy what to do
   * @param cause where it came up, or null
   */
  KeyException(String tried, String found, String remedy, Throwable cause) {
    super(tried + ": " + found + "; " + remedy, cause);
  }
}
