package io.klts.repo.tree;

/**
 * A mirror to which a tree sends its clients.
 *
 * @param name in {@code mirrors.conf}
 * @param kind copy, prefix or cache
 * @param url its address, without a slash at its end
 * @param area country in two letters; {@code null} if nobody said
 * @param priority from 1, the first choice, to 99
 * @param rpm the address of what the tree has in {@code rpm}
 * @param apt the address of what the tree has in {@code apt}
 */
public record ListedMirror(
    String name, String kind, String url, String area, int priority, String rpm, String apt) {

  public ListedMirror {
    if (name == null || kind == null || url == null || rpm == null || apt == null) {
      throw new IllegalArgumentException("name, kind, url, rpm and apt must be given");
    }
  }
}
