package io.klts.repo.acceptance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.io.file.PathUtils;

/**
 * A machine in a folder, on which a shell script believes to change the system: its programs are
 * stand-ins that write down what they were told. Nothing outside of the folder is touched, so that
 * it takes milliseconds, and no root.
 */
final class StubMachine {

  private static final Path STUB = Path.of("src/test/resources/installer/stub").toAbsolutePath();

  /** Real programs that only read and write what they are told. */
  private static final List<String> TOOLS =
      List.of(
          "awk",
          "base64",
          "cat",
          "chmod",
          "cp",
          "cut",
          "date",
          "diff",
          "dirname",
          "env",
          "gpgv",
          "grep",
          "head",
          "ls",
          "mkdir",
          "mktemp",
          "mv",
          "printf",
          "rm",
          "rmdir",
          "sed",
          "sha256sum",
          "sort",
          "tail",
          "tr",
          "uname",
          "wc");

  private static final List<String> NODE_PROGRAMS =
      List.of(
          "curl", "df", "id", "kubeadm", "modprobe", "swapoff", "swapon", "sysctl", "systemctl");

  private final Path folder;
  private final Map<String, String> environment = new LinkedHashMap<>();

  /**
   * A machine that a manager owns.
   *
   * @param owner {@code dpkg}, {@code rpm} or {@code none}
   * @param programs package managers that are there
   */
  StubMachine(Path folder, String owner, List<String> programs) throws IOException {
    this.folder = folder.toAbsolutePath();
    Files.createDirectories(root());
    Files.createDirectories(bin());
    Files.createDirectories(folder.resolve("tmp"));
    for (String tool : TOOLS) {
      link(tool, real(tool));
    }
    NODE_PROGRAMS.forEach(this::stub);
    programs.forEach(this::stub);
    write("/var/lib/.keep", "");
    write("/usr/share/.keep", "");
    write("/proc/mounts", "/dev/sda1 / ext4 rw,relatime 0 0\n");
    write("/proc/swaps", "Filename Type Size Used Priority\n");
    if (owner.equals("dpkg")) {
      List.of("apt-get", "apt-mark", "dpkg", "dpkg-query").forEach(this::stub);
      write("/opt/.keep", "");
      write("/var/lib/dpkg/status", "Package: dpkg\n");
      write("/etc/apt/sources.list.d/.keep", "");
      write("/usr/share/keyrings/.keep", "");
      write("/etc/apt/preferences.d/.keep", "");
      write("/usr/lib/apt/methods/https", "");
    } else if (owner.equals("rpm")) {
      stub("rpm");
      write("/var/lib/rpm/.keep", "");
      if (programs.contains("zypper")) {
        write("/etc/zypp/repos.d/.keep", "");
      } else {
        write("/etc/yum.repos.d/.keep", "");
        write("/etc/dnf/dnf.conf", "[main]\ngpgcheck=1\n");
      }
    }
    environment.put("KLTS_ROOT", root().toString());
    environment.put("STUB_SITE", site().toString());
    environment.put("STUB_LOG", folder.resolve("calls").toString());
    environment.put("TMPDIR", folder.resolve("tmp").toString());
    environment.put("LC_ALL", "C");
  }

  /** A machine with one of the managers, {@code apt}, {@code dnf}, {@code yum}, {@code zypper}. */
  static StubMachine with(Path folder, String manager) throws IOException {
    StubMachine machine =
        manager.equals("apt")
            ? new StubMachine(folder, "dpkg", List.of())
            : new StubMachine(folder, "rpm", List.of(manager));
    machine.write("/etc/os-release", "ID=test\nPRETTY_NAME=\"Test 1\"\n");
    return machine;
  }

  Path root() {
    return folder.resolve("root");
  }

  /** A folder for each host of its network. */
  Path site() {
    return folder.resolve("site");
  }

  private Path bin() {
    return folder.resolve("bin");
  }

