package io.klts.repo.tree;

/**
 * A mirror of a tree, as it was when somebody looked last: either clients are sent there, or it has
 * a fault.
 *
 * @param name in {@code mirrors.conf}
 * @param kind copy, prefix or cache
 * @param url its address, without a slash at its end
 * @param area country in two letters; {@code null} if nobody said
 * @param priority from 1, the first choice, to 99
 * @param rpm the address of what the tree has in {@code rpm}
 * @param apt the address of what the tree has in {@code apt}
 * @param fault why no client is sent there; {@code null} if clients are
 */
public record ListedMirror(
    String name,
    String kind,
    String url,
    String area,
    int priority,
    String rpm,
    String apt,
    Fault fault) {

  /** What keeps clients away, as far as they have to know. */
  public enum Fault {
    /** It did not answer, or too slowly. */
    UNREACHABLE,
    /** What it has is too old. */
    STALE,
    /** What it has is not what was published. */
    WRONG
  }

  public ListedMirror {
    if (name == null || kind == null || url == null || rpm == null || apt == null) {
      throw new IllegalArgumentException("name, kind, url, rpm and apt must be given");
    }
  }

  /** One without a fault. */
  public ListedMirror(
      String name, String kind, String url, String area, int priority, String rpm, String apt) {
    this(name, kind, url, area, priority, rpm, apt, null);
  }

  /** Are clients sent there? */
  public boolean isGood() {
    return fault == null;
  }
}
