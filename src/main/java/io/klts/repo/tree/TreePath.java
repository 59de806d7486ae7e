package io.klts.repo.tree;

/** A path inside a tree, such as {@code rpm/v1.28/repodata/repomd.xml}. */
public final class TreePath {

  private static final int MAX_LENGTH = 1024;

  private TreePath() {}

  /**
   * Refuses what is no such path.
   *
   * @return the path
   * @throws IllegalArgumentException if the path could leave the tree or trouble a mirror
   */
  public static String check(String path) {
    boolean good = path.length() <= MAX_LENGTH;
    boolean first = true;
    for (int i = 0; good && i < path.length(); i++) {
      char c = path.charAt(i);
      good = isWord(c) || (!first && (c == '/' || ".~^-".indexOf(c) >= 0));
      first = c == '/';
    }
    if (!good || first) {
      throw new IllegalArgumentException("\"" + path + "\" is not a path of a published tree");
    }
    return path;
  }

  /**
   * Names that every web server, object store and file system takes as they are begin with these,
   * and have besides only dot, tilde, caret and dash: no colon, no plus, no blank, nothing hidden.
   */
  private static boolean isWord(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }
}
