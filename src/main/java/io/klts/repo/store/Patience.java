package io.klts.repo.store;

import java.time.Duration;

/** How long something may take at most: long for a slow line, and not for ever. */
final class Patience {

  private static final Duration ALWAYS = Duration.ofMinutes(2);

  /** A line that is slower than this, in bytes a second, is as good as cut. */
  private static final long SLOWEST = 16 << 10;

  private final long slowest;

  Patience(Limits limits) {
    long fair = limits.bytesPerSecond() / limits.parallel();
    // Several that are held back together do not get the same.
    this.slowest =
        limits.bytesPerSecond() == 0 ? SLOWEST : Math.max(1, Math.min(SLOWEST, fair / 4));
  }

  /** For a request and its answer with so many bytes in all. */
  Duration forBytes(long bytes) {
    return ALWAYS.plusSeconds(bytes / slowest);
  }
}
