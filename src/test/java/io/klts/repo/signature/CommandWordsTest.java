package io.klts.repo.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandWordsTest {

  @Test
  void splitsAtBlanksOutsideOfQuotes() throws IOException {
    assertThat(CommandWords.split("  /opt/kms sign  'a b'\t\"c d\" e' 'f '' \n"))
        .isEqualTo(List.of("/opt/kms", "sign", "a b", "c d", "e f", ""));
  }

  @Test
  void aBackslashProtectsAsInAShell() throws IOException {
    assertThat(CommandWords.split("a\\ b '\\' \"\\\"\\\\\\x\""))
        .isEqualTo(List.of("a b", "\\", "\"\\\\x"));
  }

  @Test
  void nothingElseOfAShellIsThere() throws IOException {
    assertThat(CommandWords.split("sign $KEY|tee *")).isEqualTo(List.of("sign", "$KEY|tee", "*"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " \t", "secret 'open", "secret \"open", "secret \"open\\\"", "secret\\"})
  void refusesALineThatIsNotWhole(String line) {
    assertThatThrownBy(() -> CommandWords.split(line))
        .isInstanceOf(KeyException.class)
        .hasMessageContaining("cannot read the command line of the signing program")
        .hasMessageNotContaining("secret");
  }
}
