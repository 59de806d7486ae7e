package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Texts that are compared letter by letter; {@code -Dgolden.update} writes them anew. */
final class Golden {

  private Golden() {}

  static void check(String name, String text) throws IOException {
    Path file = Path.of("src/test/resources").resolve(name);
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(file, text);
    }
    assertThat(text)
        .as("if this change is wanted: run this test with -Dgolden.update")
        .isEqualTo(Files.readString(file));
  }
}
