package io.klts.repo.signature;

import java.io.IOException;

/** A signature that does not prove what was expected of it. Do not use the data. */
public final class BadSignatureException extends IOException {

  private static final long serialVersionUID = 1L;

  BadSignatureException(String expected, String found) {
    super("expected " + expected + ", found " + found);
  }
}
