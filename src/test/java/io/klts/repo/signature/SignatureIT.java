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
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The real gpg and rpm judge what we sign, and we judge what the real gpg signs. */
class SignatureIT {

  private static final char[] PASSPHRASE = "Maß für Maß".toCharArray();

  /** What gpg and its agent know. */
  @TempDir static Path home;

  private static Instant now;
  private static SecretKey key;

  @TempDir Path folder;

  @BeforeAll
  static void makeKeyAndImportIt() throws Exception {
    // Some time ago, because gpg renews no key within the second of its making.
    now = Instant.now().truncatedTo(ChronoUnit.SECONDS).minus(1, ChronoUnit.HOURS);
    NewKey made =
        NewKey.generate("IT TEST ONLY", "it@test.invalid", PASSPHRASE, NewKey.FIVE_YEARS, now);
    Path secret = home.resolve("secret.asc");
    made.saveSecret(secret);
    key = SecretKey.load(secret, PASSPHRASE, now);
    assertThat(gpg("--import", secret.toString())).contains("secret keys imported: 1");
  }

  @AfterAll
  static void endTheAgent() throws Exception {
    run("gpgconf", "--kill", "all");
  }

  static Stream<String> texts() {
    return Stream.of(
        "plain\n",
        "no newline at end",
        "blanks at end  \t\n and between \t\n\n \nlast\n",
        "-\n- dash\n--\n-----BEGIN PGP SIGNATURE-----\n-----END PGP SIGNATURE-----\n",
        "CR LF\r\nagain\r\n",
        "From here\nto there\n",
        "\n\nempty lines around\n\n\n",
        "Größe 世界\n",
        "");
  }

  @Test
  void gpgAndRpmImportThePublicKey() throws Exception {
    Path file = Files.write(folder.resolve("klts.asc"), key.key().armored());

    assertThat(gpg("--show-keys", "--with-colons", file.toString()))
        .contains("fpr:::::::::" + key.key().fingerprint())
        .contains("IT TEST ONLY <it@test.invalid>");
    assertThat(
            good(
                run("rpmkeys", "--dbpath", folder.resolve("db").toString(), "--import", "" + file)))
        .isEmpty();
  }

  @ParameterizedTest
  @MethodSource("texts")
  void gpgVerifiesOurDetachedSignatures(String text) throws Exception {
    Path data = Files.writeString(folder.resolve("data"), text);
    byte[] packet = key.detached(Blob.of(data), now);
    Path binary = Files.write(folder.resolve("data.sig"), packet);
    Path armored = Files.write(folder.resolve("data.asc"), Armor.encode(packet));

    for (Path signature : List.of(binary, armored)) {
      assertThat(gpg("--verify", signature.toString(), data.toString()))
          .contains("GOODSIG " + key.key().keyId())
          .contains("VALIDSIG " + key.key().fingerprint())
          .contains(" " + now.getEpochSecond() + " ");
    }
  }

  @ParameterizedTest
  @MethodSource("texts")
  void gpgVerifiesOurClearsignedTexts(String text) throws Exception {
    byte[] framed = key.clearsigned(text.getBytes(UTF_8), now);
    Path file = Files.write(folder.resolve("framed"), framed);
    Path plain = folder.resolve("plain");

    assertThat(gpg("--output", plain.toString(), "--decrypt", file.toString()))
        .contains("GOODSIG " + key.key().keyId())
        .contains("VALIDSIG " + key.key().fingerprint());
    assertThat(content(verifier().clearsigned(framed).text())).isEqualTo(Files.readString(plain));
  }

  @ParameterizedTest
  @MethodSource("texts")
  void weVerifyWhatGpgSigns(String text) throws Exception {
    Path data = Files.writeString(folder.resolve("data"), text);
    Path signature = folder.resolve("signature");
    Path armored = folder.resolve("armored");
    Path framed = folder.resolve("framed");
    sign("--output", signature.toString(), "--detach-sign", data.toString());
    sign("--armor", "--output", armored.toString(), "--detach-sign", data.toString());
    sign("--output", framed.toString(), "--clear-sign", data.toString());
    Path plain = folder.resolve("plain");
    gpg("--output", plain.toString(), "--decrypt", framed.toString());

    Blob blob = Blob.of(data);
    assertThat(verifier().detached(blob, Files.readAllBytes(signature)).at()).isAfterOrEqualTo(now);
    assertThat(verifier().detached(blob, Files.readAllBytes(armored)).by()).isSameAs(key.key());
    assertThat(content(verifier().clearsigned(Files.readAllBytes(framed)).text()))
        .isEqualTo(content(Blob.of(Cleartext.of(Files.readAllBytes(plain)).plain())));
  }

