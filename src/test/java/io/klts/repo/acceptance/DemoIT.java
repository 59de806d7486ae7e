package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.blob.Sha256;
import io.klts.repo.elf.ElfMachine;
import io.klts.repo.elf.TinyProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The demo as a newcomer has it: started by the launcher, followed to the letter on three machines,
 * ended with Ctrl-C.
 */
class DemoIT {

  private static final List<String> PROGRAMS = List.of("kubeadm", "kubelet", "kubectl");

  private final Path folder = Lab.folder("demo");
  private final Path temporary = Files.createDirectory(folder.resolve("temporary"));
  private final Path downloads = folder.resolve("cache/klts-repo/downloads/127.0.0.1");
  private final Path offered = Files.createDirectory(folder.resolve("offered"));
  private WebServer official;

  DemoIT() throws IOException {}

  @BeforeEach
  void offer() throws IOException {
    official = WebServer.serving(offered);
    String arch = AptRoot.architecture();
    Path programs = Files.createDirectories(offered.resolve("v1.28.15/bin/linux/" + arch));
    ElfMachine machine = arch.equals("amd64") ? ElfMachine.X86_64 : ElfMachine.AARCH64;
    for (String name : PROGRAMS) {
      Path file = programs.resolve(name);
      Files.write(file, TinyProgram.of(machine, "official " + name + "\n"));
      Files.writeString(programs.resolve(name + ".sha256"), Sha256.of(file).hex());
    }
  }

  @AfterEach
  void remove() throws IOException {
    official.close();
    Lab.remove(folder);
  }

  private Program demo(String address, String... more) {
    List<String> arguments =
        Stream.concat(
                Stream.of("demo", "--dir=" + folder.resolve("demo"), "--download-url=" + address),
                Arrays.stream(more))
            .toList();
    return Product.launched(arguments.toArray(String[]::new))
        .with("XDG_CACHE_HOME", folder.resolve("cache"))
        .with("TMPDIR", temporary)
        .with("KLTS_JAVA_OPTS", "-Djava.io.tmpdir=" + temporary);
  }

  private String address() {
    return address(official);
  }

  private static String address(WebServer server) {
    return server.uri().toString().replaceFirst("/$", "");
  }

  @Test
  void packagesTheOfficialBuildAndIsFollowedToTheLetter() throws IOException {
    try (Running demo = new Running(demo(address(), "--port=0"))) {
      demo.awaitOutput(Product.SERVING);
      follow(demo, "official %s\n");
      Outcome end = end(demo);
      end.assertSays("binaries   the official build of v1.28.15 for ")
          .assertSays("which lacks the fixes of v1.28.15-lts.2");
    }
    assertThat(official.requests()).hasSize(6).allMatch(line -> line.endsWith(" 200"));

    // Once more, for a machine: what was fetched is kept.
    Outcome again = demo(address(), "--no-serve", "--port=0", "--json").run().assertOk();
    assertThat(again.out()).matches("\\{\"url\":\"http://[0-9.:]+\",\"tree\":\"[^\"]+\"}\n");
    assertThat(official.requests()).as("requests of both runs").hasSize(6);
  }

  @Test
  void goesOnWithTinyProgramsWithoutANetwork() throws IOException {
    official.close();
    try (Running demo = new Running(demo(address(), "--port=0"))) {
      demo.awaitOutput(Product.SERVING);
      follow(demo, "%s v1.28.15-lts.2 (demo)\n");
      end(demo)
          .assertSays("warning    going on without the official build of v1.28.15: " + address())
          .assertSays("kubeadm.sha256: the server cannot be reached")
          .assertSays("binaries   tiny programs that only say their names");
    }
  }

  @Test
  void usesNothingThatIsNotAsItShouldBe() throws IOException {
    Lab.spoil(offered.resolve("v1.28.15/bin/linux/" + AptRoot.architecture() + "/kubelet"));
    Outcome outcome =
        demo(address(), "--no-serve", "--port=0")
            .run()
            .assertOk()
            .assertSays("kubelet: its SHA-256 is ")
            .assertSays("binaries   tiny programs");
    assertThat(outcome.err()).isEmpty();
    try (Stream<Path> kept = Files.walk(downloads)) {
      assertThat(kept).noneMatch(path -> path.endsWith("kubelet"));
    }
    assertNothingLeft();
  }

