package io.klts.repo.cli;

import io.klts.repo.blob.AtomicFile;
import io.klts.repo.catalogue.Arch;
import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.elf.ElfMachine;
import io.klts.repo.elf.TinyProgram;
import io.klts.repo.serve.StaticServer;
import io.klts.repo.signature.NewKey;
import io.klts.repo.tree.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.Period;
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
      "Without --binaries it uses tiny programs of its own, which only say their names."
    },
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {

  private static final List<String> PROGRAMS = List.of("kubeadm", "kubelet", "kubectl");

  @Spec private CommandSpec spec;

  @Mixin private Console console;

  @Option(names = "--binaries", paramLabel = "DIR", description = "The folder with built binaries.")
  private Path binaries;

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

  @Override
  public Integer call() throws IOException {
    Path tree = freshTree();
    Path secret = key();
    Path programs = binaries == null ? tinyPrograms() : binaries;
    try (StaticServer server = StaticServer.start(tree, "127.0.0.1", port)) {
      String url = server.uri().toString().replaceFirst("/$", "");
      int code = publish(tree, secret, programs, url);
      if (code != 0) {
        return code;
      }
      snippets(url);
      if (!noServe) {
        console.result("\nserving    " + tree + " at " + url + "  (stop with Ctrl-C)");
        ServeCommand.awaitInterrupt();
      }
    }
    return 0;
  }

  /** A demo begins anew, but deletes nothing that it did not make. */
  private Path freshTree() throws IOException {
    Path tree = folder.resolve("public");
    if (Files.exists(tree.resolve(Manifest.PATH))) {
      PathUtils.deleteDirectory(tree);
    }
    return Files.createDirectories(tree);
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

  private Path tinyPrograms() throws IOException {
    console.line(
        "binaries", "tiny programs that only say their names; give real ones with --binaries");
    Path programs = folder.resolve("binaries");
    for (Arch arch : List.of(Arch.AMD64, Arch.ARM64)) {
      for (String name : PROGRAMS) {
        byte[] program =
            TinyProgram.of(
                new ElfMachine(arch.elfMachine()), name + " " + release.tag() + " (demo)\n");
        AtomicFile.write(programs.resolve(arch.go()).resolve(name), program);
      }
    }
    return programs;
  }

  private int publish(Path tree, Path secret, Path programs, String url) {
    CommandLine publish =
        new CommandLine(new PublishCommand(Map.of(SigningOptions.KEY, secret.toString())));
    return publish
        .setOut(spec.commandLine().getOut())
        .setErr(spec.commandLine().getErr())
        .setExecutionExceptionHandler(new Failure())
        .execute(release.tag(), "--binaries=" + programs, "--tree=" + tree, "--base-url=" + url);
  }

  private void snippets(String url) {
    String channel = release.minor().channel();
    console.result(
        """

        On CentOS, RHEL, openEuler and their relatives:
          curl -fsSL %1$s/rpm/%2$s/klts.repo -o /etc/yum.repos.d/klts.repo
          yum install kubeadm kubelet kubectl

        On openSUSE:
          curl -fsSL --create-dirs %1$s/rpm/klts-vendors.conf -o /etc/zypp/vendors.d/klts.conf
          zypper addrepo %1$s/rpm/%2$s/klts-zypper.repo
          zypper --gpg-auto-import-keys refresh
          zypper install kubeadm kubelet kubectl

        On Debian and Ubuntu:
          curl -fsSL --create-dirs %1$s/keys/klts.gpg -o /etc/apt/keyrings/klts.gpg
          curl -fsSL %1$s/apt/%2$s.sources -o /etc/apt/sources.list.d/klts.sources
          apt-get update
          apt-get install kubeadm kubelet kubectl"""
            .formatted(url, channel));
  }
}
