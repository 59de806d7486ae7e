package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.catalogue.Arch;
import io.klts.repo.elf.ElfMachine;
import io.klts.repo.elf.TinyProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The program under test as its users have it: the launcher or, where that is not looked at, the
 * built jar, in a process of its own.
 */
final class Product {

  /** A key without passphrase, for tests only. */
  static final Path KEY = Path.of("src/test/resources/keys/good.asc").toAbsolutePath();

  /** More than a busy machine takes to compress everything. */
  static final Duration LIMIT = Duration.ofMinutes(20);

  /** What a server says when it is ready; the group is its address without a slash at the end. */
  static final Pattern SERVING =
      Pattern.compile("serving    \\S+ at (http://[^/\\s]+)/?  \\(stop with Ctrl-C\\)");

  /** The program without what only copying to mirrors needs. */
  static final Path JAR = Path.of("target/klts-repo.jar").toAbsolutePath();

  /** What copying to mirrors needs. */
  static final Path STORES = Path.of("target/klts-repo-stores.jar").toAbsolutePath();

  private static final String MAIN = "io.klts.repo.cli.Main";

  private static final Path JAVA_HOME = Path.of(System.getProperty("java.home"));

  private Product() {}

  /**
   * What was built for a release: programs for amd64 that say their names and its.
   *
   * @param folder is made
   * @return the folder
   */
  static Path binaries(Path folder, String release) throws IOException {
    Path target = Files.createDirectories(folder.resolve(Arch.AMD64.go()));
    for (String name : List.of("kubeadm", "kubelet", "kubectl")) {
      byte[] program =
          TinyProgram.of(new ElfMachine(Arch.AMD64.elfMachine()), name + " " + release + "\n");
      Files.write(target.resolve(name), program);
    }
    return folder;
  }

  /** A run that signs with {@link #KEY}. */
  static Program signing(String... arguments) {
    return unsigned(arguments).with("KLTS_SIGNING_KEY", KEY);
  }

  /** A run without a key. */
  static Program unsigned(String... arguments) {
    return Program.of(command(List.of(), List.of(arguments))).within(LIMIT);
  }

  /**
   * A run through a launcher, as from a terminal: signals are not ignored, as they are in what a
   * shell runs in the background. The program is the process that is started, not a child of it.
   *
   * @param launcher the file or a link to it, relative to the working folder if need be
   */
  static Program launched(Path launcher, String... arguments) {
    List<String> command = new ArrayList<>(List.of("env", "--default-signal", launcher.toString()));
    command.addAll(List.of(arguments));
    return Program.of(command).within(LIMIT);
  }

  /** A run through the launcher of this checkout. */
  static Program launched(String... arguments) {
    return launched(Path.of("klts-repo").toAbsolutePath(), arguments);
  }

  /**
   * The command line of a run without the launcher, but with what the launcher would start: many
   * runs are quicker so.
   *
   * @param options for Java, before those of the launcher
   */
  static List<String> command(List<String> options, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(JAVA_HOME.resolve("bin/java").toString());
    command.addAll(options);
    command.addAll(Launcher.start(arguments.isEmpty() ? "" : arguments.get(0)));
    command.addAll(arguments);
    return command;
  }

  /** Waits until starts by the launcher are quick, which the first one after a build is not. */
  static void awaitClassData() {
    Launcher.start("");
  }

  /** What the launcher does before Java runs. */
  private static final class Launcher {

    /** What it gives to Java, up to the main class, by the command of the program. */
    private static final Map<String, List<String>> STARTS = new HashMap<>();

    private static final String[] VERSION = {"--version"};

    private static final int ATTEMPTS = 5;

    static synchronized List<String> start(String command) {
      return STARTS.computeIfAbsent(command, Launcher::asked);
    }

    /** A start goes without class data while another one makes it, and so is asked for again. */
    private static List<String> asked(String command) {
      String[] quick = command.equals("mirror") ? new String[] {command, "--help"} : VERSION;
      try {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
          Program.of("flock", "target/klts-repo.lock", "true").within(LIMIT).run().assertOk();
          launched(quick).with("JAVA_HOME", JAVA_HOME).run().assertOk();
          List<String> given = given(command);
          if (given.stream().anyMatch(word -> word.startsWith("-XX:SharedArchiveFile="))) {
            return given;
          }
        }
        throw new IOException("the launcher does not make class data");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Asks it by a Java that only prints what it is given. */
    private static List<String> given(String command) throws IOException {
      Path folder = Lab.folder("java");
      try {
        Files.copy(JAVA_HOME.resolve("release"), folder.resolve("release"));
        Path java = Files.createDirectory(folder.resolve("bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        String out = launched(command).with("JAVA_HOME", folder).run().assertOk().out();
        assertThat(out).endsWith(MAIN + "\n" + command + "\n");
        return out.substring(0, out.length() - command.length() - 1).lines().toList();
      } finally {
        Lab.remove(folder);
      }
    }
  }
}
