package io.klts.repo.tree;

/**
 * A key that signed a tree once. It stays published, for the packages that it signed, and never
 * signs again.
 *
 * @param key its fingerprint
 * @param since when it was retired, in the form of ISO 8601
 */
public record RetiredKey(String key, String since) {

  public RetiredKey {
    if (key == null || since == null) {
      throw new IllegalArgumentException("key and since must be given");
    }
  }
}
