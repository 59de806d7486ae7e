package io.klts.repo.publish;

import io.klts.repo.repository.State;
import io.klts.repo.tree.RetiredKey;
import io.klts.repo.tree.Rotation;
import io.klts.repo.tree.StoredTree;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * How the keys of a tree stand.
 *
 * @param signers fingerprints, in the order of the signatures
 * @param rotation the change that is under way
 * @param retired keys that signed once
 */
public record KeyStatus(
    List<String> signers, Optional<Rotation> rotation, List<RetiredKey> retired) {

  /** Reads it from a tree. */
  public static KeyStatus of(StoredTree tree) throws IOException {
    State state = State.read(Sources.present(tree));
    return new KeyStatus(tree.manifest().keys(), state.rotation(), state.retired());
  }
}
