package io.klts.repo.cli;

import io.klts.repo.mirror.Pull;
import io.klts.repo.mirror.Upstream;
import io.klts.repo.signature.PublicKey;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Brings a copy of a tree to this machine. */
@Command(
    name = "pull",
    description = {
      "Makes a copy of a published tree, or brings it up to date; for a web server to serve.",
      "Nothing is believed before its signature and digest are checked, nothing is visible before all"
          + " of it is there, and a tree that is older than the copy is refused. If nothing changed,"
          + " each source is asked for two small files and nothing is written. Run it again after a"
          + " failure: it goes on with what was fetched."
    },
    mixinStandardHelpOptions = true)
final class MirrorPullCommand implements Callable<Integer>, Failure.Writing {

  /** Most files of a tree are small: what they wait for is the server's answer. */
  private static final int PARALLEL = 16;

  @Spec private CommandSpec command;
  @Mixin private Console console;
  @Mixin private CopyOptions options;
  @Mixin private PartOptions part;
  @Mixin private LimitOptions limits = new LimitOptions(PARALLEL);
  @Mixin private KeepOptions keep;

  @Parameters(
      paramLabel = "DIR",
      description = "The folder of the copy; it is made if it is missing.")
  private Path folder;

  @Option(
      names = "--from",
      required = true,
      paramLabel = "SOURCE",
      description =
          "The address of a tree, a folder with one, or a bundle. May be given more than once: the"
              + " newest tree counts, and the others help if that source fails.")
  private List<String> from = List.of();

  @Option(
      names = "--force-older",
      description = "Take a tree that is older than the copy: only if it was really set back.")
  private boolean forceOlder;

  @Option(
      names = "--lock-wait",
      paramLabel = "SECONDS",
      defaultValue = "600",
      description =
          "How long to wait while another run changes the copy (default: ${DEFAULT-VALUE}).",
      converter = WholeNumber.Amount.class)
  private int lockWait;

  @Option(names = "--dry-run", description = "Only say what would be fetched.")
  private boolean dryRun;

  @Option(
      names = "--every",
      paramLabel = "SECONDS",
      description =
          "Stay, and pull again so long after each run, also after one that failed; for containers,"
              + " which have no timers.",
      converter = WholeNumber.Interval.class)
  private int every;

  /**
   * What came of it.
   *
   * @param from the source that was taken
   * @param serialBefore the serial that the copy had; 0 for a new one
   * @param serial the serial that it has now
   * @param files how many were fetched
   * @param bytes of those
   * @param removed how many files went
   * @param leftOut how many files the chosen part does not have
   * @param done false for a dry run
   * @param milliseconds how long it took, without the start of the program
   */
  private record Result(
      String from,
      long serialBefore,
      long serial,
      int files,
      long bytes,
      int removed,
      int leftOut,
      boolean done,
      long milliseconds) {}

  @Override
  public Integer call() throws IOException {
    if (every == 0) {
      pull();
    } else if (dryRun) {
      throw new ParameterException(
          command.commandLine(), "--every stays to pull, and --dry-run pulls nothing: give one");
    } else {
      stay();
    }
    return 0;
  }

  /** Each run is as if it were the only one: keys and sources are opened anew. */
  private void stay() {
    try {
      while (true) {
        try {
          pull();
        } catch (IOException e) {
          new Failure().handleExecutionException(e, command.commandLine(), null);
        }
        Thread.sleep(every * 1000L);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void pull() throws IOException {
    long began = System.nanoTime();
    Pull.Result result = pulled();
    report(result);
    console.json(
        new Result(
            result.from(),
            result.serialBefore(),
            result.serial(),
            result.files(),
            result.bytes(),
            result.removed(),
            result.leftOut(),
            !dryRun,
            (System.nanoTime() - began) / 1_000_000));
  }

  private Pull.Result pulled() throws IOException {
    List<PublicKey> keys = options.keys();
    if (keys.isEmpty()) {
      throw new ParameterException(
          command.commandLine(), "--key is missing: the public key of those who sign the tree");
    }
    List<Upstream> sources = new ArrayList<>();
    try {
      for (String name : from) {
        sources.add(options.open(name));
      }
      Pull pull =
          new Pull(
              new Pull.Order(
                  folder.toAbsolutePath().normalize(),
                  keys,
                  sources,
                  part.selection(),
                  forceOlder,
                  options.forceExpired(),
                  keep.number(),
                  keep.age(),
                  limits.limits(),
                  Duration.ofSeconds(lockWait)),
              CopyOptions.listener(console, "fetch"),
              InstantSource.system());
      return dryRun ? pull.plan() : pull.run();
    } finally {
      for (Upstream source : sources) {
        source.close();
      }
    }
  }

  private void report(Pull.Result result) {
    if (result.leftOut() > 0) {
      console.line("part", result.leftOut() + " files of the tree are left out");
    }
    if (result.removed() > 0) {
      console.line("pruned", result.removed() + " files of earlier serials");
    }
    boolean nothing = result.serialBefore() == result.serial() && result.files() == 0;
    console.result(
        Console.columns(
            dryRun ? "would pull" : "pulled",
            nothing
                ? "nothing changed: serial " + result.serial() + " in " + folder
                : "serial %d → %d from %s: %d files, %s fetched, in %s"
                    .formatted(
                        result.serialBefore(),
                        result.serial(),
                        result.from(),
                        result.files(),
                        Console.mebibytes(result.bytes()),
                        folder)));
  }

  @Override
  public String untouched() {
    return "whoever reads "
        + folder
        + " sees only what was published; "
        + (every == 0 ? "run the same again" : "next try in " + every + " s");
  }
}
