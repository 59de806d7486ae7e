package io.klts.repo.cli;

import io.klts.repo.blob.IoReason;
import io.klts.repo.blob.Parallel;
import io.klts.repo.mirror.CacheRenewal;
import io.klts.repo.mirror.Delivery;
import io.klts.repo.mirror.Depth;
import io.klts.repo.mirror.Examination;
import io.klts.repo.mirror.Health;
import io.klts.repo.mirror.Mirror;
import io.klts.repo.mirror.Mirrors;
import io.klts.repo.mirror.Problem;
import io.klts.repo.mirror.Push;
import io.klts.repo.mirror.Reference;
import io.klts.repo.store.CachePurge;
import io.klts.repo.store.Store;
import io.klts.repo.store.Stores;
import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.commons.io.function.IOFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Brings the mirrors that we write ourselves up to date. */
@Command(
    name = "push",
    description = {
      "Brings the mirrors that mirrors.conf has an upload for up to date, side by side, and lets"
          + " caches forget what is old.",
      "What the manifests differ in is put: packages first, then indexes, then what is signed; then"
          + " files go that nothing needs any more. Run it again after a failure: it goes on from"
          + " there. Afterwards each mirror is read back through its public address: signature, every"
          + " index, a sample of packages. Exit code 3 if one failed or is not right; the others are"
          + " done."
    },
    mixinStandardHelpOptions = true)
final class MirrorPushCommand implements Callable<Integer> {

  @Spec private CommandSpec command;
  @Mixin private Console console;
  @Mixin private TreeFolder tree;
  @Mixin private MirrorsOption conf;
  @Mixin private LimitOptions limits;

  @Parameters(
      paramLabel = "NAME",
      arity = "0..*",
      description =
          "Mirrors of mirrors.conf; without names all that have an upload, and caches that have a purge.")
  private List<String> names = List.of();

  @Option(names = "--dry-run", description = "Only say what would be put and deleted.")
  private boolean dryRun;

  @Option(
      names = "--all",
      description = "Put every file again, also those that a mirror should have.")
  private boolean all;

  @Option(names = "--older", description = "Let a mirror go back to an earlier serial.")
  private boolean older;

  @Option(
      names = "--no-proof",
      description = "Do not read back afterwards what readers get at the public address.")
  private boolean noProof;

  @Option(
      names = "--max-delete",
      paramLabel = "N",
      defaultValue = "1000",
      description = "The most files to delete on a mirror (default: ${DEFAULT-VALUE}).",
      converter = WholeNumber.Amount.class)
  private int maxDelete;

  @Option(
      names = "--max-delete-percent",
      paramLabel = "N",
      defaultValue = "30",
      description = "The most to delete of a hundred files there (default: ${DEFAULT-VALUE}).",
      converter = WholeNumber.Percent.class)
  private int maxDeletePercent;

  /**
   * What came of one mirror.
   *
   * @param mirror its name
   * @param ok whether it is right now
   * @param serialBefore the serial that it had; 0 if none was believed
   * @param serial the serial that it was brought to
   * @param files how many were put
   * @param bytes of those
   * @param resumed how many files an earlier push had put already
   * @param deleted paths that were deleted there
   * @param repaired files that readers did not get right at first
   * @param purged files that a cache was told to forget
   * @param problems that readers still have
   * @param seconds how long it took
   * @param error why it failed; absent if it did not
   */
  private record Result(
      String mirror,
      boolean ok,
      long serialBefore,
      long serial,
      int files,
      long bytes,
      int resumed,
      List<String> deleted,
      Set<String> repaired,
      List<String> purged,
      List<Problem> problems,
      double seconds,
      String error) {

    static Result of(Mirror mirror, Delivery.Outcome outcome, double seconds) {
      Push.Plan plan = outcome.plan();
      return new Result(
          mirror.name(),
          outcome.health().map(Health::isHealthy).orElse(true),
          plan.serialBefore(),
          plan.serial(),
          plan.files(),
          plan.bytes(),
          plan.resumed(),
          plan.deletes(),
          outcome.repaired(),
          List.of(),
          outcome.health().map(Health::problems).orElse(List.of()),
          seconds,
          null);
    }

    static Result of(Health health, List<String> purged, double seconds) {
      return new Result(
          health.mirror().name(),
          health.isHealthy(),
          0,
          health.serial(),
          0,
          0,
          0,
          List.of(),
          Set.of(),
          purged,
          health.problems(),
          seconds,
          null);
    }

    static Result failed(Mirror mirror, double seconds, String error) {
      return new Result(
          mirror.name(),
          false,
          0,
          0,
          0,
          0,
          0,
          List.of(),
          Set.of(),
          List.of(),
          List.of(),
          seconds,
          error);
    }
  }

  /**
   * What came of all.
   *
   * @param dryRun whether nothing was done
   * @param mirrors one for each mirror
   */
  private record Results(boolean dryRun, List<Result> mirrors) {}

  @Override
  public Integer call() throws IOException {
    List<Mirror> targets = targets();
    List<Mirror> copies = targets.stream().filter(m -> m.target().isPresent()).toList();
    List<Mirror> caches = targets.stream().filter(m -> m.target().isEmpty()).toList();
    List<Result> results = new ArrayList<>();
    Progress progress = dryRun ? null : console.progress("put", 0);
    try {
      results.addAll(sideBySide(copies, mirror -> push(mirror, progress)));
    } finally {
      if (progress != null) {
        progress.finish();
      }
    }
    // After the copies: the origin, which caches ask, may be one of them.
    results.addAll(sideBySide(caches, this::renew));
    results.forEach(this::report);
    console.json(new Results(dryRun, results));
    return results.stream().allMatch(Result::ok) ? 0 : Main.UNHEALTHY;
  }

