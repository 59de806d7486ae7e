package io.klts.repo.signature;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.klts.repo.blob.Blob;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretKeyTest {

  private static final char[] PASSPHRASE = "correct horse".toCharArray();
  private static final Blob DATA = Blob.of("data\n".getBytes(UTF_8));

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"good.asc", "good.pgp"})
  void loadsWhatGpgExports(String file) throws IOException {
    SecretKey key = SecretKey.load(TestKeys.file(file), TestKeys.NO_PASSPHRASE, TestKeys.NOW);

    assertThat(key.key().binary()).isEqualTo(TestKeys.bytes("good-public.pgp"));
    assertThat(verified(key, TestKeys.NOW)).isEqualTo(TestKeys.NOW);
  }

  @Test
  void loadsAProtectedKeyAndLeavesThePassphraseAlone() throws IOException {
    char[] passphrase = PASSPHRASE.clone();

    SecretKey key = SecretKey.load(TestKeys.file("passphrase.asc"), passphrase, TestKeys.NOW);

    assertThat(verified(key, TestKeys.NOW)).isEqualTo(TestKeys.NOW);
    assertThat(passphrase).isEqualTo(PASSPHRASE);
  }

  @Test
  void loadsAKeyThatAnOldGpgProtected() throws Exception {
    Path file = folder.resolve("old.pgp");
    Files.write(file, CraftedKey.protectedWithCast5(TestKeys.bytes("good.asc"), PASSPHRASE));

    assertThat(verified(SecretKey.load(file, PASSPHRASE, TestKeys.NOW), TestKeys.NOW))
        .isEqualTo(TestKeys.NOW);
  }

  @Test
  void aPassphraseForAnUnprotectedKeyIsFine() throws IOException {
    assertThat(SecretKey.load(TestKeys.file("good.asc"), PASSPHRASE, TestKeys.NOW)).isNotNull();
  }

  @Test
  void aWrongPassphraseIsRefusedAndNotRepeated() {
    assertThatThrownBy(
            () ->
                SecretKey.load(
                    TestKeys.file("passphrase.asc"), "wrong-horse".toCharArray(), TestKeys.NOW))
        .isInstanceOf(KeyException.class)
        .hasMessageContaining("passphrase.asc: the passphrase does not fit")
        .hasMessageNotContaining("wrong-horse");
  }

  @Test
  void aMissingPassphraseIsRefused() {
    refused(TestKeys.file("passphrase.asc"), "no passphrase was given");
  }

  @Test
  void aMissingFileIsRefused() {
    refused(folder.resolve("none.asc"), "none.asc: there is no such file");
  }

  @Test
  void aFolderIsRefused() {
    refused(folder, "it is a folder");
  }

  @Test
  void aFileThatCannotBeReadIsRefused() throws IOException {
    refused(Files.createSymbolicLink(folder.resolve("loop"), Path.of("loop")), "it cannot be read");
  }

  @Test
  void aFileThatIsTooLongIsRefused() throws IOException {
    refused(Files.write(folder.resolve("long"), new byte[(1 << 20) + 2]), "at most 1048576 bytes");
  }

  @ParameterizedTest
  @CsvSource({
    "text, damaged or unknown ASCII armor",
    "good-public.asc, 'expected a secret key, found a public one'",
    "text.sig.asc, 'expected a secret key, found other OpenPGP data'",
    "two.asc, 'expected one secret key, found 2'",
    "expired.asc, expired at 2025-01-01",
    "revoked.asc, revoked",
    "sha1.asc, SHA-1",
    "sha1-subkey.asc, SHA-1",
    "subkey.asc, only a subkey may sign",
    "stub.asc, only a subkey may sign",
    "rsa2048.asc, 2048 bits",
    "dsa.asc, DSA",
    "ed25519.asc, algorithm 22",
    "nistp256.asc, algorithm 19",
  })
  void aKeyThatMustNotSignIsRefused(String file, String message) {
    refused(TestKeys.file(file), message);
  }

  @Test
  void aStubOfAPrimaryKeyIsRefused() {
    refused(TestKeys.file("stub-signs.asc"), "--export-secret-subkeys");
  }

  @Test
  void twoBlocksInOneFileAreRefused() throws IOException {
    ByteArrayOutputStream two = new ByteArrayOutputStream();
    two.write(TestKeys.bytes("good.asc"));
    two.write(TestKeys.bytes("rsa2048.asc"));

    refused(
        Files.write(folder.resolve("two.asc"), two.toByteArray()),
        "expected one secret key, found 2");
  }

  @Test
  void halvesThatDoNotBelongTogetherAreRefused() throws Exception {
    byte[] halves = CraftedKey.halves(TestKeys.bytes("good.asc"), TestKeys.bytes("sha1.asc"));

    refused(Files.write(folder.resolve("halves.pgp"), halves), "do not belong together");
  }

  @Test
  void aTruncatedKeyIsRefused() throws IOException {
    byte[] half = Arrays.copyOf(TestKeys.bytes("good.pgp"), 1000);

    refused(Files.write(folder.resolve("half.pgp"), half), "not a usable OpenPGP key");
  }

  @Test
  void thePublicHalfNeedsNoPassphraseAndNoRules() throws IOException {
    assertThat(TestKeys.publicHalf("passphrase.asc").binary())
        .isEqualTo(PublicKey.read(TestKeys.bytes("passphrase-public.asc")).binary());
    assertThat(TestKeys.publicHalf("expired.asc").expires()).isPresent();
  }

  @Test
  void sameKeyDataAndTimeGiveTheSameBytes() throws IOException {
    Instant later = TestKeys.NOW.plusMillis(999); // signatures know whole seconds

    assertThat(TestKeys.good().detached(DATA, TestKeys.NOW))
        .isEqualTo(TestKeys.good().detached(DATA, later));
    assertThat(TestKeys.good().clearsigned("text".getBytes(UTF_8), TestKeys.NOW))
        .isEqualTo(TestKeys.good().clearsigned("text".getBytes(UTF_8), later));
  }

  /** Old packet header with a length of two octets, as gpg writes it; then version 4, type 0x00. */
  @Test
  void aSignatureIsFramedAsGpgDoesIt() throws IOException {
    byte[] ours = TestKeys.good().detached(DATA, TestKeys.NOW);

    assertThat(ours).startsWith(0x89, (ours.length - 3) >> 8, ours.length - 3, 4, 0);
    assertThat(TestKeys.bytes("text.sig")).startsWith(0x89);
  }

  @Test
  void aSignatureIsNotOlderThanItsKey() throws IOException {
    assertThat(verified(TestKeys.good(), Instant.EPOCH)).isEqualTo("2024-01-01T00:00:00Z");
  }

  @Test
  void aSignatureAfterTheEndOfTheKeyIsRefused() {
    assertThatThrownBy(() -> TestKeys.good().detached(DATA, Instant.parse("2044-01-01T00:00:00Z")))
        .isInstanceOf(KeyException.class)
        .hasMessageContaining("expired at 2044-01-01");
  }

  @Test
  void aCarriageReturnInsideALineOfTextIsRefused() {
    assertThatThrownBy(() -> TestKeys.good().clearsigned("a\rb".getBytes(UTF_8), TestKeys.NOW))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void saysItsPublicHalfOnly() throws IOException {
    assertThat(TestKeys.good()).hasToString(TestKeys.good().key().toString());
  }

  private static Instant verified(SecretKey key, Instant at) throws IOException {
    return new Verifier(List.of(key.key())).detached(DATA, key.detached(DATA, at)).at();
  }

  private static void refused(Path file, String message) {
    assertThatThrownBy(() -> SecretKey.load(file, TestKeys.NO_PASSPHRASE, TestKeys.NOW))
        .isInstanceOf(KeyException.class)
        .hasMessageStartingWith("cannot use the signing key " + file)
        .hasMessageContaining(message);
  }
}
