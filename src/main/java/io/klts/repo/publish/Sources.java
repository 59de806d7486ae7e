package io.klts.repo.publish;

import io.klts.repo.repository.State;
import io.klts.repo.tree.Generations.Generation;
import io.klts.repo.tree.StoredTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Where the state of a tree is read from. */
final class Sources {

  private Sources() {}

  /** The present state. */
  static State.Source present(StoredTree tree) {
    return new Present(tree);
  }

  /** The state of an earlier generation. */
  static State.Source of(StoredTree tree, Generation generation) {
    return new Earlier(tree, generation);
  }

  private record Present(StoredTree tree) implements State.Source {
    @Override
    public Optional<Path> intact(String path) throws IOException {
      return tree.intact(path);
    }

    @Override
    public Optional<Path> file(String path) {
      return tree.file(path);
    }
  }

  /** The files that it names by their digest are in the tree. */
  private record Earlier(StoredTree tree, Generation generation) implements State.Source {
    @Override
    public Optional<Path> intact(String path) {
      return generation.file(path);
    }

    @Override
    public Optional<Path> file(String path) {
      return tree.file(path);
    }
  }
}