  @Test
  void aKeyThatGpgRenewedStaysTheSameKey() throws Exception {
    Path renewed = folder.resolve("renewed.asc");
    gpg("--quick-set-expire", key.key().fingerprint(), "9y");
    gpg("--armor", "--output", renewed.toString(), "--export-secret-keys", key.key().keyId());

    PublicKey after = SecretKey.load(renewed, PASSPHRASE, now).key();

    assertThat(after.fingerprint()).isEqualTo(key.key().fingerprint());
    assertThat(after.expires().orElseThrow())
        .isAfter(key.key().expires().orElseThrow().plus(365, ChronoUnit.DAYS));
    Blob data = Blob.of("signed before".getBytes(UTF_8));
    assertThat(new Verifier(List.of(after)).detached(data, key.detached(data, now)).by())
        .isSameAs(after);
  }

  @Test
  void bothSidesRejectChangedData() throws Exception {
    Path data = Files.writeString(folder.resolve("data"), "as signed\n");
    byte[] ours = key.detached(Blob.of(data), now);
    Path signature = Files.write(folder.resolve("data.sig"), ours);
    Path theirs = folder.resolve("data.gpg.sig");
    sign("--output", theirs.toString(), "--detach-sign", data.toString());
    Files.writeString(data, "as changed\n");

    assertThat(bad("--verify", signature.toString(), data.toString())).contains("BADSIG");
    assertThat(bad("--verify", theirs.toString(), data.toString())).contains("BADSIG");
    for (byte[] bytes : List.of(ours, Files.readAllBytes(theirs))) {
      assertThatThrownBy(() -> verifier().detached(Blob.of(data), bytes))
          .isInstanceOf(BadSignatureException.class);
    }
  }

  @Test
  void bothSidesRejectAChangedText() throws Exception {
    String framed = new String(key.clearsigned("as signed\n".getBytes(UTF_8), now), UTF_8);
    String changed = framed.replace("as signed", "as changed");
    Path file = Files.writeString(folder.resolve("framed"), changed);

    assertThat(bad("--verify", file.toString())).contains("BADSIG");
    assertThatThrownBy(() -> verifier().clearsigned(changed.getBytes(UTF_8)))
        .isInstanceOf(BadSignatureException.class);
  }

  private static Verifier verifier() {
    return new Verifier(List.of(key.key()));
  }

  private static String content(Blob blob) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    blob.writeTo(out);
    return out.toString(UTF_8);
  }

  /** What a program said on both outputs, and how it ended. */
  private record Result(int code, String output) {}

  private static void sign(String... arguments) throws Exception {
    assertThat(gpg(arguments)).contains("SIG_CREATED");
  }

  private static String gpg(String... arguments) throws Exception {
    return good(run(gpgCommand(arguments)));
  }

  private static String bad(String... arguments) throws Exception {
    Result result = run(gpgCommand(arguments));
    assertThat(result.code()).as(result.output()).isNotZero();
    return result.output();
  }

  private static String good(Result result) {
    assertThat(result.code()).as(result.output()).isZero();
    return result.output();
  }

  private static String[] gpgCommand(String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "gpg", "--batch", "--no-tty", "--status-fd", "1", "--display-charset", "utf-8"));
    command.addAll(List.of("--pinentry-mode", "loopback", "--passphrase", new String(PASSPHRASE)));
    command.addAll(List.of(arguments));
    return command.toArray(String[]::new);
  }

  private static Result run(String... command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("GNUPGHOME", home.toString());
    builder.environment().put("LC_ALL", "C.UTF-8");
    Path log = Files.createTempFile(home, "run", ".log");
    Process process = builder.redirectOutput(log.toFile()).start();
    process.getOutputStream().close();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException(String.join(" ", command) + " did not end within 60 s");
    }
    return new Result(process.exitValue(), Files.readString(log));
  }
}
