package io.klts.repo.signature;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.klts.repo.blob.Blob;
import io.klts.repo.blob.Parallel;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Small shell scripts stand for programs that have the key. */
class ExternalSignerTest {

  private static final Instant SIGNED = Instant.parse("2024-06-01T00:00:00Z");

  private static final Duration LONG = Duration.ofMinutes(1);

  @TempDir private Path folder;

  @Test
  void aDetachedSignatureIsTakenAsItIs() throws IOException {
    byte[] good = TestKeys.good().detached(text(), SIGNED);
    Signer signer = answering(good);

    assertThat(signer.detached(text(), SIGNED)).isEqualTo(good);
    assertThat(folder.resolve("asked")).hasContent("detached 1717200000");
    assertThat(folder.resolve("input")).hasSameBinaryContentAs(TestKeys.file("text"));
  }

  @Test
  void anArmoredSignatureIsAsGood() throws IOException {
    byte[] good = TestKeys.good().detached(text(), SIGNED);

    assertThat(answering(Armor.encode(good)).detached(text(), SIGNED)).isEqualTo(good);
  }

  @Test
  void aClearsignedTextIsFramedAnew() throws IOException {
    byte[] text = "From here\n- dash\n\nlast".getBytes(UTF_8);
    byte[] good = TestKeys.good().clearsigned(text, SIGNED);
    String theirs =
        new String(good, UTF_8).replace("\nFrom", "\n- From").replace("\n", "\r\n") + "\r\n";

    assertThat(answering(theirs.getBytes(UTF_8)).clearsigned(text, SIGNED)).isEqualTo(good);
    assertThat(folder.resolve("asked")).hasContent("clearsign 1717200000");
    assertThat(folder.resolve("input")).hasContent("From here\n- dash\n\nlast\n");
  }

  @Test
  void theTimeAskedForIsNeverBeforeTheKey() throws IOException {
    Instant created = TestKeys.good().key().created();
    answering(TestKeys.good().detached(text(), created)).detached(text(), Instant.EPOCH);

    assertThat(folder.resolve("asked")).hasContent("detached " + created.getEpochSecond());
  }

  @Test
  void theProgramMayHaveItsOwnClock() throws IOException {
    byte[] good = TestKeys.good().detached(text(), TestKeys.NOW);

    assertThat(answering(good).detached(text(), SIGNED)).isEqualTo(good);
  }

  @Test
  void aSignatureFromTheFutureIsRefused() throws IOException {
    Signer signer = answering(TestKeys.good().detached(text(), TestKeys.NOW.plusSeconds(1)));

    refused(signer, "expected a signature not later than now, 2026-11-23T00:00:00Z");
  }

  @ParameterizedTest
  @CsvSource({
    "text.sha1.asc, with SHA-256; OpenPGP hash algorithm 2",
    "text.sig, a signature with SHA-256 (8); hash algorithm 10",
    "text.both.asc, one signature; 2 signatures",
    "text.ends.asc, a signature without end; void after a while",
    "text.mode.asc, type 0; type 1",
    "text.revoked.asc, a signature by; only by",
    "text.clear.asc, expected packets or ASCII armor; found a clearsigned text",
    "good-public.asc, expected nothing but signatures; found other OpenPGP packets",
    "text, damaged or unknown ASCII armor",
  })
  void anythingButOneGoodSignatureIsRefused(String answer, String messages) throws IOException {
    refused(answering(TestKeys.bytes(answer)), messages.split("; "));
  }

  @Test
  void twoGoodSignaturesAreOneTooMany() throws IOException {
    byte[] good = TestKeys.good().detached(text(), SIGNED);
    ByteArrayOutputStream twice = new ByteArrayOutputStream();
    twice.write(good);
    twice.write(good);

    refused(answering(twice.toByteArray()), "expected one signature, found 2 signatures");
  }

  @Test
  void aSubkeysSignatureIsRefused() throws IOException {
    byte[] good = TestKeys.bytes("text.subkey.asc");
    // The key itself would be refused before, so the answer is looked at alone.
    Verifier verifier = new Verifier(List.of(TestKeys.publicHalf("subkey.asc")));

    assertThatThrownBy(() -> verifier.detached(text(), good))
        .isInstanceOf(BadSignatureException.class);
    refused(answering(good), "only by");
  }

  @Test
  void aSignatureOverOtherDataIsRefused() throws IOException {
    byte[] other = TestKeys.good().detached(Blob.of(new byte[] {1}), SIGNED);

    refused(answering(other), "not what was signed");
  }

  @Test
  void anotherTextIsRefused() throws IOException {
    Signer signer = answering(TestKeys.good().clearsigned("Suite: evil\n".getBytes(UTF_8), SIGNED));

    assertThatThrownBy(() -> signer.clearsigned("Suite: good\n".getBytes(UTF_8), SIGNED))
        .isInstanceOf(KeyException.class)
        .hasMessageContaining("expected the text that was to be signed, found another text");
  }

  @Test
  void aDetachedSignatureIsNoClearsignedText() throws IOException {
    byte[] text = "text\n".getBytes(UTF_8);
    Signer signer = answering(Armor.encode(TestKeys.good().detached(Blob.of(text), SIGNED)));

    assertThatThrownBy(() -> signer.clearsigned(text, SIGNED))
        .isInstanceOf(KeyException.class)
        .hasMessageContaining("expected a clearsigned text");
  }

  @Test
  void garbageIsRefused() throws IOException {
    refused(program("head -c 2000 /dev/urandom", LONG), "cannot use what the signing program gave");
  }

