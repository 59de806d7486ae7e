package io.klts.repo.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.io.function.IOConsumer;

/** For parsers that want a file: one that is written again for each input. */
final class ScratchFile {

  private static Path file;

  private ScratchFile() {}

  /** A parser of the bytes of a file. */
  static Parser of(IOConsumer<Path> parser) {
    return bytes -> parser.accept(write(bytes));
  }

  private static synchronized Path write(byte[] bytes) throws IOException {
    if (file == null) {
      file = Files.createTempFile("fuzz", ".input");
      file.toFile().deleteOnExit();
    }
    return Files.write(file, bytes);
  }
}
