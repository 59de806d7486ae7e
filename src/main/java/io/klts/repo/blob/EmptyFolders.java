package io.klts.repo.blob;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Folders of which the last file was deleted. */
public final class EmptyFolders {

  private EmptyFolders() {}

  /**
   * Deletes a folder if it is empty, and then those above it, up to a root that stays.
   *
   * @param folder below the root; it may be gone already
   */
  public static void delete(Path root, Path folder) throws IOException {
    for (Path one = folder; !one.equals(root); one = one.getParent()) {
      try {
        Files.delete(one);
      } catch (NoSuchFileException e) {
        // Deleted with another of its files.
      } catch (DirectoryNotEmptyException e) {
        return;
      }
    }
  }
}
