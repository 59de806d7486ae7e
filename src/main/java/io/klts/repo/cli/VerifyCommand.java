package io.klts.repo.cli;

import io.klts.repo.signature.PublicKey;
import io.klts.repo.source.FolderSource;
import io.klts.repo.source.HttpSource;
import io.klts.repo.source.TreeSource;
import io.klts.repo.verify.Part;
import io.klts.repo.verify.Problem;
import io.klts.repo.verify.Report;
import io.klts.repo.verify.Verification;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Looks at a published tree from outside. */
@Command(
    name = "verify",
    description = {
      "Verifies a published tree, in a folder or on a web server: every signature, digest and"
          + " reference, that each channel has what its packages need, and how long keys live. Of a"
          + " copy of a part, say which part.",
      "Exit code 3 if something is wrong; everything that is wrong is listed."
    },
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {

  @Spec private CommandSpec command;
  @Mixin private Console console;
  @Mixin private PartOptions parts;

  @Parameters(
      paramLabel = "TREE|URL",
      description = "The folder, or the http(s) address, of a tree.")
  private String tree;

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description =
          "The public key to trust. Without it the tree's own is taken, which proves only that the"
              + " tree fits together.")
  private Path keyFile;

  /**
   * What was found.
   *
   * @param tree the folder or address
   * @param healthy whether no client can fail over it
   * @param serial of its manifest
   * @param key fingerprint of the key that signed the manifest; empty if that is not proven
   * @param files how many the manifest lists
   * @param bytes of those
   * @param channels how many were looked at
   * @param packages how many they list
   * @param older how many files of earlier states are still there, which harm nobody
   * @param notes what the reader must know to judge the result
   * @param problems what is wrong
   */
  private record Result(
      String tree,
      boolean healthy,
      long serial,
      String key,
      int files,
      long bytes,
      int channels,
      int packages,
      int older,
      List<String> notes,
      List<Problem> problems) {}

  @Override
  public Integer call() throws IOException {
    Optional<PublicKey> key =
        keyFile == null ? Optional.empty() : Optional.of(PublicKey.load(keyFile));
    Report report = verify(key);
    for (String note : report.notes()) {
      console.line("note", note);
    }
    for (Problem problem : report.problems()) {
      String kind = problem.severity().name().toLowerCase(Locale.ROOT);
      console.result(Console.columns(kind, problem.toString()));
    }
    if (report.older() > 0) {
      console.line("older", report.older() + " files of earlier states, which harm nobody");
    }
    console.result(
        Console.columns(
            report.isHealthy() ? "good" : "unhealthy",
            "serial %d of %s: %d files, %s, %d channels, %d packages, %d problems"
                .formatted(
                    report.serial(),
                    tree,
                    report.files(),
                    Console.mebibytes(report.bytes()),
                    report.channels(),
                    report.packages(),
                    report.problems().size())));
    console.json(
        new Result(
            tree,
            report.isHealthy(),
            report.serial(),
            report.key(),
            report.files(),
            report.bytes(),
            report.channels(),
            report.packages(),
            report.older(),
            report.notes(),
            report.problems()));
    return report.isHealthy() ? 0 : Main.UNHEALTHY;
  }

  private Report verify(Optional<PublicKey> key) throws IOException {
    Optional<Part> part =
        parts.subset().map(subset -> (paths, files) -> subset.leftOut(paths, files::file));
    try (TreeSource source = source()) {
      return Verification.run(source, key, Instant.now(), part);
    }
  }

  private TreeSource source() throws IOException {
    if (!tree.matches("(?i)https?:.*")) {
      return new FolderSource(Path.of(tree));
    }
    try {
      return new HttpSource(tree);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
  }
}