  @Test
  void nothingIsRefused() throws IOException {
    refused(program("cat >/dev/null", LONG), "expected OpenPGP packets", "found none");
  }

  @Test
  void aFailureIsSaidInTheProgramsWords() throws IOException {
    refused(
        program("cat >/dev/null; echo first >&2; printf 'card \\033 removed\\n' >&2; exit 7", LONG),
        "the signing program " + folder + "/sign failed",
        "it ended with exit code 7 and said: first / card ? removed");
  }

  @Test
  void whatTheProgramSaysIsBounded() throws IOException {
    Signer signer = program("head -c 300000 /dev/zero | tr '\\0' x >&2; exit 1", LONG);

    assertThatThrownBy(() -> signer.detached(text(), SIGNED))
        .satisfies(e -> assertThat(e.getMessage()).hasSizeBetween(4096, 5000));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "echo waiting >&2; sleep 77",
        "echo waiting >&2; exec sleep 77",
        "echo waiting >&2; exec >&-; sleep 77",
      })
  void aProgramThatHangsIsEnded(String script) throws IOException {
    long before = System.nanoTime();

    refused(
        program(script, Duration.ofSeconds(1)),
        "it did not end within 1 s and said: waiting",
        "try it by hand");
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(30));
    // A process that was killed may be seen for a moment.
    while (isThereASleeper()) {
      assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(60));
      Thread.onSpinWait();
    }
  }

  private static boolean isThereASleeper() {
    return ProcessHandle.current()
        .descendants()
        .anyMatch(p -> p.isAlive() && p.info().commandLine().orElse("").contains("sleep 77"));
  }

  @Test
  void endlessOutputIsRefused() throws IOException {
    refused(program("exec yes", LONG), "it wrote more than 16777216 bytes");
  }

  @Test
  void aMissingProgramIsNamedWithoutItsArguments() throws IOException {
    Signer signer = signer("/no/such/program --token hidden", LONG);

    refused(signer, "cannot run the signing program /no/such/program: No such file or directory");
    assertThatThrownBy(() -> signer.detached(text(), SIGNED)).hasMessageNotContaining("hidden");
  }

  @Test
  void aProgramNeedNotReadItsInput() throws IOException {
    byte[] good = TestKeys.good().detached(zeros(), SIGNED);
    Path answer = Files.write(folder.resolve("answer"), good);

    assertThat(program("cat '" + answer + "'", LONG).detached(zeros(), SIGNED)).isEqualTo(good);
  }

  @Test
  void dataThatCannotBeReadIsNotSigned() throws IOException {
    Blob gone =
        new Blob() {
          @Override
          public long size() {
            return 1;
          }

          @Override
          public InputStream open() throws IOException {
            throw new FileNotFoundException("gone");
          }
        };
    Signer signer = answering(TestKeys.good().detached(text(), SIGNED));

    assertThatThrownBy(() -> signer.detached(gone, SIGNED)).hasMessage("gone");
  }

  @Test
  void oneSignatureIsMadeAtATime() throws IOException {
    Path answer = Files.write(folder.resolve("answer"), TestKeys.good().detached(text(), SIGNED));
    Signer signer =
        program("mkdir busy || exit 9; sleep 0.05; rmdir busy; cat '" + answer + "'", LONG);

    assertThat(
            Parallel.map(
                4, IntStream.range(0, 8).boxed().toList(), i -> signer.detached(text(), SIGNED)))
        .hasSize(8);
  }

  @Test
  void aKeyThatHasEndedDoesNotSign() throws IOException {
    Instant end = TestKeys.good().key().expires().orElseThrow();
    Signer signer = answering(new byte[0]);

    assertThatThrownBy(() -> signer.detached(text(), end))
        .isInstanceOf(KeyException.class)
        .hasMessageContaining("the key expired at " + end);
    assertThat(folder.resolve("asked")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rsa2048.asc", "sha1.asc", "expired.asc", "subkey.asc", "ed25519.asc"})
  void aKeyThatSomeClientRefusesIsNotUsed(String file) throws IOException {
    PublicKey key = TestKeys.publicHalf(file);

    assertThatThrownBy(() -> Signers.command("true", key, LONG, () -> TestKeys.NOW))
        .isInstanceOf(KeyException.class)
        .hasMessageContaining("cannot use the signing key " + key);
  }

  private void refused(Signer signer, String... messages) throws IOException {
    assertThatThrownBy(() -> signer.detached(text(), SIGNED))
        .isInstanceOf(KeyException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(messages));
  }

  /** A program that notes what it was asked and gives this answer. */
  private Signer answering(byte[] answer) throws IOException {
    Files.write(folder.resolve("answer"), answer);
    return program(
        "cat >input; printf '%s %s' \"$KLTS_SIGNATURE_KIND\" \"$KLTS_SIGNATURE_TIME\" >asked;"
            + " cat answer",
        LONG);
  }

  private Signer program(String script, Duration limit) throws IOException {
    Path file = folder.resolve("sign");
    Files.writeString(file, "#!/bin/sh\ncd '" + folder + "'\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    return signer("'" + file + "'", limit);
  }

  private static Signer signer(String commandLine, Duration limit) throws IOException {
    return Signers.command(commandLine, TestKeys.good().key(), limit, () -> TestKeys.NOW);
  }

  private static Blob text() throws IOException {
    return Blob.of(TestKeys.file("text"));
  }

  /** More than a pipe holds. */
  private static Blob zeros() {
    return Blob.of(new byte[1 << 20]);
  }
}
