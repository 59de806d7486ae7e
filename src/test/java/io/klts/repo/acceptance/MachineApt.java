package io.klts.repo.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The apt of this machine with its sources and keys, for any architecture, in a folder of its own:
 * what the machine has installed or downloaded neither helps nor changes. apt proves that what it
 * downloads is what the distribution signed.
 */
final class MachineApt {

  private final Path folder;
  private final String architecture;
  private final List<String> sources;

  /**
   * @param folder is made, and holds apt's state and what is downloaded
   * @param architecture as Debian calls it
   */
  MachineApt(Path folder, String architecture) throws IOException {
    this(folder, architecture, List.of());
  }

  private MachineApt(Path folder, String architecture, List<String> sources) throws IOException {
    this.folder = folder.toAbsolutePath();
    this.architecture = architecture;
    this.sources = sources;
    Files.createDirectories(folder.resolve("state/lists/partial"));
    Files.createDirectories(folder.resolve("cache/archives/partial"));
    Files.writeString(folder.resolve("state/status"), "");
    run("apt-get", "-o", "APT::Update::Error-Mode=any", "update").assertOk();
  }

  /**
   * An apt that knows one source only, instead of those of this machine.
   *
   * @param definition the text of a {@code .sources} file
   */
  static MachineApt withSource(Path folder, String architecture, String definition)
      throws IOException {
    Path parts = Files.createDirectories(folder.toAbsolutePath().resolve("sources"));
    Files.writeString(parts.resolve("it.sources"), definition);
    return new MachineApt(
        folder,
        architecture,
        List.of("-o", "Dir::Etc::sourcelist=/dev/null", "-o", "Dir::Etc::sourceparts=" + parts));
  }

  /** Downloads packages and unpacks them, all into the same folder. */
  void unpack(List<String> packages, Path target) throws IOException {
    for (Path file : download(packages)) {
      Program.of("dpkg-deb", "-x", file.toString(), target.toString()).run().assertOk();
      Files.delete(file);
    }
  }

  /** Downloads packages; apt checks them against the index. */
  List<Path> download(List<String> packages) throws IOException {
    List<String> command = new ArrayList<>(List.of("apt-get", "download"));
    command.addAll(packages);
    run(command.toArray(String[]::new)).assertOk();
    List<Path> debs = new ArrayList<>();
    try (var files = Files.newDirectoryStream(folder, "*.deb")) {
      files.forEach(debs::add);
    }
    return debs;
  }

  /** All that apt knows of all packages, in every version. */
  String known() throws IOException {
    List<String> command = new ArrayList<>(List.of("apt-cache", "--all-versions", "show"));
    command.addAll(run("apt-cache", "pkgnames").assertOk().out().lines().toList());
    return run(command.toArray(String[]::new)).assertOk().out();
  }

  /** The address of the main archive of a Debian release, as this machine is configured. */
  String mirror(String release) throws IOException {
    return run(
            "apt-get",
            "indextargets",
            "--format",
            "$(REPO_URI)",
            "Created-By: Packages",
            "Codename: " + release,
            "Label: Debian",
            "Component: main")
        .assertOk()
        .out()
        .lines()
        .findFirst()
        .orElseThrow(() -> new IOException("apt's sources here have no archive of " + release));
  }

  private Outcome run(String... command) throws IOException {
    List<String> full = new ArrayList<>(List.of(command));
    full.addAll(
        List.of(
            "-o", "Dir::State=" + folder.resolve("state"),
            "-o", "Dir::State::status=" + folder.resolve("state/status"),
            "-o", "Dir::Cache=" + folder.resolve("cache"),
            "-o", "APT::Architecture=" + architecture,
            "-o", "APT::Architectures::=" + architecture,
            // Another user could not write below the home folder of root.
            "-o", "APT::Sandbox::User=root"));
    full.addAll(sources);
    return Program.of(full).in(folder).online().within(Duration.ofMinutes(10)).run();
  }
}