  private static Path real(String tool) throws IOException {
    for (String place : List.of("/usr/bin", "/bin")) {
      Path file = Path.of(place, tool);
      if (Files.exists(file)) {
        return file;
      }
    }
    throw new IOException(tool + " is missing on this machine");
  }

  private void link(String name, Path target) throws IOException {
    Files.createSymbolicLink(bin().resolve(name), target);
  }

  /** Puts a stand-in in the place of a program. */
  void stub(String program) {
    try {
      Files.deleteIfExists(bin().resolve(program));
      link(program, STUB);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Puts a real program beside the others. */
  void add(String tool) throws IOException {
    link(tool, real(tool));
  }

  /** From now on real programs write down what they are told, too. */
  void writeDownAllCalls() throws IOException {
    for (String tool : TOOLS) {
      remove(tool);
      Path file = bin().resolve(tool);
      Files.writeString(
          file,
          """
          #!/bin/sh
          printf '%%s %%s\\n' %s "$*" >>"$STUB_LOG"
          exec %s "$@"
          """
              .formatted(tool, real(tool)));
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  void remove(String program) throws IOException {
    Files.delete(bin().resolve(program));
  }

  /** One more variable for each of its runs. */
  void set(String variable, String value) {
    environment.put(variable, value);
  }

  void write(String path, String text) throws IOException {
    Path file = root().resolve(path.substring(1));
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  String read(String path) throws IOException {
    return Files.readString(root().resolve(path.substring(1)));
  }

  boolean exists(String path) {
    return Files.exists(root().resolve(path.substring(1)));
  }

  /** Puts a tree under an address of its network. */
  void serve(Path tree, String address) throws IOException {
    Path target = site().resolve(address.substring(address.indexOf("://") + 3));
    Files.createDirectories(target.getParent());
    PathUtils.copyDirectory(tree, target);
  }

  /** Sends a script through a pipe into a shell, as {@code curl … | sh -s -- arguments} does. */
  Outcome pipe(Path script, String shell, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of("/bin/sh", "-c", "script=$1; shift; exec \"$@\" <\"$script\"", "sh"));
    command.add(script.toAbsolutePath().toString());
    // As by its full path, for the machine has no shells on its own.
    String[] words = shell.split(" ");
    command.add(real(words[0]).toString());
    command.addAll(List.of(words).subList(1, words.length));
    command.add("-s");
    command.add("--");
    command.addAll(List.of(arguments));
    Program program = Program.of(command).in(folder);
    program.with("PATH", bin());
    environment.forEach(program::with);
    return program.run();
  }

  /** Starts lines of bash in the folder of this machine; {@link #exit} waits for their end. */
  Process start(String lines, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("/bin/bash", "-c", lines, "bash"));
    command.addAll(List.of(arguments));
    Program program = Program.of(command).in(folder).with("PATH", bin());
    environment.forEach(program::with);
    return program.start(folder.resolve("driver"), folder.resolve("driver"));
  }

  /** Waits for the end of a process, and kills it when it takes too long. */
  static int exit(Process process, Duration limit) throws IOException {
    try {
      if (process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
        return process.exitValue();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Program.kill(process.toHandle());
    return Outcome.TIMED_OUT;
  }

  /** The working folder of what it runs. */
  Path home() {
    return folder;
  }

  /** What its programs were told so far. */
  List<String> calls() throws IOException {
    Path file = folder.resolve("calls");
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  void forgetCalls() throws IOException {
    Files.deleteIfExists(folder.resolve("calls"));
  }

  /** Every file with its content, every folder, and whatever a run left in its temporary folder. */
  SortedMap<String, String> snapshot() throws IOException {
    SortedMap<String, String> files = new TreeMap<>();
    for (String part : List.of("root", "tmp")) {
      try (Stream<Path> paths = Files.walk(folder.resolve(part))) {
        for (Path path : paths.toList()) {
          files.put(
              folder.relativize(path).toString(),
              Files.isRegularFile(path) ? Files.readString(path, ISO_8859_1) : "/");
        }
      }
    }
    return files;
  }
}
