package io.klts.repo.verify;

import io.klts.repo.signature.Finding;
import io.klts.repo.signature.KeyLint;
import io.klts.repo.signature.PublicKey;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The keys that a tree offers. */
final class KeyFiles {

  private static final String PREFIX = "keys/";
  private static final String ARMORED = ".asc";

  private final PublishedFiles files;
  private final Problems problems;

  KeyFiles(PublishedFiles files) {
    this.files = files;
    this.problems = files.problems();
  }

  /** All that can be read; those that cannot are reported. */
  List<PublicKey> read() {
    List<PublicKey> keys = new ArrayList<>();
    for (String path : files.entries().keySet()) {
      if (path.startsWith(PREFIX) && path.endsWith(ARMORED)) {
        Optional<PublicKey> key = key(path);
        key.ifPresent(keys::add);
        String binary = path.substring(0, path.length() - ARMORED.length()) + ".gpg";
        Optional<PublicKey> pair = key(binary);
        if (key.isPresent()
            && pair.isPresent()
            && !Arrays.equals(key.get().binary(), pair.get().binary())) {
          problems.fault(
              binary, "the key of " + path, pair.get() + " or another edition", "reindex the tree");
        }
      }
    }
    return keys;
  }

  private Optional<PublicKey> key(String path) {
    Optional<byte[]> bytes = files.read(path);
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    try {
      boolean armored = bytes.get().length > 0 && bytes.get()[0] == '-';
      if (armored != path.endsWith(ARMORED)) {
        throw new IOException("a key in the form of the other file");
      }
      return Optional.of(PublicKey.read(bytes.get()));
    } catch (IOException e) {
      problems.unreadable(path, "a public key", e);
      return Optional.empty();
    }
  }

  /** Whether clients take a key, and for how long. */
  void lint(String name, PublicKey key, Instant now) {
    for (Finding finding : KeyLint.check(key, now)) {
      String found = finding.what() + " (" + finding.breaks() + ")";
      if (finding.refuses()) {
        problems.fault(name, "a key that every client takes", found, finding.remedy());
      } else {
        problems.warning(name, "a key with time left", found, finding.remedy());
      }
    }
  }
}
