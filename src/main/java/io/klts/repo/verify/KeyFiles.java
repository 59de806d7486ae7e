package io.klts.repo.verify;

import io.klts.repo.signature.Finding;
import io.klts.repo.signature.KeyLint;
import io.klts.repo.signature.PublicKey;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The keys that a tree offers. */
final class KeyFiles {

  private static final String PREFIX = "keys/";
  private static final String ARMORED = ".asc";
  private static final Pattern NAMED = Pattern.compile("keys/[0-9A-F]{40}\\.(?:asc|gpg)");

  private final PublishedFiles files;
  private final Problems problems;

  KeyFiles(PublishedFiles files) {
    this.files = files;
    this.problems = files.problems();
  }

  /** All that can be read; those that cannot are reported. */
  List<PublicKey> read() {
    Map<String, PublicKey> keys = new LinkedHashMap<>();
    Map<String, List<PublicKey>> keyrings = new LinkedHashMap<>();
    for (String path : files.entries().keySet()) {
      if (path.startsWith(PREFIX) && path.endsWith(ARMORED)) {
        Optional<List<PublicKey>> armored = keys(path);
        armored.ifPresent(all -> keyrings.put(path, all));
        String binary = path.substring(0, path.length() - ARMORED.length()) + ".gpg";
        Optional<List<PublicKey>> pair = keys(binary);
        if (armored.isPresent() && pair.isPresent() && !isSame(armored.get(), pair.get())) {
          problems.fault(
              binary, "the key of " + path, pair.get() + " or another edition", "reindex the tree");
        }
        armored.ifPresent(all -> all.forEach(key -> keys.put(key.fingerprint(), key)));
      }
    }
    keyrings.forEach((path, found) -> check(path, found, keys.values()));
    return List.copyOf(keys.values());
  }

  private static boolean isSame(Collection<PublicKey> one, Collection<PublicKey> other) {
    return Arrays.equals(PublicKey.binary(List.copyOf(one)), PublicKey.binary(List.copyOf(other)));
  }

  /** A file named by a key has this one; any other has all, because definitions point to it. */
  private void check(String path, List<PublicKey> found, Collection<PublicKey> all) {
    List<String> expected =
        isNamedByKey(path)
            ? List.of(name(path))
            : all.stream().map(PublicKey::fingerprint).sorted().toList();
    List<String> there = found.stream().map(PublicKey::fingerprint).sorted().toList();
    if (!there.equals(expected)) {
      problems.fault(
          path, "the keys " + expected, there.toString(), "do not use the tree; reindex it");
    }
  }

  /** Whether a file is named by the fingerprint of the one key in it. */
  private static boolean isNamedByKey(String path) {
    return NAMED.matcher(path).matches();
  }

  private static String name(String path) {
    return path.substring(PREFIX.length(), path.length() - ARMORED.length());
  }

  private Optional<List<PublicKey>> keys(String path) {
    Optional<byte[]> bytes = files.read(path);
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    try {
      boolean armored = bytes.get().length > 0 && bytes.get()[0] == '-';
      if (armored != path.endsWith(ARMORED)) {
        throw new IOException("a key in the form of the other file");
      }
      return Optional.of(PublicKey.readAll(bytes.get()));
    } catch (IOException e) {
      problems.unreadable(path, "a public key", e);
      return Optional.empty();
    }
  }

  /**
   * Whether clients take a key, and for how long.
   *
   * @param signs otherwise nothing but old packages depends on it
   */
  void lint(String name, PublicKey key, boolean signs, Instant now) {
    for (Finding finding : KeyLint.check(key, now)) {
      String found = finding.what() + " (" + finding.breaks() + ")";
      if (finding.refuses() && signs) {
        problems.fault(name, "a key that every client takes", found, finding.remedy());
      } else {
        problems.warning(name, "a key with time left", found, finding.remedy());
      }
    }
  }
}
