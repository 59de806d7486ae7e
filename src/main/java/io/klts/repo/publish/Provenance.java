package io.klts.repo.publish;

import io.klts.repo.blob.Blob;
import io.klts.repo.signature.BadSignatureException;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.signature.Signed;
import io.klts.repo.signature.Verifier;
import io.klts.repo.tree.LocalTree;
import io.klts.repo.tree.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where a tree comes from. Whoever adds to a tree signs what was in it before, too: so that has to
 * be signed by a known key, or a mirror from which the tree was fetched could get its packages
 * signed.
 */
public final class Provenance {

  private Provenance() {}

  /**
   * Checks that a known key signed the manifest, and so everything that the tree lists.
   *
   * @param trusted the keys that sign now, and others that did so before; none if nothing is going
   *     to be signed, and then nothing is checked
   * @return the proof; absent if none was needed
   * @throws IOException if the tree is not empty and none of them signed it
   */
  public static Optional<Signed> check(LocalTree tree, List<PublicKey> trusted) throws IOException {
    if (trusted.isEmpty() || tree.manifest().serial() == 0) {
      return Optional.empty();
    }
    Path manifest = tree.root().resolve(Manifest.PATH);
    Optional<Path> signature = tree.manifestSignature();
    if (signature.isEmpty()) {
      throw refused(
          manifest + " is not signed",
          "make a new tree: what was tried without signatures must not get one");
    }
    try {
      return Optional.of(
          new Verifier(trusted).detached(Blob.of(manifest), Files.readAllBytes(signature.get())));
    } catch (BadSignatureException e) {
      throw refused(
          manifest + " is not signed by a known key: " + e.getMessage(),
          "if it is yours, give the key that signed it, or its public half with --signed-by;"
              + " else restore the tree from a copy of it");
    }
  }

  private static IOException refused(String fault, String remedy) {
    return new IOException(
        fault
            + "\n  nothing was changed: the new signatures would also be for what is there already"
            + "\n  "
            + remedy);
  }
}
