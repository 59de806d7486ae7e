package io.klts.repo.mirror;

import io.klts.repo.blob.Blob;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.signature.Signed;
import io.klts.repo.signature.Verifier;
import io.klts.repo.tree.CopyNote;
import io.klts.repo.tree.Manifest;
import io.klts.repo.tree.StoredTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whom a copy believes: the keys that were given, and those that signed what it has, without those
 * that signed once and then no more. So a copy follows a change of keys in which the old one signs
 * together with the new one, and an old key that gets into wrong hands later is worth nothing.
 */
final class Trust {

  /** Clocks differ; a signature from the time after this is one that somebody made up. */
  private static final Duration CLOCKS_DIFFER = Duration.ofHours(1);

  private final List<PublicKey> keys;
  private final Instant now;
  private final boolean takesExpired;

  private Trust(List<PublicKey> keys, Instant now, boolean takesExpired) {
    this.keys = keys;
    this.now = now;
    this.takesExpired = takesExpired;
  }

  /**
   * The trust of a copy.
   *
   * @param tree what it has; absent before the first pull
   * @param takesExpired whether a tree is taken whose end is past
   * @throws IOException if nobody is left to be believed
   */
  static Trust of(
      List<PublicKey> given,
      Optional<StoredTree> tree,
      CopyNote note,
      Instant now,
      boolean takesExpired)
      throws IOException {
    Map<String, PublicKey> keys = new LinkedHashMap<>();
    given.forEach(key -> keys.put(key.fingerprint(), key));
    if (tree.isPresent() && note.serial() > 0) {
      List<String> signers = tree.get().manifest().keys();
      for (PublicKey key : offered(tree.get())) {
        if (signers.contains(key.fingerprint())) {
          // It may be a newer edition, with a later end.
          keys.put(key.fingerprint(), key);
        }
      }
    }
    Collection<PublicKey> retired =
        keys.values().stream().filter(key -> note.dropped().contains(key.fingerprint())).toList();
    keys.keySet().removeAll(note.dropped());
    if (keys.isEmpty()) {
      throw new IOException(
          "the tree was signed by "
              + retired
              + " once, and then no more: that key is not believed again"
              + "\n  nothing was changed; give the key that took its place");
    }
    List<PublicKey> good =
        keys.values().stream().filter(key -> key.expires().filter(now::isAfter).isEmpty()).toList();
    if (good.isEmpty()) {
      throw new IOException(
          keys.values()
              + " expired on "
              + keys.values().iterator().next().expires().orElseThrow()
              + "\n  nothing was changed; give its renewed edition, or set the clock right");
    }
    return new Trust(good, now, takesExpired);
  }

  /** The keys that a copy has, of which each file is as the manifest says. */
  private static List<PublicKey> offered(StoredTree tree) throws IOException {
    List<PublicKey> keys = new ArrayList<>();
    for (String path : tree.manifest().entries().tailMap("keys/").keySet()) {
      if (path.startsWith("keys/") && path.endsWith(".asc")) {
        Optional<Path> file = tree.intact(path);
        if (file.isPresent()) {
          keys.addAll(PublicKey.readAll(Files.readAllBytes(file.get())));
        }
      }
    }
    return keys;
  }

  /**
   * Proves a manifest.
   *
   * @throws IOException if nobody who is believed signed it, or its end is past
   */
  Manifest prove(byte[] bytes, byte[] signature) throws IOException {
    Signed proof = new Verifier(keys).detached(Blob.of(bytes), signature);
    if (proof.at().isAfter(now.plus(CLOCKS_DIFFER))) {
      throw new IOException(
          "the manifest was signed at "
              + proof.at()
              + ", and by the clock of this machine it is "
              + now
              + "; set that right");
    }
    Manifest manifest = Manifest.published(bytes, Manifest.PATH);
    if (!manifest.keys().contains(proof.by().fingerprint())) {
      throw new IOException(
          "the manifest is signed by " + proof.by() + " and names other keys: " + manifest.keys());
    }
    Optional<Instant> end = manifest.validUntil();
    if (end.isPresent() && !now.isBefore(end.get()) && !takesExpired) {
      throw new IOException(
          "serial "
              + manifest.serial()
              + " ended on "
              + end.get()
              + ", and by the clock of this machine it is "
              + now
              + ": the source stands still, or nobody refreshes the tree; take another source, or"
              + " give --force-expired");
    }
    return manifest;
  }
}
