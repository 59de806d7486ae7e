package io.klts.repo.tree;

import java.util.regex.Pattern;

/** A path inside a tree, such as {@code rpm/v1.28/repodata/repomd.xml}. */
public final class TreePath {

  /**
   * Names that every web server, object store and file system takes as they are: no colon, no plus,
   * no blank, nothing that begins with a dot.
   */
  private static final Pattern PATH =
      Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._~^-]*(/[A-Za-z0-9_][A-Za-z0-9._~^-]*)*");

  private static final int MAX_LENGTH = 1024;

  private TreePath() {}

  /**
   * Refuses what is no such path.
   *
   * @return the path
   * @throws IllegalArgumentException if the path could leave the tree or trouble a mirror
   */
  public static String check(String path) {
    if (path.length() > MAX_LENGTH || !PATH.matcher(path).matches()) {
      throw new IllegalArgumentException("\"" + path + "\" is not a path of a published tree");
    }
    return path;
  }
}
