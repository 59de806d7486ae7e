package io.klts.repo.binaries;

import io.klts.repo.elf.Elf;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A program that was looked at and fits its architecture.
 *
 * @param file where it lies
 */
public record Binary(Path file, Elf elf) {

  /**
   * Looks again, when the file has been read whole: another program may have come in its place.
   *
   * @throws IOException if it is not what it was
   */
  public void requireUnchanged() throws IOException {
    if (!Elf.read(file).equals(elf)) {
      throw new IOException(file + " changed while it was packaged; run again when it is complete");
    }
  }
}
