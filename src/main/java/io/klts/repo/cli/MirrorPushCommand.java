package io.klts.repo.cli;

import io.klts.repo.blob.IoReason;
import io.klts.repo.blob.Parallel;
import io.klts.repo.mirror.Mirror;
import io.klts.repo.mirror.Mirrors;
import io.klts.repo.mirror.Push;
import io.klts.repo.store.Limits;
import io.klts.repo.store.Store;
import io.klts.repo.store.Stores;
import io.klts.repo.tree.StoredTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
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
      "Brings the mirrors that mirrors.conf has an upload for up to date, side by side.",
      "What the manifests differ in is put: packages first, then indexes, then what is signed; then"
          + " files go that nothing needs any more. Run it again after a failure: it goes on from"
          + " there. Exit code 3 if a mirror failed; the others are done."
    },
    mixinStandardHelpOptions = true)
final class MirrorPushCommand implements Callable<Integer> {

  @Spec private CommandSpec command;
  @Mixin private Console console;
  @Mixin private TreeFolder tree;
  @Mixin private MirrorsOption conf;

  @Parameters(
      paramLabel = "NAME",
      arity = "0..*",
      description = "Mirrors of mirrors.conf; without names all that have an upload.")
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

  @Option(
      names = "--parallel",
      paramLabel = "N",
      defaultValue = "8",
      description = "Files on their way to a mirror at once (default: ${DEFAULT-VALUE}).",
      converter = WholeNumber.Threads.class)
  private int parallel;

  @Option(
      names = "--attempts",
      paramLabel = "N",
      defaultValue = "5",
      description =
          "How often a step is tried before the mirror failed (default: ${DEFAULT-VALUE}).",
      converter = WholeNumber.Threads.class)
  private int attempts;

  @Option(
      names = "--bandwidth",
      paramLabel = "KIB",
      defaultValue = "0",
      description = "The most to send to a mirror, in KiB a second; 0 for no limit.",
      converter = WholeNumber.Amount.class)
  private int bandwidth;

  /**
   * What came of one mirror.
   *
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
      double seconds,
      String error) {}

  private record Results(boolean dryRun, List<Result> mirrors) {}

  @Override
  public Integer call() throws IOException {
    List<Mirror> targets = targets();
    Progress progress = dryRun ? null : console.progress("put", 0);
    List<Result> results;
    try {
      results = Parallel.map(targets.size(), targets, mirror -> push(mirror, progress));
    } finally {
      if (progress != null) {
        progress.finish();
      }
    }
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
    List<Mirror> targets = named.stream().filter(mirror -> mirror.target().isPresent()).toList();
    if (targets.isEmpty() || (!names.isEmpty() && targets.size() < named.size())) {
      throw new IOException(
          conf.file()
              + " has no upload for "
              + (names.isEmpty() ? "any mirror" : String.join(", ", names))
              + "\n  nothing was changed; docs/mirroring.md says how to write one");
    }
    return targets;
  }

  /** Never fails: a mirror that is dead must not stop the others. */
  private Result push(Mirror mirror, Progress progress) {
    long start = System.nanoTime();
    try (Store store = open(mirror)) {
      Push.Plan plan =
          StoredTree.look(tree.path(), opened -> push(opened, store, mirror, progress));
      return new Result(
          mirror.name(),
          true,
          plan.serialBefore(),
          plan.serial(),
          plan.files(),
          plan.bytes(),
          plan.resumed(),
          plan.deletes(),
          seconds(start),
          null);
    } catch (IOException e) {
      return new Result(
          mirror.name(), false, 0, 0, 0, 0, 0, List.of(), seconds(start), IoReason.of(e));
    }
  }

  private Store open(Mirror mirror) throws IOException {
    Limits limits = new Limits(parallel, attempts, bandwidth * 1024L);
    return Stores.open(mirror.target().orElseThrow(), limits, System.getenv());
  }

  private Push.Plan push(StoredTree opened, Store store, Mirror mirror, Progress progress)
      throws IOException {
    checkApart(opened.root(), mirror);
    Push push = new Push(opened, store, new Push.Guard(all, older, maxDelete, maxDeletePercent));
    Push.Plan plan = push.plan();
    if (dryRun) {
      plan.stages()
          .values()
          .forEach(files -> files.forEach(file -> console.line(mirror.name(), "+ " + file.path())));
      plan.deletes().forEach(path -> console.line(mirror.name(), "- " + path));
    } else if (!plan.isEmpty()) {
      progress.expect(plan.bytes());
      push.run(plan, file -> progress.add(file.content().size(), false));
    }
    return plan;
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
    String text =
        result.ok
            ? "serial %s%d: %s%d files, %s, %d deleted, %.1f s"
                .formatted(
                    result.serialBefore == result.serial ? "" : result.serialBefore + " → ",
                    result.serial,
                    result.resumed == 0 ? "" : result.resumed + " files were there, put ",
                    result.files,
                    Console.mebibytes(result.bytes),
                    result.deleted.size(),
                    result.seconds)
            : "FAILED: " + result.error;
    console.result(Console.columns(result.mirror, text));
  }
}
