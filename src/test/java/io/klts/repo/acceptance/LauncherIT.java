package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The launcher, in copies of this checkout. One test builds in earnest; in the others a stand-in
 * for Maven takes a second and puts the ready jar into its place, so that builds can be counted and
 * killed.
 */
class LauncherIT {

  private static final List<String> NEEDED =
      List.of(
          "klts-repo",
          "mvnw",
          "pom.xml",
          "mirrors.conf",
          "install.sh",
          "repo-templates",
          "src/main");

  /**
   * The archive of class data is said to be up to date, though there is none: it would take longer
   * than all the rest.
   */
  private static final String STAND_IN =
      """
      #!/bin/sh
      [ "$1" != --version ] || exit 0
      echo build >>builds
      sleep 1
      cp '%s' target/klts-repo.jar
      touch target/klts-repo.classes
      sed '/^JAVA_VERSION=/q' "$JAVA_HOME/release" | tr '\\n' ' ' >target/klts-repo.jsa-for
      echo >>target/klts-repo.jsa-for
      touch -d '1 hour' target/klts-repo.jsa-for
      """
          .formatted(Path.of("target/klts-repo.jar").toAbsolutePath());

  private final Path folder = Lab.folder("launcher");
  private final Path home = Files.createDirectory(folder.resolve("check out"));
  private final Path temporary = Files.createDirectory(folder.resolve("temporary"));

  LauncherIT() throws IOException {}

  @BeforeEach
  void copy() throws IOException {
    for (String name : NEEDED) {
      Path target = home.resolve(name);
      Files.createDirectories(target.getParent());
      Program.of("cp", "-a", name, target.toString()).run().assertOk();
    }
  }

  @AfterEach
  void remove() throws IOException {
    Lab.remove(folder);
  }

  private void useMaven(String script) throws IOException {
    Path maven = home.resolve("mvnw");
    Files.writeString(maven, script);
    Files.setLastModifiedTime(maven, FileTime.from(Instant.EPOCH));
  }

  private Program version() {
    return version(home.resolve("klts-repo"));
  }

  private Program version(Path launcher) {
    return Product.launched(launcher, "--version")
        .in(folder)
        .with("TMPDIR", temporary)
        // Where this build has its libraries from.
        .with("MAVEN_OPTS", "-Dmaven.repo.local=" + System.getProperty("localRepository"))
        .online();
  }

  /** Nothing but the answer on standard output: it belongs to the program. */
  private static Outcome assertVersion(Outcome outcome) {
    assertThat(outcome.assertOk().out()).matches("klts-repo \\d+\\.\\d+\\.\\d+\\n");
    return outcome;
  }

  private int builds() throws IOException {
    return Files.readAllLines(home.resolve("builds")).size();
  }

