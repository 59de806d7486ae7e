package io.klts.repo.mirror;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * How a mirror is, as its readers find it.
 *
 * @param reachable whether it answered at all
 * @param signed whether its manifest is one that a trusted key signed
 * @param serial of its tree; 0 if that is not known
 * @param behind how many serials it is behind the reference
 * @param lag for how long it has been behind, as far as is known; zero if it is not
 * @param date of its tree, as that says; empty if it is not known
 * @param latency until the server began to send the manifest; zero if it did not
 * @param bytesPerSecond of a sample of a package; 0 if nothing was measured
 * @param certificateDays whole days that the server's certificate still has; empty without TLS
 * @param keyDays whole days that the key still has that signed its manifest; empty if it has no end
 * @param files how many were looked at
 * @param bytes how many of them were read
 * @param problems the worst first
 */
public record Health(
    Mirror mirror,
    boolean reachable,
    boolean signed,
    long serial,
    long behind,
    Duration lag,
    Optional<Instant> date,
    Duration latency,
    long bytesPerSecond,
    Optional<Long> certificateDays,
    Optional<Long> keyDays,
    int files,
    long bytes,
    List<Problem> problems) {

  public Health {
    problems =
        problems.stream()
            .sorted(
                Comparator.comparing((Problem problem) -> !problem.fault())
                    .thenComparing(Problem::kind))
            .toList();
  }

  /** Whether clients may be sent there. */
  public boolean isHealthy() {
    return problems.stream().noneMatch(Problem::fault);
  }
}
