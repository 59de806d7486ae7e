package io.klts.repo.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.io.file.PathUtils;

/**
 * A temporary folder that only this user can look into.
 *
 * @param path where it is
 */
record WorkFolder(Path path) implements AutoCloseable {

  WorkFolder() throws IOException {
    this(Files.createTempDirectory("klts-repo"));
  }

  @Override
  public void close() throws IOException {
    PathUtils.deleteDirectory(path);
  }
}
