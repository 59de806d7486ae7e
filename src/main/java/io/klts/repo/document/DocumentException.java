package io.klts.repo.document;

import java.io.IOException;

/** A document that does not say what its reader expects. The message begins with file and line. */
public final class DocumentException extends IOException {

  private static final long serialVersionUID = 1L;

  DocumentException(String message) {
    super(message);
  }
}
