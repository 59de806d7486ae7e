package io.klts.repo.cli;

import io.klts.repo.build.BuildPlan;
import io.klts.repo.build.BuiltPackage;
import io.klts.repo.build.Project;
import io.klts.repo.mirror.MirrorsFile;
import io.klts.repo.publish.Publication;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.signature.Signer;
import io.klts.repo.tree.LocalTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.commons.io.file.PathUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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
  @Mixin private SigningOptions signing;

  @Option(
      names = "--tree",
      required = true,
      paramLabel = "DIR",
      description = "The published tree; it is made if it is missing.")
  private Path tree;

  @Option(
      names = "--base-url",
      paramLabel = "URL",
      description =
          "Where clients find the tree; without it the address of the origin in mirrors.conf.")
  private String baseUrl;

  @Option(
      names = "--lock-wait",
      paramLabel = "SECONDS",
      defaultValue = "600",
      description =
          "How long to wait while another run changes the tree (default: ${DEFAULT-VALUE}).")
  private int lockWait;

  PublishCommand() {
    this(System.getenv());
  }

  /** A command that finds its key in another environment than the process's. */
  PublishCommand(Map<String, String> environment) {
    signing = new SigningOptions(environment);
  }

  private record Result(
      String release,
      String tree,
      long serialBefore,
      long serial,
      int changed,
      int kept,
      String key,
      List<String> packages) {}

  @Override
  public Integer call() throws IOException {
    Project project = options.project();
    Optional<Signer> signer = signing.required(console);
    String url = baseUrl();
    Path unpacked = Files.createTempDirectory("klts-repo");
    try {
      BuildPlan plan = options.plan(project, unpacked, console);
      try (LocalTree open =
          LocalTree.open(
              tree,
              Duration.ofSeconds(lockWait),
              holder -> console.line("waiting", "another run changes the tree: " + holder))) {
        publish(project, plan, signer, url, open);
      }
      return 0;
    } finally {
      PathUtils.deleteDirectory(unpacked);
    }
  }

  private void publish(
      Project project, BuildPlan plan, Optional<Signer> signer, String url, LocalTree open)
      throws IOException {
    Publication publication = new Publication(open, project.catalogue().identity(), url, signer);
    List<BuiltPackage> built =
        options.build(project, plan, signer, open.scratch().resolve("packages"), console);
    publication.add(plan, built);
    Publication.Outcome outcome = publication.commit();
    console.line("indexes", outcome.changed() + " files changed, " + outcome.kept() + " kept");
    console.line("signed", signer.map(s -> describe(s.key())).orElse("no: for tests only"));
    console.result(
        outcome.serial() == outcome.serialBefore()
            ? "published  nothing changed: serial " + outcome.serial() + " in " + tree
            : "published  serial "
                + outcome.serialBefore()
                + " → "
                + outcome.serial()
                + " in "
                + tree);
    console.json(
        new Result(
            options.release().tag(),
            tree.toString(),
            outcome.serialBefore(),
            outcome.serial(),
            outcome.changed(),
            outcome.kept(),
            signer.map(s -> s.key().fingerprint()).orElse(null),
            built.stream().map(b -> b.file().getFileName().toString()).toList()));
  }

  private static String describe(PublicKey key) {
    return key.spacedFingerprint()
        + key.expires().map(e -> "  expires " + e.toString().substring(0, 10)).orElse("");
  }

  private String baseUrl() throws IOException {
    if (baseUrl == null) {
      return MirrorsFile.load(Home.mirrorsFile()).origin().url();
    }
    MirrorsFile.checkUrl(baseUrl);
    return baseUrl;
  }

  @Override
  public String untouched() {
    return "nothing was published; " + tree + " is as it was";
  }
}
