package io.klts.repo.cli;

import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.serve.StaticServer;
import io.klts.repo.signature.NewKey;
import io.klts.repo.tree.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.Period;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.commons.io.file.PathUtils;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The whole way in one command, with a throw-away key. */
@Command(
    name = "demo",
    description = {
      "Makes a throw-away key, packages binaries, publishes, serves, and shows how a machine adds the"
          + " repository.",
      "Without --binaries it fetches what Kubernetes itself built of the version, about 200 MB for"
          + " each architecture, and keeps it in ~/.cache/klts-repo; without a network it uses tiny"
          + " programs of its own, which only say their names."
    },
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private Console console;

  @Mixin private DemoBinaries binaries;

  @Option(
      names = "--release",
      paramLabel = "RELEASE",
      defaultValue = "v1.28.15-lts.2",
      description = "The release they are (default: ${DEFAULT-VALUE}).",
      converter = BuildOptions.VersionConverter.class)
  private LtsVersion release;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      defaultValue = "demo",
      description = "Where key, tree and programs go (default: ${DEFAULT-VALUE}).")
  private Path folder;

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "8080",
      description = "The port to serve on; 0 for a free one (default: ${DEFAULT-VALUE}).",
      converter = WholeNumber.Port.class)
  private int port;

  @Option(names = "--no-serve", description = "End after the publication.")
  private boolean noServe;

  /**
   * Where it is.
   *
   * @param url where the tree is served
   * @param tree its folder
   */
  private record Result(String url, String tree) {}

  @Override
  public Integer call() throws IOException {
    if (Home.otherProject().isPresent()) {
      throw new IOException(
          "the demo is of Kubernetes packages, and "
              + Home.otherProject().get()
              + " is a project for others\n  nothing was done; run it in another folder");
    }
    Path tree = Files.createDirectories(folder.resolve("public"));
    // First of all, so that a demo without a port does nothing to the tree of one that runs.
    try (StaticServer server = StaticServer.start(tree, "127.0.0.1", port)) {
      String url = server.uri().toString().replaceFirst("/$", "");
      empty(tree);
      int code = publish(tree, url);
      if (code != 0) {
        return code;
      }
      snippets(url);
      console.json(new Result(url, tree.toString()));
      if (!noServe) {
        console.result("\nserving    " + tree + " at " + url + "  (stop with Ctrl-C)");
        ServeCommand.awaitInterrupt();
      }
    }
    return 0;
  }

  /** A demo begins anew, but deletes nothing that it did not make. */
  private static void empty(Path tree) throws IOException {
    if (Files.exists(tree.resolve(Manifest.PATH))) {
      PathUtils.cleanDirectory(tree);
    }
  }

  private Path key() throws IOException {
    Path secret = folder.resolve("demo-secret.asc");
    if (!Files.exists(secret)) {
      console.line("key", "making a throw-away key; never use it for anything else");
      NewKey.generate(
              "KLTS demo", "demo@example.org", new char[0], Period.ofYears(1), Instant.now())
          .saveSecret(secret);
    }
    return secret;
  }

  private int publish(Path tree, String url) throws IOException {
    Path secret = key();
    Path programs = folder.resolve("binaries");
    List<String> arguments =
        new ArrayList<>(List.of(release.tag(), "--tree=" + tree, "--base-url=" + url));
    arguments.addAll(binaries.arguments(release, programs, console));
    if (console.isQuiet()) {
      arguments.add("--quiet");
    }
    CommandLine publish =
        new CommandLine(new PublishCommand(Map.of(SigningOptions.KEY, secret.toString())));
    return publish
        .setOut(console.messages())
        .setErr(spec.commandLine().getErr())
        .setExecutionExceptionHandler(new Failure())
        .execute(arguments.toArray(String[]::new));
  }

  private void snippets(String url) {
    String channel = release.minor().channel();
    console.result(
        """

        On any of them, in one line:
          curl -fsSL %1$s/install.sh | sh

        On CentOS, RHEL, openEuler and their relatives:
          curl -fsSL %1$s/rpm/%2$s/klts.repo -o /etc/yum.repos.d/klts.repo
          yum install kubeadm kubelet kubectl

        On openSUSE:
          curl -fsSL --create-dirs %1$s/rpm/klts-vendors.conf -o /etc/zypp/vendors.d/klts.conf
          zypper addrepo %1$s/rpm/%2$s/klts-zypper.repo
          zypper --gpg-auto-import-keys refresh
          zypper install kubeadm kubelet kubectl

        On Debian and Ubuntu:
          curl -fsSL --create-dirs %1$s/keys/klts.gpg -o /usr/share/keyrings/klts-archive-keyring.gpg
          curl -fsSL %1$s/apt/%2$s.sources -o /etc/apt/sources.list.d/klts.sources
          apt-get update
          apt-get install kubeadm kubelet kubectl"""
            .formatted(url, channel));
  }
}
