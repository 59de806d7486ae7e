package io.klts.repo.tree;

import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * How long caches may keep a file without asking again. Only a name that never gets other bytes may
 * be kept; for all others "no-cache" means: keep it, but ask each time whether it changed.
 */
public enum CacheRule {
  /** Named by their own digest, below a folder that says so. */
  BY_HASH(".*/by-hash/[^/]+/[0-9a-f]{32,128}"),
  /** Named by their own digest, then a dash and what they are. */
  CHECKSUM_NAMED(".*/[0-9a-f]{64}-[^/]+"),
  /** Packages, whose name holds version and build: the same name with other bytes is refused. */
  PACKAGE(".*\\.(rpm|deb)");

  private static final String FOR_EVER = "public, max-age=31536000, immutable";
  private static final String ASK_EACH_TIME = "no-cache";

  private final Pattern path;

  CacheRule(String path) {
    this.path = Pattern.compile(path);
  }

  /** The value of Cache-Control for a decoded path that begins with a slash. */
  public static String of(String path) {
    boolean immutable = Arrays.stream(values()).anyMatch(rule -> rule.path.matcher(path).matches());
    return immutable ? FOR_EVER : ASK_EACH_TIME;
  }
}
