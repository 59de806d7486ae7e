package io.klts.repo.mirror;

import java.util.Comparator;
import java.util.List;

/**
 * In which order clients should try mirrors: those that have the newest serial first, then by
 * priority, then the quicker one. A mirror with a fault is not tried at all. A program that chooses
 * by latency alone would take the stale one next door.
 */
public final class Ranking {

  private static final Comparator<Health> ORDER =
      Comparator.comparing((Health health) -> health.behind() > 0)
          .thenComparing(health -> health.mirror().priority())
          .thenComparing(Health::latency)
          .thenComparing(health -> health.mirror().name());

  private Ranking() {}

  /** The healthy ones, the best first. */
  public static List<Health> best(List<Health> all) {
    return all.stream().filter(Health::isHealthy).sorted(ORDER).toList();
  }

  /** Those that are left out, in the given order. */
  public static List<Health> rejected(List<Health> all) {
    return all.stream().filter(health -> !health.isHealthy()).toList();
  }
}
