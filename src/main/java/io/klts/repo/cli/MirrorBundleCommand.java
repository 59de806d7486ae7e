package io.klts.repo.cli;

import io.klts.repo.mirror.Bundle;
import io.klts.repo.mirror.Upstream;
import io.klts.repo.tree.Generations;
import io.klts.repo.tree.Manifest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a tree into one file. */
@Command(
    name = "bundle",
    description = {
      "Writes a signed tree, or what came to it, into one tar archive for a site without a link;"
          + " there, \"mirror pull --from\" reads it.",
      "The same tree gives the same archive. A run that was interrupted is continued by the next."
    },
    mixinStandardHelpOptions = true)
final class MirrorBundleCommand implements Callable<Integer>, Failure.Writing {

  @Spec private CommandSpec command;
  @Mixin private Console console;
  @Mixin private CopyOptions options;
  @Mixin private PartOptions part;
  @Mixin private LimitOptions limits;

  @ArgGroup(multiplicity = "1")
  private Place place;

  private static final class Place {
    @Option(names = "--tree", paramLabel = "DIR", description = "A tree or a copy of this machine.")
    private Path tree;

    @Option(
        names = "--from",
        paramLabel = "URL",
        description = "The address of a tree; wants --key as well.")
    private String from;
  }

  @Parameters(paramLabel = "OUT.tar", description = "The archive.")
  private Path out;

  @Option(
      names = "--since",
      paramLabel = "SERIAL",
      defaultValue = "0",
      description = "Leave out what an earlier serial, which --tree has kept, had already.")
  private long since;

  /**
   * What was written.
   *
   * @param file the archive
   * @param serial of the tree
   * @param files in the archive, without manifest and signature
   * @param bytes of the archive
   * @param continued of these bytes, what an earlier run had written already
   */
  private record Result(String file, long serial, int files, long bytes, long continued) {}

  @Override
  public Integer call() throws IOException {
    if (place.tree == null && (options.keys().isEmpty() || since > 0)) {
      throw new ParameterException(
          command.commandLine(),
          since > 0 ? "--since needs --tree, which keeps earlier serials" : "--from needs --key");
    }
    Optional<Manifest> before =
        since == 0
            ? Optional.empty()
            : Optional.of(Generations.in(place.tree).of(since).manifest());
    Bundle.Result result;
    try (Upstream from = options.open(place.tree == null ? place.from : place.tree.toString())) {
      result =
          new Bundle(
                  new Bundle.Order(
                      out.toAbsolutePath(),
                      options.keys(),
                      from,
                      part.selection(),
                      options.forceExpired(),
                      before,
                      limits.limits()),
                  CopyOptions.listener(console, "bundle"),
                  Instant.now())
              .run();
    }
    if (result.continued() > 0) {
      console.line("continued", Console.mebibytes(result.continued()) + " were there");
    }
    console.result(
        Console.columns(
            "bundled",
            "serial %d%s: %d files, %s, in %s"
                .formatted(
                    result.serial(),
                    since == 0 ? "" : " since " + since,
                    result.files(),
                    Console.mebibytes(result.bytes()),
                    out)));
    console.json(
        new Result(
            out.toString(), result.serial(), result.files(), result.bytes(), result.continued()));
    return 0;
  }

  @Override
  public String untouched() {
    return out + " is as it was; run the same again, which goes on from there";
  }
}
