package io.klts.repo.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MirrorsFileTest {

  @TempDir Path folder;

  @Test
  void ourOwnFileIsRead() throws IOException {
    assertThat(Mirrors.load(Path.of("mirrors.conf")).origin().url()).startsWith("https://");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[origin]~url = \"https://a.example\"~ulr = \"x\" | :3: origin.ulr: unknown key \"ulr\"; al",
        "[origin]~url = \"https://a.example\"~url = \"x\" | mirrors.conf:3: Duplicate key",
        "[origin]~url = \"https://a.example/\" | expected a form such as https://packages",
        "[origin]~url = \"ftp://a.example\" | expected a form such as https://packages",
        "[origin]~url = \"http://[\" | expected a form such as https://packages",
        "[origin]~url = 7 | mirrors.conf:1: origin: \"url\" is 7; expected a form",
        "[orign]~url = \"https://a.example\" | unknown key \"orign\"; allowed here: mirror, origin, registry",
        "[origin | mirrors.conf:1",
        "x | mirrors.conf:1",
      })
  void aFaultIsNamedWithFileAndLine(String text, String message) throws IOException {
    Path file = folder.resolve("mirrors.conf");
    Files.writeString(file, text.replace("~", "\n") + "\n");

    assertThatThrownBy(() -> Mirrors.load(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("mirrors.conf:")
        .hasMessageContaining(message);
  }
}
