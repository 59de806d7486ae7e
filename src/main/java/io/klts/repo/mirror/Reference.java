package io.klts.repo.mirror;

import io.klts.repo.blob.Blob;
import io.klts.repo.blob.Sha256;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.signature.Verifier;
import io.klts.repo.source.TreeSource;
import io.klts.repo.tree.Generations.Generation;
import io.klts.repo.tree.Manifest;
import io.klts.repo.tree.StoredTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What mirrors are compared with: a tree as it is where it is published.
 *
 * @param keys those to trust; none for an unsigned tree
 * @param date of the tree, as it says itself
 * @param earlier what is known of its earlier states, the newest first
 */
public record Reference(
    Manifest manifest, List<PublicKey> keys, Optional<Instant> date, List<Generation> earlier) {

  static final int LARGEST_SMALL = 1 << 20;

  /** Says the date of the tree. */
  static final String DATE = "lastupdate";

  private static final String KEY = "keys/.*\\.asc";

  public Reference {
    keys = List.copyOf(keys);
    earlier = List.copyOf(earlier);
  }

  /**
   * The tree in a folder of this machine, whose keys are trusted.
   *
   * @throws IOException if it is none, or not as its manifest says
   */
  public static Reference of(Path folder) throws IOException {
    return StoredTree.look(folder, Reference::of);
  }

  /** A tree of this machine, whose keys are trusted. */
  public static Reference of(StoredTree tree) throws IOException {
    Manifest manifest = tree.manifest();
    Map<String, byte[]> small = new LinkedHashMap<>();
    for (String path : small(manifest)) {
      Optional<Path> file = tree.intact(path);
      if (file.isPresent()) {
        small.put(path, Files.readAllBytes(file.get()));
      }
    }
    List<Generation> earlier = tree.generations().all();
    for (Generation generation : earlier) {
      // Now, and not when mirrors are looked at: a prune may take it away meanwhile.
      generation.manifest();
    }
    return new Reference(manifest, keys(List.of(), small), date(small.get(DATE)), earlier);
  }

  /**
   * The tree of an origin, once its signature is proven.
   *
   * @param trusted keys that are known from elsewhere, at least one
   * @throws IOException if it cannot be read, or none of the keys signed it
   */
  public static Reference of(TreeSource origin, List<PublicKey> trusted) throws IOException {
    byte[] bytes = read(origin, Manifest.PATH, Manifest.LARGEST);
    byte[] signature = read(origin, Manifest.SIGNATURE_PATH, LARGEST_SMALL);
    new Verifier(trusted).detached(Blob.of(bytes), signature);
    Manifest manifest = Manifest.parse(bytes, Manifest.PATH);
    Map<String, byte[]> small = new LinkedHashMap<>();
    for (String path : small(manifest)) {
      byte[] content = read(origin, path, LARGEST_SMALL);
      Sha256 listed = manifest.entries().get(path).sha256();
      if (!Sha256.of(content).equals(listed)) {
        throw new IOException(
            path
                + " of the origin has SHA-256 "
                + Sha256.of(content)
                + "; its manifest says "
                + listed
                + "\n  try again; if it stays so, restore the origin");
      }
      small.put(path, content);
    }
    return new Reference(manifest, keys(trusted, small), date(small.get(DATE)), List.of());
  }

  /** The text of the manifest. */
  public byte[] manifestBytes() {
    return manifest.bytes();
  }

  private static List<String> small(Manifest manifest) {
    return manifest.entries().keySet().stream()
        .filter(path -> path.equals(DATE) || path.matches(KEY))
        .toList();
  }

  private static byte[] read(TreeSource source, String path, int limit) throws IOException {
    return source
        .read(path, limit)
        .orElseThrow(
            () -> new IOException("the origin has no " + path + "; give the address of a tree"));
  }

  private static List<PublicKey> keys(List<PublicKey> trusted, Map<String, byte[]> small)
      throws IOException {
    Map<String, PublicKey> keys = new LinkedHashMap<>();
    trusted.forEach(key -> keys.put(key.fingerprint(), key));
    for (Map.Entry<String, byte[]> file : small.entrySet()) {
      if (!file.getKey().equals(DATE)) {
        PublicKey.readAll(file.getValue()).forEach(key -> keys.put(key.fingerprint(), key));
      }
    }
    return new ArrayList<>(keys.values());
  }

  /** The time that a file with the date of a tree says; empty if it says none. */
  static Optional<Instant> date(byte[] file) {
    if (file == null) {
      return Optional.empty();
    }
    try {
      String text = new String(file, StandardCharsets.US_ASCII).strip();
      return Optional.of(Instant.ofEpochSecond(Long.parseLong(text)));
    } catch (NumberFormatException | DateTimeException e) {
      return Optional.empty();
    }
  }
}
