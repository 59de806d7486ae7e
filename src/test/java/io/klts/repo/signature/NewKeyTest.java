package io.klts.repo.signature;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.klts.repo.blob.Blob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Period;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NewKeyTest {

  private static final char[] PASSPHRASE = "Maß für Maß".toCharArray();

  private static NewKey key;

  @TempDir Path folder;

  @BeforeAll
  static void generate() throws IOException {
    key =
        NewKey.generate(
            "New TEST ONLY", "new@test.invalid", PASSPHRASE, NewKey.FIVE_YEARS, TestKeys.NOW);
  }

  @Test
  void keepsEveryRule() {
    assertThat(KeyLint.check(key.publicKey(), TestKeys.NOW)).isEmpty();
    assertThat(key.publicKey().primary().getBitStrength()).isEqualTo(4096);
    assertThat(key.publicKey().userId()).isEqualTo("New TEST ONLY <new@test.invalid>");
    assertThat(key.publicKey().created()).isEqualTo(TestKeys.NOW);
  }

  @Test
  void livesFiveYears() {
    assertThat(key.publicKey().expires().orElseThrow()).isEqualTo("2031-11-23T00:00:00Z");
  }

  @Test
  void signsAfterItWasSaved() throws IOException {
    Path file = folder.resolve("new.asc");
    key.saveSecret(file);

    SecretKey loaded = SecretKey.load(file, PASSPHRASE, TestKeys.NOW);

    Blob data = Blob.of("data".getBytes(UTF_8));
    byte[] signature = loaded.detached(data, TestKeys.NOW);
    assertThat(new Verifier(List.of(key.publicKey())).detached(data, signature).at())
        .isEqualTo(TestKeys.NOW);
  }

  @Test
  void isProtectedAndForItsOwnerOnly() throws IOException {
    Path file = folder.resolve("new.asc");
    key.saveSecret(file);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThatThrownBy(() -> SecretKey.load(file, TestKeys.NO_PASSPHRASE, TestKeys.NOW))
        .isInstanceOf(KeyException.class)
        .hasMessageContaining("no passphrase was given");
  }

  @Test
  void neverOverwritesAKey() throws IOException {
    Path file = Files.writeString(folder.resolve("old.asc"), "precious");

    assertThatThrownBy(() -> key.saveSecret(file))
        .isInstanceOf(KeyException.class)
        .hasMessageContaining("old.asc: the file exists");
    assertThat(file).hasContent("precious");
  }

  @ParameterizedTest
  @CsvSource({"'', a@test.invalid", "A, ' '", "A <b>, a@test.invalid", "A, 'a@test.invalid>'"})
  void refusesNamesThatDoNotMakeAUserId(String name, String email) {
    assertThatThrownBy(() -> generate(name, email, NewKey.FIVE_YEARS))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({"P0D", "P-1Y"})
  void refusesALifeOfNothing(Period validity) {
    assertThatThrownBy(() -> generate("A", "a@test.invalid", validity))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(validity.toString());
  }

  private static NewKey generate(String name, String email, Period validity) throws IOException {
    return NewKey.generate(name, email, TestKeys.NO_PASSPHRASE, validity, TestKeys.NOW);
  }
}
