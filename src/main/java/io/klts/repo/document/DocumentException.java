package io.klts.repo.document;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** A document that does not say what its reader expects. The message begins with file and line. */
public final class DocumentException extends IOException {

  private static final long serialVersionUID = 1L;

  DocumentException(String message) {
    super(message);
  }

  /**
   * Faults that a reader's own checks found, all of one document.
   *
   * @param faults for each, where it is and what it is
   */
  public static DocumentException of(Path file, List<Located<String>> faults) {
    return new DocumentException(
        faults.stream()
            .map(fault -> file + ":" + fault.line() + ": " + fault.value())
            .collect(Collectors.joining("\n  ")));
  }
}
