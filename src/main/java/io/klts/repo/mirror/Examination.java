package io.klts.repo.mirror;

import java.time.Duration;
import java.time.Instant;

/** Looks at mirrors as their readers do, through their public addresses. */
public final class Examination {

  /** How long a mirror may be behind whose interval is not known. */
  public static final Duration ALLOWED_LAG = Duration.ofDays(3);

  private Examination() {}

  /**
   * Looks at one mirror. It ends in bounded time, whatever the server does.
   *
   * @return also if nothing of it could be read: then that is a problem
   */
  public static Health of(Mirror mirror, Reference reference, Depth depth, Instant now) {
    Duration known = mirror.interval();
    return of(mirror, reference, depth, now, known.isZero() ? ALLOWED_LAG : known);
  }

  /**
   * As the other.
   *
   * @param allowedLag how long it may be behind; not at all when it was just written
   */
  @SuppressWarnings("DoNotCallSuggester")
  public static Health of(
      Mirror mirror, Reference reference, Depth depth, Instant now, Duration allowedLag) {
    throw new UnsupportedOperationException();
  }
}
