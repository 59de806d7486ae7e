package io.klts.repo.tree;

import java.nio.charset.StandardCharsets;

/** A path inside a tree, such as {@code rpm/v1.28/repodata/repomd.xml}. */
public final class TreePath {

  private static final int MAX_LENGTH = 1024;

  /**
   * Names that every web server, object store and file system takes as they are begin with these,
   * and have besides only dot, tilde, caret and dash: no colon, no plus, no blank, nothing hidden.
   */
  private static final boolean[] WORD =
      table("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

  private static final boolean[] INSIDE = table("/.~^-");

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
    // A tree has thousands of paths, and a loop over bytes is quick from the start on.
    for (byte c : path.getBytes(StandardCharsets.ISO_8859_1)) {
      good &= c >= 0 && (first ? WORD[c] : WORD[c] || INSIDE[c]);
      first = c == '/';
    }
    if (!good || first) {
      throw new IllegalArgumentException("\"" + path + "\" is not a path of a published tree");
    }
    return path;
  }

  private static boolean[] table(String characters) {
    boolean[] table = new boolean[Byte.MAX_VALUE + 1];
    characters.chars().forEach(c -> table[c] = true);
    return table;
  }
}
