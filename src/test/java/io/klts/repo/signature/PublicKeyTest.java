package io.klts.repo.signature;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PublicKeyTest {

  @Test
  void isTheSameFromArmorFromPacketsAndFromTheSecretHalf() throws IOException {
    byte[] expected = TestKeys.bytes("good-public.pgp");

    assertThat(PublicKey.read(TestKeys.bytes("good-public.asc")).binary()).isEqualTo(expected);
    assertThat(PublicKey.read(expected).binary()).isEqualTo(expected);
    assertThat(TestKeys.publicHalf("good.asc").binary()).isEqualTo(expected);
  }

  @Test
  void canBeReadAgainFromItsArmor() throws IOException {
    PublicKey key = TestKeys.publicHalf("passphrase.asc");

    assertThat(PublicKey.read(key.armored()).binary()).isEqualTo(key.binary());
    assertThat(new String(key.armored(), US_ASCII))
        .startsWith("-----BEGIN PGP PUBLIC KEY BLOCK-----\n");
  }

  @Test
  void saysWhatItIs() throws IOException {
    PublicKey key = TestKeys.publicHalf("good.asc");

    assertThat(key.userId()).isEqualTo("good TEST ONLY <good@test.invalid>");
    assertThat(key.created()).isEqualTo("2024-01-01T00:00:00Z");
    assertThat(key.expires())
        .hasValueSatisfying(end -> assertThat(end).isEqualTo("2044-01-01T00:00:00Z"));
    assertThat(key.fingerprint()).matches("[0-9A-F]{40}").endsWith(key.keyId());
    assertThat(key.keyId()).hasSize(16);
    assertThat(key.spacedFingerprint())
        .matches("([0-9A-F]{4} ){9}[0-9A-F]{4}")
        .isEqualToIgnoringWhitespace(key.fingerprint().replaceAll("(.{4})", "$1 ").strip());
    assertThat(key).hasToString(key.keyId() + " " + key.userId());
  }

  @Test
  void aKeyWithoutEndHasNone() throws IOException {
    PublicKey key = TestKeys.publicHalf("rsa2048.asc");

    assertThat(key.expires()).isEmpty();
    assertThat(key.isExpired(Instant.MAX)).isFalse();
  }

  @Test
  void endsExactlyAtItsEnd() throws IOException {
    PublicKey key = TestKeys.publicHalf("expired.asc");
    Instant end = key.expires().orElseThrow();

    assertThat(key.isExpired(end.minusSeconds(1))).isFalse();
    assertThat(key.isExpired(end)).isTrue();
  }

  @Test
  void aKeyringHasSeveralKeysInTheirOrder() throws IOException {
    PublicKey one = TestKeys.publicHalf("good.asc");
    PublicKey other = TestKeys.publicHalf("passphrase.asc");
    List<PublicKey> keys = List.of(other, one);
    for (byte[] form : List.of(PublicKey.armored(keys), PublicKey.binary(keys))) {
      assertThat(PublicKey.readAll(form))
          .extracting(PublicKey::fingerprint)
          .containsExactly(other.fingerprint(), one.fingerprint());
    }
    assertThat(PublicKey.armored(keys))
        .asString()
        .isEqualTo(new String(other.armored(), US_ASCII) + new String(one.armored(), US_ASCII));
    assertThat(PublicKey.binary(PublicKey.readAll(PublicKey.armored(keys))))
        .isEqualTo(PublicKey.binary(keys));
    assertThatThrownBy(() -> PublicKey.readAll(TestKeys.bytes("good.asc")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("found a secret one");
    assertThatThrownBy(() -> PublicKey.readAll(TestKeys.bytes("text.sig")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("found other OpenPGP data");
  }

  @Test
  void twoKeysAreRefused() throws IOException {
    ByteArrayOutputStream two = new ByteArrayOutputStream();
    two.write(TestKeys.bytes("good-public.asc"));
    two.write(TestKeys.bytes("passphrase-public.asc"));

    assertThatThrownBy(() -> PublicKey.read(two.toByteArray()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("expected one public key, found 2");
  }

  @Test
  void aSecretKeyIsRefused() {
    assertThatThrownBy(() -> PublicKey.read(TestKeys.bytes("good.asc")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("never publish it");
  }

  @Test
  void aSignatureIsNotAKey() {
    assertThatThrownBy(() -> PublicKey.read(TestKeys.bytes("text.sig")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("expected one public key, found 0");
  }

  @Test
  void aUserIdThatTheKeyDidNotSignDoesNotCount() throws IOException {
    byte[] forged = TestKeys.bytes("good-public.pgp");
    int at = new String(forged, ISO_8859_1).indexOf("good TEST");
    forged[at] = 'f';

    PublicKey key = PublicKey.read(forged);

    assertThat(key.userId()).isEmpty();
    assertThat(key.expires()).isEmpty();
  }

  @Test
  void controlCharactersOfAUserIdAreNotPassedOn() throws Exception {
    PublicKey key = new PublicKey(CraftedKey.withUserId("a\u001b[2Jb <c@test.invalid>"));

    assertThat(key.userId()).isEqualTo("a?[2Jb <c@test.invalid>");
  }
}
