package io.klts.repo.mirror;

import io.klts.repo.store.Store;
import io.klts.repo.tree.StoredTree;
import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A push, and the proof: what readers then get at the mirror's public address. */
public final class Delivery {

  /** What lies between store and readers may need a moment to see what is new. */
  private static final Duration SETTLE = Duration.ofSeconds(2);

  private final Path tree;
  private final Mirror mirror;
  private final Store store;
  private final Push.Guard guard;

  /** Is told how it goes on, from any thread. */
  public interface Listener {

    /** A push is planned and about to begin. */
    void planned(Push.Plan plan);

    /** A file arrived. */
    void arrived(TreeFile file);
  }

  /**
   * What came of it.
   *
   * @param repaired files that readers did not get right, and that were put once more
   * @param health what readers get; empty if nobody asked
   */
  public record Outcome(Push.Plan plan, Set<String> repaired, Optional<Health> health) {}

  /** To one mirror, whose store the caller closes. */
  public Delivery(Path tree, Mirror mirror, Store store, Push.Guard guard) {
    this.tree = tree;
    this.mirror = mirror;
    this.store = store;
    this.guard = guard;
  }

  /** What a push would do. */
  public Push.Plan plan() throws IOException {
    return StoredTree.look(
        tree, open -> new Push(open, Reference.of(open), store, guard).plan(Set.of()));
  }

  /**
   * Pushes, and then reads back if {@code prove} says so. What readers do not get right is put once
   * more: old object stores damage what they store and call it done.
   */
  public Outcome run(boolean prove, Listener listener, InstantSource clock) throws IOException {
    Push.Plan plan = push(Set.of(), listener);
    if (!prove) {
      return new Outcome(plan, Set.of(), Optional.empty());
    }
    Health health = examine(clock);
    if (!health.isHealthy()) {
      pause();
      health = examine(clock);
    }
    Set<String> wrong = wrong(health);
    if (!wrong.isEmpty()) {
      push(wrong, listener);
      health = examine(clock);
    }
    return new Outcome(plan, wrong, Optional.of(health));
  }

  private Push.Plan push(Set<String> again, Listener listener) throws IOException {
    return StoredTree.look(
        tree,
        open -> {
          Push push = new Push(open, Reference.of(open), store, guard);
          Push.Plan plan = push.plan(again);
          listener.planned(plan);
          if (!plan.isEmpty()) {
            push.run(plan, listener::arrived);
          }
          return plan;
        });
  }

  private Health examine(InstantSource clock) throws IOException {
    return Examination.of(mirror, Reference.of(tree), Depth.PUSHED, clock.instant());
  }

  private static Set<String> wrong(Health health) {
    return health.problems().stream()
        .filter(problem -> problem.fault() && !problem.path().isEmpty())
        .map(Problem::path)
        .collect(Collectors.toSet());
  }

  private static void pause() throws IOException {
    try {
      TimeUnit.NANOSECONDS.sleep(SETTLE.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }
}
