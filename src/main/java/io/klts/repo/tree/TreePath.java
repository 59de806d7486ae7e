package io.klts.repo.tree;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

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

  static {
    for (int c = 0; c < WORD.length; c++) {
      INSIDE[c] |= WORD[c];
    }
  }

  private TreePath() {}

  /**
   * Refuses what is no such path.
   *
   * @return the path
   * @throws IllegalArgumentException if the path could leave the tree or trouble a mirror
   */
  public static String check(String path) {
    if (!isPath(path.getBytes(ISO_8859_1), 0, path.length())) {
      throw new IllegalArgumentException(refusal(path));
    }
    return path;
  }

  /** What to say of a text that is no such path. */
  static String refusal(String path) {
    return "\"" + path + "\" is not a path of a published tree";
  }

  /** Whether some bytes are such a path. */
  static boolean isPath(byte[] bytes, int from, int end) {
    return end > from && end(bytes, from) == end;
  }

  /**
   * Where a path ends that begins at a place: at the first byte that cannot belong to it. The place
   * itself if no path begins there.
   */
  static int end(byte[] bytes, int from) {
    // A tree has thousands of paths, and a loop over bytes is quick from the start on.
    int at = from;
    boolean[] allowed = WORD;
    while (at < bytes.length && bytes[at] >= 0 && allowed[bytes[at]]) {
      allowed = bytes[at] == '/' ? WORD : INSIDE;
      at++;
    }
    boolean good = at > from && at - from <= MAX_LENGTH && bytes[at - 1] != '/';
    return good ? at : from;
  }

  private static boolean[] table(String characters) {
    boolean[] table = new boolean[Byte.MAX_VALUE + 1];
    characters.chars().forEach(c -> table[c] = true);
    return table;
  }
}
