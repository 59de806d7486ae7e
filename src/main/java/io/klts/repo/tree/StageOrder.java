package io.klts.repo.tree;

import java.util.Comparator;

/**
 * The order of the signed files that clients begin with, folder by folder, from their paths alone.
 * A detached signature goes just before what it signs, as {@code repomd.xml.asc} before {@code
 * repomd.xml}, so that both change back to back; {@code InRelease}, which clients look at first,
 * goes after {@code Release}; {@code timestamp.asc}, which names all of these, and then the
 * manifest are the last of all. In each folder that is the reverse of the alphabet.
 */
public final class StageOrder {

  /** By path; for files of the stage {@link Stage#ROOT}, the manifest's own two included. */
  public static final Comparator<String> ROOTS =
      Comparator.comparing((String path) -> folder(path).isEmpty())
          .thenComparing(StageOrder::folder)
          .thenComparing(Comparator.reverseOrder());

  private StageOrder() {}

  /**
   * The folder of a file, with the slash at its end; empty for the top. Files of different folders
   * may change side by side, but for those at the top, which come after all others.
   */
  public static String folder(String path) {
    return path.substring(0, path.lastIndexOf('/') + 1);
  }
}
