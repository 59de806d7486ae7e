package io.klts.repo.cli;

import io.klts.repo.tree.Generations.Generation;
import io.klts.repo.tree.LocalTree;
import io.klts.repo.tree.Prune;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Deletes what is old. */
@Command(
    name = "prune",
    description = {
      "Deletes the files of a tree that nothing needs but generations that are old enough.",
      "It says first what goes. What the present indexes or a kept generation name never goes, and"
          + " neither do files that were never part of the tree."
    },
    mixinStandardHelpOptions = true)
final class PruneCommand implements Callable<Integer>, Failure.Writing {

  @Mixin private Console console;
  @Mixin private TreePlace tree;
  @Mixin private KeepOptions keep;

  @Option(names = "--dry-run", description = "Only say what would go.")
  private boolean dryRun;

  /**
   * What went, or would.
   *
   * @param dropped serials that cannot be brought back any more
   * @param paths of files that were deleted
   * @param bytes of those
   * @param done false for a dry run
   */
  private record Result(List<Long> dropped, List<String> paths, long bytes, boolean done) {}

  @Override
  public Integer call() throws IOException {
    try (LocalTree open = tree.open(console)) {
      Prune prune = Prune.plan(open, keep.number(), keep.age(), Instant.now());
      List<Long> serials = prune.dropped().stream().map(Generation::serial).toList();
      console.line("goes", prune.paths().size() + " files, " + prune.bytes() + " bytes");
      prune.paths().forEach(path -> console.line("", path));
      if (!dryRun) {
        prune.run(open);
      }
      console.result(
          (dryRun ? "would prune  " : "pruned     ")
              + prune.paths().size()
              + " files, "
              + serials.size()
              + " generations in "
              + tree.folder());
      console.json(new Result(serials, prune.paths(), prune.bytes(), !dryRun));
      return 0;
    }
  }

  @Override
  public String untouched() {
    return tree.folder() + " has all that its indexes name; run it again for the rest";
  }
}
