package io.klts.repo.publish;

import io.klts.repo.blob.Blob;
import io.klts.repo.blob.Parallel;
import io.klts.repo.repository.Index;
import io.klts.repo.signature.JointSigner;
import io.klts.repo.tree.LocalTree;
import io.klts.repo.tree.Manifest;
import io.klts.repo.tree.Stage;
import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The roots of indexes and their signatures, in the order in which clients must see them. */
final class Roots {

  private record Wanted(Index index, Index.Signature signature) {}

  private final LocalTree tree;
  private final JointSigner signers;
  private final Draft draft;

  Roots(LocalTree tree, JointSigner signers, Draft draft) {
    this.tree = tree;
    this.signers = signers;
    this.draft = draft;
  }

  /** Adds indexes to the draft, each with its root after its other files. */
  void add(List<Index> indexes) throws IOException {
    Map<String, TreeFile> signatures = signatures(indexes);
    for (Index index : indexes) {
      index.files().forEach(draft::add);
      add(index, signatures);
    }
  }

  /** What has to be signed anew, side by side: signing keeps a processor busy for a while. */
  private Map<String, TreeFile> signatures(List<Index> indexes) throws IOException {
    List<Wanted> all = new ArrayList<>();
    if (!signers.isEmpty()) {
      for (Index index : indexes) {
        if (!isSigned(index)) {
          index.signatures().forEach(signature -> all.add(new Wanted(index, signature)));
        }
      }
    }
    Map<String, TreeFile> signatures = new HashMap<>();
    Parallel.map(all, one -> sign(one.index, one.signature))
        .forEach(file -> signatures.put(file.path(), file));
    return signatures;
  }

  private TreeFile sign(Index index, Index.Signature signature) throws IOException {
    Blob root = index.root().content();
    byte[] bytes =
        signature.form() == Index.Form.DETACHED
            ? signers.detached(root, index.date())
            : signers.clearsigned(root.bytes(), index.date());
    return TreeFile.of(signature.path(), Stage.ROOT, bytes);
  }

  private boolean isSigned(Index index) {
    Manifest manifest = tree.manifest();
    return !tree.unfinished()
        && manifest.keys().equals(signers.fingerprints())
        && manifest.has(index.root())
        && index.signatures().stream()
            .map(Index.Signature::path)
            .allMatch(p -> manifest.entries().containsKey(p) && tree.file(p).isPresent());
  }

  /**
   * A root and its signatures, of which those that are not new are kept: signing again would give
   * the same bytes. Detached signatures go first, so that they and the root change back to back and
   * the root last; a clearsigned form is what clients look at first, so it goes after everything.
   */
  private void add(Index index, Map<String, TreeFile> signatures) {
    addSignatures(index, Index.Form.DETACHED, signatures);
    draft.add(index.root());
    addSignatures(index, Index.Form.CLEARSIGNED, signatures);
    // zypper finds the key beside the index that it verifies. Of two keys that it finds there it
    // would want the one of the first signature, and not of the last.
    if (!signers.isEmpty() && index.root().path().endsWith("/repomd.xml")) {
      byte[] armored = signers.primary().orElseThrow().key().armored();
      draft.add(TreeFile.of(index.root().path() + ".key", Stage.INDEX, armored));
    }
  }

  private void addSignatures(Index index, Index.Form form, Map<String, TreeFile> signatures) {
    for (Index.Signature signature : index.signatures()) {
      TreeFile made = signatures.get(signature.path());
      if (signature.form() == form && made != null) {
        draft.add(made);
      } else if (signature.form() == form && !signers.isEmpty()) {
        draft.list(signature.path(), tree.manifest().entries().get(signature.path()));
      }
    }
  }
}
