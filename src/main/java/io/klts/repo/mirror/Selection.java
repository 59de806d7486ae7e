package io.klts.repo.mirror;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Which files of a tree are copied. What is in them is for others to know. */
public interface Selection {

  /** All of them. */
  Selection EVERYTHING =
      new Selection() {
        @Override
        public List<String> words() {
          return List.of();
        }

        @Override
        public SortedSet<String> leftOut(Collection<String> paths, Reader files) {
          return new TreeSet<>();
        }
      };

  /** Gives a file of the tree that is proven to be right; empty if the tree has none such. */
  interface Reader {
    Optional<Path> file(String path) throws IOException;
  }

  /** The choice in words, equal for equal choices; empty for everything. */
  List<String> words();

  /**
   * Which of a tree's paths are not copied.
   *
   * @throws IOException if the tree has not what was chosen, or it cannot be read
   */
  SortedSet<String> leftOut(Collection<String> paths, Reader files) throws IOException;
}
