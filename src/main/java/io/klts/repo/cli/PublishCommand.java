package io.klts.repo.cli;

import io.klts.repo.build.BuildPlan;
import io.klts.repo.build.BuiltPackage;
import io.klts.repo.build.Project;
import io.klts.repo.catalogue.Minor;
import io.klts.repo.publish.Publication;
import io.klts.repo.signature.Signer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Builds a release and adds it to a tree. */
@Command(
    name = "publish",
    description = {
      "Builds a release and adds it to the tree: packages, indexes, signatures, definitions.",
      "Clients see the tree as it was or with the release in it, nothing between. The same release"
          + " with the same binaries changes nothing."
    },
    mixinStandardHelpOptions = true)
final class PublishCommand implements Callable<Integer>, Failure.Writing {

  @Mixin private Console console;
  @Mixin private BuildOptions options;
  @Mixin private TreeOptions tree;
  @Mixin private SigningOptions signing;

  PublishCommand() {
    this(System.getenv());
  }

  /** A command that finds its key in another environment than the process's. */
  PublishCommand(Map<String, String> environment) {
    signing = new SigningOptions(environment);
  }

  /**
   * What came of it.
   *
   * @param release its tag, such as {@code v1.28.15-lts.2}
   * @param packages names of the package files that were made
   * @param published what changed in the tree
   */
  private record Result(String release, List<String> packages, TreeOptions.Result published) {}

  @Override
  public Integer call() throws IOException {
    Project project = options.project();
    List<Signer> signers = signing.required(console);
    try (Scratch unpacked = Scratch.create()) {
      BuildPlan plan = options.plan(project, unpacked.folder(), console);
      TreeOptions.Result published =
          tree.change(
              console,
              options.templates(),
              project.catalogue()::identity,
              signers,
              (publication, scratch) -> publish(publication, project, plan, scratch));
      console.json(new Result(options.release().tag(), BuildOptions.fileNames(plan), published));
      return 0;
    }
  }

  private Publication.Outcome publish(
      Publication publication, Project project, BuildPlan plan, Path scratch) throws IOException {
    warn(publication, project, plan);
    Optional<Signer> signer = publication.signers().primary();
    List<BuiltPackage> built =
        options.build(
            project, plan, signer, scratch.resolve("packages"), scratch.resolve("blocks"), console);
    publication.add(plan, built);
    return publication.commit();
  }

  /** Before the build, which takes its time. */
  private void warn(Publication publication, Project project, BuildPlan plan) throws IOException {
    Minor minor = options.release().minor();
    for (String need : plan.needs(project.addons(), publication.addons(minor))) {
      console.warning(
          need
              + ", which "
              + minor.channel()
              + " does not have: publish it as well, or see that clients have it from elsewhere");
    }
  }

  @Override
  public String untouched() {
    return tree.untouched();
  }
}
