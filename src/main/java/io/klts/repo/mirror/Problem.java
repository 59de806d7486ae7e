package io.klts.repo.mirror;

/**
 * Something that is not as it should be on a mirror.
 *
 * @param kind what is wrong
 * @param fault whether clients must not be sent there; otherwise it is a warning
 * @param path of the file in the tree, before a mirror lays it out anew; empty if it is about the
 *     mirror as a whole
 * @param expected what should be there
 * @param found what is there
 * @param remedy what to do
 */
public record Problem(
    Kind kind, boolean fault, String path, String expected, String found, String remedy) {

  /** What is wrong, the worst first. */
  public enum Kind {
    UNREACHABLE("unreachable"),
    SLOW("too slow"),
    STATUS("wrong status"),
    REDIRECT("redirected"),
    SIGNATURE("wrong signature"),
    TAMPERED("tampered"),
    RECREATED("index made anew"),
    MIXED("mixed generations"),
    LONGER("longer than listed"),
    TRUNCATED("truncated"),
    MISSING("missing"),
    AHEAD("another tree"),
    STALE("stale"),
    FUTURE("date in the future"),
    KEY("signing key"),
    CERTIFICATE("certificate"),
    CACHE("cache rule");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    /** For people, in a few words. */
    public String words() {
      return words;
    }
  }

  /** The same with other words for what was found. */
  Problem found(String other) {
    return new Problem(kind, fault, path, expected, other, remedy);
  }

  /** In one line. */
  @Override
  public String toString() {
    return kind.words
        + ": "
        + (path.isEmpty() ? "" : path + ": ")
        + "expected "
        + expected
        + ", found "
        + found
        + "; "
        + remedy;
  }
}