  private static void touch(Path file) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
  }

  @Test
  void buildsAFreshCheckoutAndMakesAnArchiveThatMayBreak() throws IOException {
    assertVersion(version().run()).assertSays("klts-repo: building " + home + "/target");
    Path archive = home.resolve("target/klts-repo.jsa");
    assertThat(archive).isRegularFile();
    assertThat(temporary).isEmptyDirectory();
    assertThat(assertVersion(version().run()).err()).isEmpty();

    Lab.spoil(archive);
    assertThat(assertVersion(version().run()).err()).isEmpty();
    Files.write(archive, List.of("no archive"));
    assertThat(assertVersion(version().run()).err()).isEmpty();
    Files.write(archive, new byte[0]);
    assertThat(assertVersion(version().run()).err()).isEmpty();
  }

  @Test
  void buildsAgainOnlyWhenSomethingIsNewer() throws IOException {
    useMaven(STAND_IN);
    assertVersion(version().run());
    assertThat(assertVersion(version().run()).err()).isEmpty();
    assertThat(builds()).isEqualTo(1);

    touch(home.resolve("src/main/java/io/klts/repo/cli/Main.java"));
    assertVersion(version().run());
    touch(home.resolve("pom.xml"));
    assertVersion(version().run());
    assertVersion(version().run());
    assertThat(builds()).isEqualTo(3);

    Files.delete(home.resolve("target/klts-repo.jar"));
    assertVersion(version().run());
    assertThat(builds()).isEqualTo(4);
  }

  @Test
  void runsThroughLinksFromAnywhere() throws IOException {
    useMaven(STAND_IN);
    Path absolute = folder.resolve("absolute");
    Files.createSymbolicLink(absolute, home.resolve("klts-repo"));
    Path relative = Files.createDirectory(folder.resolve("bin")).resolve("klts");
    Files.createSymbolicLink(relative, Path.of("../absolute"));

    assertVersion(version(relative).run());
    assertVersion(version(absolute).run());
    assertVersion(version(Path.of("./klts")).in(relative.getParent()).run());
    assertVersion(
        version(Path.of("klts")).in(folder).with("PATH", relative.getParent() + path()).run());
    assertVersion(version(Path.of("./klts-repo")).in(home).run());
    assertThat(builds()).isEqualTo(1);
  }

  private static String path() {
    return ":/usr/sbin:/usr/bin:/sbin:/bin";
  }

  @ParameterizedTest
  @ValueSource(strings = {"nowhere", "empty", "old", "unreadable"})
  void passesOverAJavaHomeThatIsNone(String kind) throws IOException {
    useMaven(STAND_IN);
    Path java = folder.resolve("java");
    if (!kind.equals("nowhere")) {
      Files.createDirectories(java.resolve("bin"));
    }
    if (kind.equals("old") || kind.equals("unreadable")) {
      Files.createSymbolicLink(java.resolve("bin/java"), Path.of("/bin/false"));
      Files.createSymbolicLink(java.resolve("bin/javac"), Path.of("/bin/false"));
      String release = kind.equals("old") ? "JAVA_VERSION=\"11.0.2\"\n" : "JAVA_VERSION=\n";
      Files.writeString(java.resolve("release"), release);
    }
    assertVersion(version().with("JAVA_HOME", java).run());
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void buildsOnceForTwoLaunchesAtOnce() throws IOException {
    useMaven(STAND_IN);
    try (Running first = new Running(version());
        Running second = new Running(version())) {
      Outcome one = assertVersion(first.await());
      Outcome other = assertVersion(second.await());
      assertThat(one.err() + other.err())
          .containsOnlyOnce("klts-repo: building ")
          .containsOnlyOnce("klts-repo: waiting for another build ");
    }
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void doesAKilledBuildAgain() throws IOException {
    Path jar = home.resolve("target/klts-repo.jar");
    useMaven(STAND_IN.replace("sleep 1", "touch target/klts-repo.jar; exec sleep 60"));
    try (Running killed = new Running(version())) {
      killed.await("half a jar", () -> Optional.of(jar).filter(Files::exists));
    }
    assertThat(jar).isEmptyFile();

    useMaven(STAND_IN);
    assertVersion(version().run());
    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void waitsForABuildWhoseLauncherWasKilled() throws IOException {
    useMaven(STAND_IN);
    try (Running killed = new Running(version())) {
      Path builds = home.resolve("builds");
      killed.await("build", () -> Optional.of(builds).filter(Files::exists));
      killed.end("KILL");
      assertVersion(version().run()).assertSays("waiting for another build");
    }
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void saysWhatMavenSaysWhenABuildFails() throws IOException {
    useMaven("#!/bin/sh\necho 'Main.java:[7,1] error'\nexit 1\n");
    Outcome outcome = version().run().assertExit(1);
    assertThat(outcome.out()).isEmpty();
    outcome.assertSays("Main.java:[7,1] error").assertSays("klts-repo: error: the build failed: ");
    assertThat(temporary).isEmptyDirectory();

    useMaven(STAND_IN);
    assertVersion(version().run());
  }
}