  private List<Mirror> targets() throws IOException {
    Mirrors mirrors = conf.load();
    List<Mirror> named;
    try {
      named = mirrors.named(names);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
    List<Mirror> targets =
        named.stream()
            .filter(mirror -> mirror.target().isPresent() || mirror.purge().isPresent())
            .toList();
    if (targets.isEmpty() || (!names.isEmpty() && targets.size() < named.size())) {
      throw new IOException(
          conf.file()
              + " has no upload or purge for "
              + (names.isEmpty() ? "any mirror" : String.join(", ", names))
              + "\n  nothing was changed; docs/mirroring.md says how to write one");
    }
    return targets;
  }

  /** Never fails: a mirror that is dead must not stop the others. */
  private Result push(Mirror mirror, Progress progress) {
    long start = System.nanoTime();
    try (Store store = open(mirror)) {
      checkApart(tree.path(), mirror);
      Push.Guard guard = new Push.Guard(all, older, maxDelete, maxDeletePercent);
      Delivery delivery = new Delivery(tree.path(), mirror, store, guard);
      Delivery.Outcome outcome =
          dryRun
              ? new Delivery.Outcome(planned(delivery, mirror), Set.of(), Optional.empty())
              : delivery.run(!noProof, new Bar(progress), InstantSource.system());
      return Result.of(mirror, outcome, seconds(start));
    } catch (IOException e) {
      return Result.failed(mirror, seconds(start), IoReason.of(e));
    }
  }

  private static List<Result> sideBySide(List<Mirror> mirrors, IOFunction<Mirror, Result> work)
      throws IOException {
    return mirrors.isEmpty() ? List.of() : Parallel.map(mirrors.size(), mirrors, work);
  }

  /** Never fails, either. */
  private Result renew(Mirror mirror) {
    long start = System.nanoTime();
    try {
      CachePurge purge = new CachePurge(mirror.purge().orElseThrow(), limits.limits());
      CacheRenewal renewal = new CacheRenewal(mirror, purge);
      Reference reference = Reference.of(tree.path());
      List<String> stale = renewal.stale(reference.manifest());
      if (dryRun) {
        stale.forEach(path -> console.line(mirror.name(), "purge " + path));
      } else {
        renewal.forget(stale);
      }
      Depth depth = dryRun ? Depth.QUICK : Depth.PUSHED;
      Health health = Examination.of(mirror, reference, depth, Instant.now());
      return Result.of(health, stale, seconds(start));
    } catch (IOException e) {
      return Result.failed(mirror, seconds(start), IoReason.of(e));
    }
  }

  private Store open(Mirror mirror) throws IOException {
    return Stores.open(mirror.target().orElseThrow(), limits.limits(), System.getenv());
  }

  private Push.Plan planned(Delivery delivery, Mirror mirror) throws IOException {
    Push.Plan plan = delivery.plan();
    for (List<TreeFile> files : plan.stages().values()) {
      files.forEach(file -> console.line(mirror.name(), "+ " + file.path()));
    }
    plan.deletes().forEach(path -> console.line(mirror.name(), "- " + path));
    return plan;
  }

  private record Bar(Progress progress) implements Delivery.Listener {

    @Override
    public void planned(Push.Plan plan) {
      progress.expect(plan.bytes());
    }

    @Override
    public void arrived(TreeFile file) {
      progress.add(file.content().size(), false);
    }
  }

  /** A tree is no copy of itself: what one changes the other would have changed. */
  private static void checkApart(Path root, Mirror mirror) throws IOException {
    if (!"file".equals(mirror.target().orElseThrow().upload().getScheme())) {
      return;
    }
    Path own = root.toRealPath();
    Path copy = Path.of(mirror.target().orElseThrow().upload().getPath()).toAbsolutePath();
    copy = copy.toFile().getCanonicalFile().toPath();
    if (copy.startsWith(own) || own.startsWith(copy)) {
      throw new IOException(
          copy
              + " is, holds or lies in the tree "
              + own
              + "\n  nothing was changed; give it another folder");
    }
  }

  private static double seconds(long start) {
    return Math.round((System.nanoTime() - start) / 1e7) / 100.0;
  }

  private void report(Result result) {
    if (result.error != null) {
      console.result(Console.columns(result.mirror, "FAILED: " + result.error));
      return;
    }
    if (!result.purged.isEmpty()) {
      console.line(result.mirror, result.purged.size() + " files forgotten");
    }
    console.result(
        Console.columns(
            result.mirror,
            "%sserial %s%d: %s%d files, %s, %d deleted, %.1f s"
                .formatted(
                    result.ok ? "" : "BAD ",
                    result.serialBefore == result.serial ? "" : result.serialBefore + " → ",
                    result.serial,
                    result.resumed == 0 ? "" : result.resumed + " files were there, put ",
                    result.files,
                    Console.mebibytes(result.bytes),
                    result.deleted.size(),
                    result.seconds)));
    if (!result.repaired.isEmpty()) {
      console.line("", result.repaired.size() + " files arrived wrong, and were put once more");
    }
    result.problems.forEach(problem -> console.result(Console.columns("", problem.toString())));
  }
}
