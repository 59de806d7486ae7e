package io.klts.repo.cli;

import io.klts.repo.blob.IoReason;
import io.klts.repo.signature.Finding;
import io.klts.repo.signature.KeyLint;
import io.klts.repo.signature.SecretKey;
import io.klts.repo.signature.Signer;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The signing key comes from the environment, so that no secret is on a command line. */
final class SigningOptions {

  static final String KEY = "KLTS_SIGNING_KEY";
  static final String PASSPHRASE = "KLTS_SIGNING_PASSPHRASE";
  static final String PASSPHRASE_FILE = "KLTS_SIGNING_PASSPHRASE_FILE";

  private final Map<String, String> environment;

  SigningOptions(Map<String, String> environment) {
    this.environment = environment;
  }

  @Option(
      names = "--unsigned-for-test",
      description = "Do not sign, although every client will refuse the result.")
  private boolean unsigned;

  /** The key, or none if the user said so. */
  Optional<Signer> required(Console console) throws IOException {
    if (unsigned) {
      return Optional.empty();
    }
    if (!isGiven()) {
      throw new IOException(
          "no signing key; set "
              + KEY
              + " to the file of the secret key, and "
              + PASSPHRASE_FILE
              + " or "
              + PASSPHRASE
              + "\n  make a key with: klts-repo key generate; try without one with --unsigned-for-test");
    }
    return Optional.of(load(console));
  }

  /** The key if there is one in the environment. */
  Optional<Signer> ifGiven(Console console) throws IOException {
    return unsigned || !isGiven() ? Optional.empty() : Optional.of(load(console));
  }

  private boolean isGiven() {
    return value(KEY) != null;
  }

  private Signer load(Console console) throws IOException {
    char[] passphrase = passphrase();
    Instant now = Instant.now();
    try {
      SecretKey key = SecretKey.load(Path.of(value(KEY)), passphrase, now);
      for (Finding finding : KeyLint.check(key.key(), now)) {
        console.line("warning", finding.toString());
      }
      return key;
    } finally {
      Arrays.fill(passphrase, '\0');
    }
  }

  char[] passphrase() throws IOException {
    String file = value(PASSPHRASE_FILE);
    if (file == null) {
      String text = value(PASSPHRASE);
      return text == null ? new char[0] : text.toCharArray();
    }
    try (BufferedReader lines = Files.newBufferedReader(Path.of(file))) {
      String line = lines.readLine();
      return line == null ? new char[0] : line.toCharArray();
    } catch (CharacterCodingException e) {
      throw new IOException(unreadable(file, "it is not text in UTF-8"), e);
    } catch (IOException e) {
      throw new IOException(unreadable(file, IoReason.of(e)), e);
    }
  }

  private static String unreadable(String file, String why) {
    return "cannot read the passphrase file "
        + file
        + ", which "
        + PASSPHRASE_FILE
        + " names: "
        + why
        + "; expected a file with the passphrase as its first line";
  }

  /** An empty variable is as good as none. */
  private String value(String name) {
    String value = environment.get(name);
    return value == null || value.isEmpty() ? null : value;
  }
}
