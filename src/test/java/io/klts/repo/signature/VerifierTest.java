package io.klts.repo.signature;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.klts.repo.blob.Blob;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerifierTest {

  private static final Instant SIGNED = Instant.parse("2024-06-01T00:00:00Z");

  @ParameterizedTest
  @ValueSource(strings = {"text.sig", "text.sig.asc", "text.both.asc"})
  void acceptsWhatGpgSigned(String signature) throws IOException {
    Signed proof = trusting("good.asc").detached(text(), TestKeys.bytes(signature));

    assertThat(proof.by().userId()).startsWith("good TEST ONLY");
    assertThat(proof.at()).isEqualTo(SIGNED);
  }

  @Test
  void acceptsATextThatGpgSigned() throws IOException {
    SignedText signed = trusting("good.asc").clearsigned(TestKeys.bytes("text.clear.asc"));

    assertThat(signed.proof().at()).isEqualTo(SIGNED);
    assertThat(content(signed.text()))
        .isEqualTo("From here\n- a dash\n-----BEGIN nothing-----\nblanks\n\nlast\n");
  }

  @Test
  void findsTheSignerAmongSeveralKeys() throws IOException {
    Verifier verifier =
        new Verifier(List.of(TestKeys.publicHalf("revoked.asc"), TestKeys.publicHalf("good.asc")));

    assertThat(verifier.detached(text(), TestKeys.bytes("text.sig")).by().userId())
        .startsWith("good TEST ONLY");
  }

  @Test
  void oneWrongSignatureOfATrustedKeySpoilsTheOthers() throws IOException {
    SecretKey key = TestKeys.good();
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.write(key.detached(text(), TestKeys.NOW));
    both.write(key.detached(Blob.of(new byte[0]), TestKeys.NOW));

    rejected(text(), Armor.encode(both.toByteArray()), "not what was signed");
  }

  @Test
  void changedDataIsRejected() throws IOException {
    byte[] changed = Files.readAllBytes(TestKeys.file("text"));
    changed[0] ^= 1;

    rejected(Blob.of(changed), TestKeys.bytes("text.sig"), "not what was signed");
  }

  @Test
  void aChangedTextIsRejected() throws IOException {
    String changed =
        new String(TestKeys.bytes("text.clear.asc"), UTF_8).replace("From here", "From there");

    assertThatThrownBy(() -> trusting("good.asc").clearsigned(changed.getBytes(UTF_8)))
        .isInstanceOf(BadSignatureException.class)
        .hasMessageContaining("not what was signed");
  }

  @Test
  void aStrangersSignatureIsRejected() throws IOException {
    assertThatThrownBy(
            () -> trusting("passphrase.asc").detached(text(), TestKeys.bytes("text.sig")))
        .isInstanceOf(BadSignatureException.class)
        .hasMessageContaining("expected a signature by " + TestKeys.publicHalf("passphrase.asc"))
        .hasMessageContaining("found only by " + TestKeys.publicHalf("good.asc").keyId());
  }

  @Test
  void aSha1SignatureIsRejected() throws IOException {
    rejected(text(), TestKeys.bytes("text.sha1.asc"), "hash algorithm 2");
  }

  @Test
  void aSignatureWithAnEndIsRejected() throws IOException {
    rejected(text(), TestKeys.bytes("text.ends.asc"), "void after a while");
  }

  @Test
  void aSubkeysSignatureIsRejected() {
    assertThatThrownBy(
            () -> trusting("subkey.asc").detached(text(), TestKeys.bytes("text.subkey.asc")))
        .isInstanceOf(BadSignatureException.class)
        .hasMessageContaining("one by its subkey");
  }

  @Test
  void aRevokedKeyProvesNothing() {
    assertThatThrownBy(
            () -> trusting("revoked.asc").detached(text(), TestKeys.bytes("text.revoked.asc")))
        .isInstanceOf(BadSignatureException.class)
        .hasMessageContaining("which is revoked");
  }

  @Test
  void aSignatureFromAfterTheEndOfItsKeyIsRejected() {
    assertThatThrownBy(
            () -> trusting("expired.asc").detached(text(), TestKeys.bytes("text.late.asc")))
        .isInstanceOf(BadSignatureException.class)
        .hasMessageContaining("within the life of")
        .hasMessageContaining("one of 2025-06-01");
  }

  @Test
  void aTextSignatureIsNoDetachedOne() throws IOException {
    rejected(text(), TestKeys.bytes("text.mode.asc"), "version 4, type 1");
  }

  @Test
  void aKeyIsNoSignature() {
    assertThatThrownBy(
            () -> trusting("good.asc").detached(text(), TestKeys.bytes("good-public.asc")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("nothing but signatures");
  }

  @Test
  void needsAKey() {
    assertThatThrownBy(() -> new Verifier(List.of())).isInstanceOf(IllegalArgumentException.class);
  }

  private static void rejected(Blob data, byte[] signature, String message) throws IOException {
    Verifier verifier = trusting("good.asc");
    assertThatThrownBy(() -> verifier.detached(data, signature))
        .isInstanceOf(BadSignatureException.class)
        .hasMessageContaining(message);
  }

  private static Verifier trusting(String file) throws IOException {
    return new Verifier(List.of(TestKeys.publicHalf(file)));
  }

  private static Blob text() throws IOException {
    return Blob.of(TestKeys.file("text"));
  }

  private static String content(Blob blob) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    blob.writeTo(out);
    return out.toString(UTF_8);
  }
}
