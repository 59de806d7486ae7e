package io.klts.repo.verify;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** What of a tree a copy is meant to have. */
@FunctionalInterface
public interface Part {

  /** Gives a file of the tree that is as the manifest lists it; absent if it is not. */
  @FunctionalInterface
  interface Listed {
    Optional<Path> file(String path) throws IOException;
  }

  /**
   * Which of a tree's paths the copy leaves out. It is asked only after the manifest was proven.
   *
   * @throws IOException if the tree has no such part
   */
  Set<String> leftOut(Set<String> paths, Listed files) throws IOException;
}
