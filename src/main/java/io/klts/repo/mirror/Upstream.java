package io.klts.repo.mirror;

import io.klts.repo.source.TreeSource;
import java.io.Closeable;
import java.io.IOException;

/**
 * A place to copy a tree from. Who opened it closes it.
 *
 * @param name what the user calls it
 */
public record Upstream(String name, TreeSource source) implements Closeable {

  @Override
  public void close() throws IOException {
    source.close();
  }
}
