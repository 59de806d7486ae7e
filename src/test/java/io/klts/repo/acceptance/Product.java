package io.klts.repo.acceptance;

import io.klts.repo.catalogue.Arch;
import io.klts.repo.elf.ElfMachine;
import io.klts.repo.elf.TinyProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
    return Program.of(command(List.of(arguments))).within(LIMIT);
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

  /** The command line of a run. */
  static List<String> command(List<String> arguments) {
    Path home = Path.of("").toAbsolutePath();
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx640m",
                "-Dklts.home=" + home,
                "-cp",
                home.resolve("target/klts-repo.jar")
                    + ":"
                    + home.resolve("target/klts-repo-stores.jar"),
                "io.klts.repo.cli.Main"));
    command.addAll(arguments);
    return command;
  }
}
