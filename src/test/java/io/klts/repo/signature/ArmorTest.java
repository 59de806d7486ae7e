package io.klts.repo.signature;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ArmorTest {

  @Test
  void hasAChecksumAndNoHeadersAndUnixLines() throws IOException {
    String text = new String(Armor.encode(TestKeys.bytes("text.sig")), US_ASCII);

    assertThat(text)
        .startsWith("-----BEGIN PGP SIGNATURE-----\n\n")
        .containsPattern("\n=[A-Za-z0-9+/]{4}\n-----END PGP SIGNATURE-----\n$")
        .doesNotContain("\r", "Version");
  }

  @Test
  void namesItselfAfterTheFirstPacket() throws IOException {
    assertThat(new String(Armor.encode(TestKeys.bytes("good-public.pgp")), US_ASCII))
        .startsWith("-----BEGIN PGP PUBLIC KEY BLOCK-----\n");
  }

  @Test
  void decodesWhatGpgEncoded() throws IOException {
    assertThat(Armor.decode(TestKeys.bytes("good-public.asc")))
        .isEqualTo(TestKeys.bytes("good-public.pgp"));
  }

  @Test
  void leavesBinaryPacketsAlone() throws IOException {
    assertThat(Armor.decode(TestKeys.bytes("text.sig"))).isEqualTo(TestKeys.bytes("text.sig"));
  }

  @Test
  void refusesAWrongChecksum() throws IOException {
    String good = new String(Armor.encode(TestKeys.bytes("text.sig")), US_ASCII);
    String bad = good.replaceFirst("\n=....\n", "\n=AAAA\n");

    assertThatThrownBy(() -> Armor.decode(bad.getBytes(US_ASCII))).isInstanceOf(IOException.class);
  }

  @Test
  void refusesAClearsignedText() {
    assertThatThrownBy(() -> Armor.decode(TestKeys.bytes("text.clear.asc")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("found a clearsigned text");
  }
}
