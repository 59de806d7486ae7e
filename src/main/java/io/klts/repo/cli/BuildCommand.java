package io.klts.repo.cli;

import io.klts.repo.build.BuildPlan;
import io.klts.repo.build.BuiltPackage;
import io.klts.repo.build.Project;
import io.klts.repo.signature.Signer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Builds package files into a folder. */
@Command(
    name = "build",
    description = "Builds the package files of a release into a folder, without a repository.",
    mixinStandardHelpOptions = true)
final class BuildCommand implements Callable<Integer>, Failure.Writing {

  @Mixin private Console console;
  @Mixin private BuildOptions options;
  @Mixin private SigningOptions signing = new SigningOptions(System.getenv());

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "The folder for the package files; it is made if it is missing.")
  private Path out;

  /**
   * What came of it.
   *
   * @param release its tag, such as {@code v1.28.15-lts.2}
   * @param packages names of the package files that were made
   */
  private record Result(String release, List<String> packages) {}

  @Override
  public Integer call() throws IOException {
    Project project = options.project();
    Optional<Signer> signer = signing.ifGiven(console);
    try (Scratch scratch = Scratch.create()) {
      BuildPlan plan = options.plan(project, scratch.folder(), console);
      Path spare = scratch.folder().resolve("blocks");
      List<BuiltPackage> built = options.build(project, plan, signer, out, spare, console);
      for (BuiltPackage one : built) {
        console.result(one.file().toString());
      }
      if (signer.isEmpty()) {
        console.line("unsigned", "set " + SigningOptions.KEY + " to sign the rpms");
      }
      console.json(
          new Result(
              options.release().tag(), built.stream().map(b -> b.file().toString()).toList()));
      return 0;
    }
  }

  @Override
  public String untouched() {
    return "packages that are in " + out + " are whole";
  }
}
