package io.klts.repo.cli;

import io.klts.repo.blob.IoReason;
import io.klts.repo.signature.Finding;
import io.klts.repo.signature.KeyLint;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.signature.SecretKey;
import io.klts.repo.signature.Signer;
import io.klts.repo.signature.Signers;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The signing key comes from the environment, so that no secret is on a command line. */
final class SigningOptions {

  static final String KEY = "KLTS_SIGNING_KEY";
  static final String PASSPHRASE = "KLTS_SIGNING_PASSPHRASE";
  static final String PASSPHRASE_FILE = "KLTS_SIGNING_PASSPHRASE_FILE";

  static final String PUBLIC_KEY = "KLTS_SIGNING_PUBLIC_KEY";
  static final String COMMAND = "KLTS_SIGNING_COMMAND";
  static final String GPG = "KLTS_SIGNING_GPG";
  static final String TIMEOUT = "KLTS_SIGNING_TIMEOUT";

  /** Where the secret key may be; one of them at a time. */
  private static final List<String> KEYS = List.of(KEY, COMMAND, GPG);

  /** Long enough to type a PIN. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final int MOST_SECONDS = 86_400;

  private final Map<String, String> environment;
  private final InstantSource clock;

  SigningOptions(Map<String, String> environment) {
    this(environment, InstantSource.system());
  }

  /** Options that judge the end of a key by another clock than the system's. */
  SigningOptions(Map<String, String> environment, InstantSource clock) {
    this.environment = environment;
    this.clock = clock;
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
              + "\n  a key outside of this machine: set "
              + GPG
              + " or "
              + COMMAND
              + "\n  make a key with: klts-repo key generate; try without one with --unsigned-for-test");
    }
    return Optional.of(load(console));
  }

  /** The key if there is one in the environment. */
  Optional<Signer> ifGiven(Console console) throws IOException {
    return unsigned || !isGiven() ? Optional.empty() : Optional.of(load(console));
  }

  /** The public half of the key that signs, whatever its quality is. No passphrase is needed. */
  PublicKey publicKey() throws IOException {
    if (!isGiven()) {
      throw new IOException("give a key file, or set " + String.join(" or ", KEYS));
    }
    return switch (source()) {
      case KEY -> SecretKey.publicHalf(Path.of(value(KEY)));
      case COMMAND -> commandKey();
      default -> Signers.gpgKey(value(GPG), limit());
    };
  }

  private boolean isGiven() {
    return KEYS.stream().anyMatch(name -> value(name) != null);
  }

  private String source() throws IOException {
    List<String> given = KEYS.stream().filter(name -> value(name) != null).toList();
    if (given.size() > 1) {
      throw new IOException(
          "more than one signing key: "
              + String.join(" and ", given)
              + " are set; unset all but one of them");
    }
    return given.get(0);
  }

  private Signer load(Console console) throws IOException {
    Signer signer =
        switch (source()) {
          case KEY -> secretKey();
          case COMMAND -> Signers.command(value(COMMAND), commandKey(), limit(), clock);
          default -> Signers.gpg(value(GPG), limit(), clock);
        };
    for (Finding finding : KeyLint.check(signer.key(), clock.instant())) {
      console.line("warning", finding.toString());
    }
    return signer;
  }

  private SecretKey secretKey() throws IOException {
    char[] passphrase = passphrase();
    try {
      return SecretKey.load(Path.of(value(KEY)), passphrase, clock.instant());
    } finally {
      Arrays.fill(passphrase, '\0');
    }
  }

  private PublicKey commandKey() throws IOException {
    String file = value(PUBLIC_KEY);
    if (file == null) {
      throw new IOException(
          COMMAND + " is set, but not " + PUBLIC_KEY + ", the file of the public key that fits");
    }
    try {
      return PublicKey.read(Files.readAllBytes(Path.of(file)));
    } catch (IOException e) {
      throw new IOException(
          "cannot use the public key "
              + file
              + ", which "
              + PUBLIC_KEY
              + " names: "
              + IoReason.of(e),
          e);
    }
  }

  private Duration limit() throws IOException {
    String text = value(TIMEOUT);
    if (text == null) {
      return PATIENCE;
    }
    try {
      int seconds = Integer.parseInt(text);
      if (seconds > 0 && seconds <= MOST_SECONDS) {
        return Duration.ofSeconds(seconds);
      }
    } catch (NumberFormatException e) {
      // The same answer as to a number out of range.
    }
    throw new IOException(
        TIMEOUT + " is \"" + text + "\", expected whole seconds from 1 to " + MOST_SECONDS);
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
