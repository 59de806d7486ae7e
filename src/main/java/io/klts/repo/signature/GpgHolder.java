package io.klts.repo.signature;

import io.klts.repo.blob.Blob;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The program gpg with one of its secret keys, which its agent or a card may keep.
 *
 * @param gpg the program
 * @param fingerprint of the primary key
 */
record GpgHolder(ExternalProgram gpg, String fingerprint) implements ExternalSigner.Holder {

  private static final String REMEDY =
      "gpg --list-secret-keys has to show the key; for one on a card, run gpg --card-status once";

  private static final Blob NOTHING = Blob.of(new byte[0]);

  /**
   * Finds a key.
   *
   * @param name anything that gpg takes for a key, if only one secret key fits
   */
  static GpgHolder find(String name, Duration limit) throws IOException {
    ExternalProgram gpg = new ExternalProgram(List.of("gpg", "--batch", "--no-tty"), limit, REMEDY);
    byte[] list =
        gpg.run(List.of("--with-colons", "--list-secret-keys", "--", name), Map.of(), NOTHING);
    List<String> found = fingerprints(new String(list, StandardCharsets.UTF_8));
    if (found.size() != 1) {
      throw new KeyException(
          "cannot use the signing key " + name,
          "gpg has " + found.size() + " secret keys that fit " + found,
          "give the fingerprint of the one that signs",
          null);
    }
    return new GpgHolder(gpg, found.get(0));
  }

  /** The first fingerprint after each secret primary key; those of subkeys follow later. */
  private static List<String> fingerprints(String colons) {
    List<String> found = new ArrayList<>();
    boolean primary = false;
    for (String line : colons.split("\n", -1)) {
      String[] fields = line.split(":", -1);
      if (fields[0].equals("sec")) {
        primary = true;
      } else if (primary && fields[0].equals("fpr") && fields.length > 9) {
        found.add(fields[9]);
        primary = false;
      }
    }
    return found;
  }

  /** The public key as gpg has it. */
  PublicKey publicKey() throws IOException {
    return PublicKey.read(
        gpg.run(List.of("--no-armor", "--export", "--", fingerprint), Map.of(), NOTHING));
  }

  /** The exclamation marks: this key and not a subkey of it, and a clock that stands still. */
  @Override
  public byte[] sign(ExternalSigner.Kind kind, Blob data, Instant at) throws IOException {
    List<String> options = new ArrayList<>();
    options.addAll(List.of("--local-user", fingerprint + "!", "--digest-algo", "SHA256"));
    options.addAll(List.of("--faked-system-time", at.getEpochSecond() + "!"));
    options.addAll(List.of("--no-armor", "--no-textmode"));
    options.add(kind == ExternalSigner.Kind.DETACHED ? "--detach-sign" : "--clearsign");
    return gpg.run(options, Map.of(), data);
  }
}
