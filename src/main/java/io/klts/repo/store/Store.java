package io.klts.repo.store;

import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Where a copy of a tree is written to. Paths are those of the tree; the store puts its own prefix
 * before them. What a store answers is a hint and no proof: a copy is judged by what its readers
 * get.
 *
 * <p>Every operation makes its own bounded retries, and waits longer before each.
 */
public interface Store extends AutoCloseable {

  /**
   * Reads a small file.
   *
   * @param limit the most bytes to take
   * @return empty if it is not there
   * @throws IOException if it is longer, or cannot be read
   */
  Optional<byte[]> read(String path, int limit) throws IOException;

  /** The size in bytes of what lies there; empty if nothing does. */
  OptionalLong size(String path) throws IOException;

  /**
   * Puts files that do not depend on each other, side by side. Each is visible as a whole or not at
   * all, and what it replaces stays until then. When it returns, readers find all of them.
   *
   * @param done is told each file that arrived; from any thread
   * @throws IOException the first failure; the others may have arrived or not
   */
  void put(Collection<TreeFile> files, Consumer<TreeFile> done) throws IOException;

  /**
   * Like {@link #put}, but the files of each list one after the other in its order, with as little
   * between as can be. Between two lists there is no order.
   */
  void putInOrder(Collection<List<TreeFile>> lists, Consumer<TreeFile> done) throws IOException;

  /** Deletes files; those that are not there already count as deleted. */
  void delete(Collection<String> paths) throws IOException;

  /** Ends connections; never fails for what is done already. */
  @Override
  void close();
}
