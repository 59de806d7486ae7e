package io.klts.repo.cli;

import io.klts.repo.signature.PublicKey;
import io.klts.repo.signature.Signer;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The signing key comes from the environment, so that no secret is on a command line; during a
 * change of keys a second one, too.
 */
@Command(
    footerHeading = SigningOptions.ENVIRONMENT,
    footer = {
      "  KLTS_SIGNING_KEY              the file of the secret key",
      "  KLTS_SIGNING_PASSPHRASE_FILE  the file whose first line is its passphrase",
      "  KLTS_SIGNING_GPG              instead: the fingerprint of a key that gpg has",
      "  KLTS_SIGNING_COMMAND          instead: the command line of a program that signs"
    })
final class SigningOptions {

  /** Stands above variables in the help of a command: a name, spaces, what it says. */
  static final String ENVIRONMENT = "Environment:%n";

  static final String KEY = "KLTS_SIGNING_KEY";

  private final KeyVariables present;
  private final KeyVariables next;

  SigningOptions(Map<String, String> environment) {
    this(environment, InstantSource.system());
  }

  /** Options that judge the end of a key by another clock than the system's. */
  SigningOptions(Map<String, String> environment, InstantSource clock) {
    this.present = new KeyVariables("KLTS_SIGNING_", environment, clock);
    this.next = new KeyVariables("KLTS_NEXT_SIGNING_", environment, clock);
  }

  @Option(
      names = "--unsigned-for-test",
      description = "Do not sign, although every client will refuse the result.")
  private boolean unsigned;

  /** The keys that can sign, or none if the user said so. */
  List<Signer> required(Console console) throws IOException {
    if (unsigned) {
      return List.of();
    }
    if (!present.isGiven()) {
      throw new IOException(
          "no signing key; set KLTS_SIGNING_KEY to the file of the secret key, and"
              + " KLTS_SIGNING_PASSPHRASE_FILE or KLTS_SIGNING_PASSPHRASE"
              + "\n  a key outside of this machine: set KLTS_SIGNING_GPG or KLTS_SIGNING_COMMAND"
              + "\n  make a key with: klts-repo key generate; try without one with --unsigned-for-test");
    }
    List<Signer> keys = new ArrayList<>(List.of(present.load(console)));
    if (next.isGiven()) {
      keys.add(next.load(console));
    }
    return keys;
  }

  /** The key if there is one in the environment. */
  Optional<Signer> ifGiven(Console console) throws IOException {
    return unsigned || !present.isGiven() ? Optional.empty() : Optional.of(present.load(console));
  }

  /** The public half of the key that signs, whatever its quality is. No passphrase is needed. */
  PublicKey publicKey() throws IOException {
    return present.publicKey();
  }

  /** The passphrase, which the caller wipes; empty without one. */
  char[] passphrase() throws IOException {
    return present.passphrase();
  }
}
