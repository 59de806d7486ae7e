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
import java.util.stream.Stream;

/** The variables of the environment that say where one key is and how it is used. */
final class KeyVariables {

  /** Long enough to type a PIN. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final int MOST_SECONDS = 86_400;

  private final Map<String, String> environment;
  private final InstantSource clock;
  private final String key;
  private final String command;
  private final String gpg;
  private final String publicKey;
  private final String passphrase;
  private final String passphraseFile;
  private final String timeout;

  /**
   * @param prefix of the names of the variables
   * @param clock to judge the end of a key by
   */
  KeyVariables(String prefix, Map<String, String> environment, InstantSource clock) {
    this.environment = environment;
    this.clock = clock;
    this.key = prefix + "KEY";
    this.command = prefix + "COMMAND";
    this.gpg = prefix + "GPG";
    this.publicKey = prefix + "PUBLIC_KEY";
    this.passphrase = prefix + "PASSPHRASE";
    this.passphraseFile = prefix + "PASSPHRASE_FILE";
    this.timeout = prefix + "TIMEOUT";
  }

  /** Where the secret key may be; one of them at a time. */
  private Stream<String> given() {
    return Stream.of(key, command, gpg).filter(name -> value(name) != null);
  }

  /** The public half of the key that signs, whatever its quality is. No passphrase is needed. */
  PublicKey publicKey() throws IOException {
    if (!isGiven()) {
      throw new IOException(
          "give a key file, or set " + String.join(" or ", List.of(key, command, gpg)));
    }
    String source = source();
    if (source.equals(key)) {
      return SecretKey.publicHalf(Path.of(value(key)));
    }
    return source.equals(command) ? commandKey() : Signers.gpgKey(value(gpg), limit());
  }

  boolean isGiven() {
    return given().findAny().isPresent();
  }

  private String source() throws IOException {
    List<String> given = given().toList();
    if (given.size() > 1) {
      throw new IOException(
          "more than one signing key: "
              + String.join(" and ", given)
              + " are set; unset all but one of them");
    }
    return given.get(0);
  }

  /** The key, of whose end the user is warned. */
  Signer load(Console console) throws IOException {
    Signer signer = load(source());
    for (Finding finding : KeyLint.check(signer.key(), clock.instant())) {
      console.warning(finding.toString());
    }
    return signer;
  }

  private Signer load(String source) throws IOException {
    if (source.equals(key)) {
      return secretKey();
    }
    return source.equals(command)
        ? Signers.command(value(command), commandKey(), limit(), clock)
        : Signers.gpg(value(gpg), limit(), clock);
  }

  private SecretKey secretKey() throws IOException {
    char[] secret = passphrase();
    try {
      return SecretKey.load(Path.of(value(key)), secret, clock.instant());
    } finally {
      Arrays.fill(secret, '\0');
    }
  }

  private PublicKey commandKey() throws IOException {
    String file = value(publicKey);
    if (file == null) {
      throw new IOException(
          command + " is set, but not " + publicKey + ", the file of the public key that fits");
    }
    try {
      return PublicKey.load(Path.of(file));
    } catch (IOException e) {
      throw new IOException(publicKey + ": " + IoReason.of(e), e);
    }
  }

  private Duration limit() throws IOException {
    String text = value(timeout);
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
        timeout + " is \"" + text + "\", expected whole seconds from 1 to " + MOST_SECONDS);
  }

  /** The passphrase, which the caller wipes; empty without one. */
  char[] passphrase() throws IOException {
    String file = value(passphraseFile);
    if (file == null) {
      String text = value(passphrase);
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

  private String unreadable(String file, String why) {
    return "cannot read the passphrase file "
        + file
        + ", which "
        + passphraseFile
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