  @Test
  void leavesADemoThatRunsAlone() throws IOException {
    try (Running demo = new Running(demo(address(), "--port=0"))) {
      String url = demo.awaitOutput(Product.SERVING);
      demo(address(), "--port=" + url.replaceFirst(".*:", ""))
          .run()
          .assertExit(1)
          .assertSays("the port is in use");
      Program.of("curl", "-fsS", url + "/manifest").run().assertOk();
      end(demo);
    }
  }

  /** What it has so far must not stay either. */
  @Test
  void isEndedInTheMiddleOfADownload() throws IOException {
    Files.write(
        offered.resolve("v1.28.15/bin/linux/" + AptRoot.architecture() + "/kubeadm"),
        new byte[1 << 20]);
    try (WebServer slow = WebServer.serving(offered, "limit_rate_after 10k; limit_rate 1;");
        Running demo = new Running(demo(address(slow), "--port=0"))) {
      demo.await("download", () -> parts().findFirst());
      end(demo);
    }
  }

  /** Does on three machines what the demo says, each line as it is printed. */
  private static void follow(Running demo, String says) throws IOException {
    String printed = demo.out();
    try (DnfRoot root = new DnfRoot()) {
      // A folder that every machine of the family has.
      Files.createDirectories(root.path("/etc/yum.repos.d"));
      for (String[] words : snippet(printed, "On CentOS, ")) {
        // dnf is the yum of the family.
        Outcome outcome = words[0].equals("yum") ? root.dnf(rest(words)) : curl(root, words);
        outcome.assertOk();
      }
      assertInstalled(root, says);
      assertThat(root.installed("kubelet")).isEqualTo("1.28.15.lts.2-1");
    }
    try (ZypperRoot root = new ZypperRoot()) {
      for (String[] words : snippet(printed, "On openSUSE")) {
        Outcome outcome = words[0].equals("zypper") ? root.zypper(rest(words)) : curl(root, words);
        outcome.assertOk();
      }
      assertInstalled(root, says);
      assertThat(root.installed("kubelet")).isEqualTo("1.28.15.lts.2-1");
    }
    try (AptRoot root = new AptRoot()) {
      for (String[] words : snippet(printed, "On Debian ")) {
        Outcome outcome = words[0].equals("apt-get") ? root.apt(rest(words)) : curl(root, words);
        outcome.assertOk();
      }
      assertInstalled(root, says);
      assertThat(root.installed("kubelet")).isEqualTo("1.28.15-lts.2");
    }
  }

  /** The lines below a heading, up to an empty one, in words. */
  private static List<String[]> snippet(String printed, String heading) {
    List<String[]> lines =
        printed
            .lines()
            .dropWhile(line -> !line.startsWith(heading))
            .skip(1)
            .takeWhile(line -> !line.isEmpty())
            .map(line -> line.strip().split(" +"))
            .toList();
    assertThat(lines).as(heading + " in " + printed).hasSizeGreaterThan(1);
    return lines;
  }

  private static String[] rest(String[] words) {
    return Arrays.copyOfRange(words, 1, words.length);
  }

  /** The roots have no curl: the machine's own, which writes into the root. */
  private static Outcome curl(Root root, String[] words) throws IOException {
    assertThat(words[0]).isEqualTo("curl");
    int target = words.length - 1;
    assertThat(words[target - 1]).isEqualTo("-o");
    words[target] = root.path(words[target]).toString();
    return Program.of(words).run();
  }

  private static void assertInstalled(Root root, String says) throws IOException {
    for (String name : PROGRAMS) {
      assertThat(root.chroot(name).assertOk().out()).isEqualTo(says.formatted(name));
    }
  }

  /** Ctrl-C: exit code 130 as of every program, nothing running and no temporary file left. */
  private Outcome end(Running demo) throws IOException {
    List<ProcessHandle> family = demo.family();
    Outcome outcome = demo.end("INT").assertExit(130);
    assertThat(outcome.err()).isEmpty();
    assertThat(family).noneMatch(ProcessHandle::isAlive);
    assertNothingLeft();
    return outcome;
  }

  private void assertNothingLeft() throws IOException {
    assertThat(temporary).isEmptyDirectory();
    assertThat(parts()).isEmpty();
  }

  /** Folders in which downloads are not whole yet. */
  private Stream<Path> parts() throws IOException {
    List<Path> found = new ArrayList<>();
    if (Files.isDirectory(downloads)) {
      try (var folders = Files.newDirectoryStream(downloads, "klts-repo*")) {
        folders.forEach(found::add);
      }
    }
    return found.stream();
  }
}
