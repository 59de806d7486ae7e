package io.klts.repo.elf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Programs of the distribution for any of its architectures, whatever this machine is. They are
 * downloaded once, with an apt of their own that leaves the machine's lists and architectures
 * alone, into the directory of the system property {@code klts.test.cache}.
 */
public final class RealPrograms {

  private static final List<String> PACKAGES =
      List.of("containerd", "runc", "conntrack", "libc-bin");

  /** The last two: static-pie, and one that asks for GLIBC_PRIVATE. */
  private static final List<String> PROGRAMS =
      List.of("containerd", "runc", "conntrack", "ldconfig", "pldd");

  /** From Debian 13 on no package has files in the last one. */
  private static final List<String> FOLDERS = List.of("usr/bin", "usr/sbin", "sbin");

  private RealPrograms() {}

  /** The programs for an architecture in Debian's spelling; containerd and runc come first. */
  public static List<Path> of(String architecture) throws IOException {
    Path root = root(architecture);
    return PROGRAMS.stream().map(name -> find(root, name)).toList();
  }

  private static Path find(Path root, String name) {
    return FOLDERS.stream()
        .map(folder -> root.resolve(folder).resolve(name))
        .filter(Files::isRegularFile)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + name + " below " + root));
  }

  /** Runs a command and returns what it printed; fails unless it succeeds. */
  public static String run(Path folder, String... command) throws IOException {
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException(String.join(" ", command) + " failed:\n" + output);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(String.join(" ", command) + " was interrupted", e);
    }
    return output;
  }

  private static synchronized Path root(String architecture) throws IOException {
    Path cache = Path.of(System.getProperty("klts.test.cache", "target/test-cache"));
    Path root = cache.toAbsolutePath().resolve("programs-" + architecture);
    if (!Files.isDirectory(root)) {
      Files.createDirectories(root.getParent());
      Path work = Files.createTempDirectory(root.getParent(), "download");
      Path unpacked = Files.createDirectory(work.resolve("unpacked"));
      for (Path deb : download(architecture, work)) {
        run(work, "dpkg-deb", "-x", deb.toString(), unpacked.toString());
      }
      Files.move(unpacked, root);
      run(root, "rm", "-rf", work.toString());
    }
    return root;
  }

  private static List<Path> download(String architecture, Path work) throws IOException {
    Files.createDirectories(work.resolve("state/lists/partial"));
    Files.createDirectories(work.resolve("cache/archives/partial"));
    Files.createFile(work.resolve("state/status"));
    apt(architecture, work, List.of("update"));
    List<String> download = new ArrayList<>(List.of("download"));
    download.addAll(PACKAGES);
    apt(architecture, work, download);
    try (var files = Files.list(work)) {
      return files.filter(file -> file.toString().endsWith(".deb")).toList();
    }
  }

  private static void apt(String architecture, Path work, List<String> arguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "apt-get",
                "-qq",
                "-oAPT::Architecture=" + architecture,
                "-oAPT::Architectures=" + architecture,
                "-oDir::State=" + work.resolve("state"),
                "-oDir::State::status=" + work.resolve("state/status"),
                "-oDir::Cache=" + work.resolve("cache"),
                "-oAcquire::Languages=none",
                "-oAPT::Sandbox::User=root"));
    command.addAll(arguments);
    run(work, command.toArray(String[]::new));
  }
}
