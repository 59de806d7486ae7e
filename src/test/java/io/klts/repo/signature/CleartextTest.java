package io.klts.repo.signature;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CleartextTest {

  private static final String SIGNATURE =
      "-----BEGIN PGP SIGNATURE-----\n\nabcd\n-----END PGP SIGNATURE-----\n";

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  @Test
  void hashesLinesWithoutTrailingBlanksAndWithoutTheLastLineEnd() {
    assertThat(Cleartext.of(bytes("a \t\nb\r\n\nc\n")).canonical())
        .asString(UTF_8)
        .isEqualTo("a\r\nb\r\n\r\nc");
  }

  @Test
  void aMissingLastLineEndMakesNoDifference() {
    assertThat(Cleartext.of(bytes("a\nb"))).isEqualTo(Cleartext.of(bytes("a\nb\n")));
  }

  @Test
  void anEmptyLastLineDoesMakeADifference() {
    assertThat(Cleartext.of(bytes("a\n\n")).canonical()).asString(UTF_8).isEqualTo("a\r\n");
  }

  @Test
  void dashesAreEscapedInTheFrame() {
    assertThat(Cleartext.of(bytes("- x\n-----BEGIN\nplain\n")).frame(bytes(SIGNATURE)))
        .asString(UTF_8)
        .isEqualTo(
            """
            -----BEGIN PGP SIGNED MESSAGE-----
            Hash: SHA256

            - - x
            - -----BEGIN
            plain
            """
                + SIGNATURE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "\n", "\n\n", "a", "-", "- ", "--", "a\n\n-\n- - b\n", "Größe  \r\n \r\nx"})
  void whatWasFramedComesOutAgain(String text) throws IOException {
    Cleartext before = Cleartext.of(bytes(text));

    Cleartext.Framed after = Cleartext.parse(before.frame(bytes(SIGNATURE)));

    assertThat(after.text()).isEqualTo(before);
    assertThat(after.signature()).isEqualTo(SIGNATURE);
  }

  @Test
  void aCarriageReturnInsideALineIsRefused() {
    assertThatThrownBy(() -> Cleartext.of(bytes("a\rb\n")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Cleartext.parse(framed("a\rb\n")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("carriage return");
  }

  @Test
  void anUnescapedDashIsRefused() {
    assertThatThrownBy(() -> Cleartext.parse(framed("-x\n")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("unescaped dash");
  }

  @ParameterizedTest
  @CsvSource({
    "before%BEGIN%Hash: SHA256%%text%SIGNATURE, begins with",
    "BEGIN%Comment: x%%text%SIGNATURE, other than Hash",
    "BEGIN%Hash: SHA256%%text%SIGNATURE%after, to end with",
    "BEGIN%Hash: SHA256%%text%-----BEGIN PGP SIGNATURE-----%%abcd, to end with",
    "BEGIN%Hash: SHA256%%-----END PGP SIGNATURE-----%-----BEGIN PGP SIGNATURE-----%, to end with",
    "BEGIN%Hash: SHA256%text%SIGNATURE, begins with",
    "BEGIN%Hash: SHA256%%text, begins with",
    "'', begins with",
  })
  void anOddFrameIsRefused(String frame, String message) {
    String content =
        frame
            .replaceFirst("(^|%)BEGIN%", "$1-----BEGIN PGP SIGNED MESSAGE-----%")
            .replace('%', '\n')
            .replaceFirst("\nSIGNATURE", "\n" + SIGNATURE);

    assertThatThrownBy(() -> Cleartext.parse(bytes(content)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(message);
  }

  private static byte[] framed(String lines) {
    return bytes("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n" + lines + SIGNATURE);
  }
}
