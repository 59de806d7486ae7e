package io.klts.repo.repository;

/** What records of a document have in common. */
final class Present {

  private Present() {}

  /**
   * Requires a value that a document may have left out.
   *
   * @throws IllegalArgumentException with the name of its key
   */
  static void check(Object value, String key) {
    if (value == null) {
      throw new IllegalArgumentException("\"" + key + "\" is missing");
    }
  }
}
