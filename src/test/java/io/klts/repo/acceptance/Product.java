package io.klts.repo.acceptance;

import io.klts.repo.catalogue.Arch;
import io.klts.repo.elf.ElfMachine;
import io.klts.repo.elf.TinyProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
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

  /** The program without what only copying to mirrors needs. */
  static final Path JAR = Path.of("target/klts-repo.jar").toAbsolutePath();

  /** What copying to mirrors needs. */
  static final Path STORES = Path.of("target/klts-repo-stores.jar").toAbsolutePath();

  static final String MAIN = "io.klts.repo.cli.Main";

  private static final Path HOME = Path.of("").toAbsolutePath();

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
    List<String> command = new ArrayList<>(java(true));
    command.addAll(List.of("-cp", JAR + ":" + STORES, MAIN));
    command.addAll(arguments);
    return command;
  }

  /**
   * Java with the options of the launcher that make short runs quick, of which there are many: the
   * class data that the launcher keeps, and little work for the second compiler.
   *
   * @param stores does the class path have {@link #STORES} after {@link #JAR}?
   */
  static List<String> java(boolean stores) {
    List<String> command = new ArrayList<>();
    command.add(JAVA_HOME.resolve("bin/java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-Xmx640m", "-Dklts.home=" + HOME));
    // Without class data, or with such of another JDK, it starts more slowly and says nothing.
    command.add("-XX:SharedArchiveFile=" + ClassData.of(stores));
    command.addAll(List.of("-Xlog:disable", "-Xlog:all=error:stderr"));
    command.add("-Djava.locale.providers=SPI");
    command.addAll(
        List.of(
            "-XX:+IgnoreUnrecognizedVMOptions",
            "-XX:+UnlockDiagnosticVMOptions",
            "-XX:-C1UpdateMethodData",
            "-XX:Tier3DelayOn=0",
            "-XX:Tier4InvocationThreshold=150000",
            "-XX:Tier4MinInvocationThreshold=18000",
            "-XX:Tier4CompileThreshold=450000",
            "-XX:Tier4BackEdgeThreshold=1200000"));
    // Only the second compiler's code for SHA-256 uses the processor's own instructions.
    command.add("-XX:CompileCommand=quiet");
    for (String method :
        List.of("DigestBase::implCompressMultiBlock0,0.0005", "SHA2::implCompress,0.002")) {
      command.add("-XX:CompileCommand=CompileThresholdScaling,sun.security.provider." + method);
    }
    return command;
  }

  /** Has the launcher make its class data, which it does at its first starts after a build. */
  private static final class ClassData {

    static {
      try {
        launched("--version").with("JAVA_HOME", JAVA_HOME).run().assertOk();
        launched("mirror", "--help").with("JAVA_HOME", JAVA_HOME).run().assertOk();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** The class data for a class path. */
    static Path of(boolean stores) {
      return HOME.resolve(stores ? "target/klts-repo-mirror.jsa" : "target/klts-repo.jsa");
    }
  }
}
