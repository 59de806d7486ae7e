package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.acceptance.Machine.Manager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A project for other packages than Kubernetes', begun as {@code init} says, word for word: three
 * programs of this machine's coreutils under other names, in two releases. Real clients install and
 * upgrade them with the definitions that its tree offers.
 */
class InitIT {

  /** The packages, and the program that each of them has in the first release. */
  private static final SortedMap<String, String> PROGRAMS =
      new TreeMap<>(Map.of("counter", "seq", "backwards", "tac", "letters", "base32"));

  /** As the project's own page has them. */
  private static final Manager[] MANAGERS = {Manager.DNF, Manager.ZYPPER, Manager.APT};

  private static final String NAMES = String.join(",", PROGRAMS.keySet());

  private static Path folder;
  private static WebServer server;

  @BeforeAll
  static void publish() throws IOException {
    folder = Lab.folder("init");
    Path project = project();
    server = WebServer.serving(project.resolve("public"));
    String url = server.uri().toString().replaceFirst("/$", "");
    String said =
        Product.unsigned(
                "init", "new tools", "--id=tools", "--base-url=" + url, "--package=" + NAMES)
            .in(folder)
            .run()
            .assertOk()
            .out();
    Path output = Files.createDirectories(project.resolve("output/" + AptRoot.architecture()));
    for (Map.Entry<String, String> program : PROGRAMS.entrySet()) {
      Files.copy(Path.of("/usr/bin", program.getValue()), output.resolve(program.getKey()));
    }
    List<String> commands =
        said.lines().filter(l -> l.startsWith("  ")).map(String::strip).toList();
    assertThat(commands).hasSize(3);
    sh(folder, String.join(" &&\n", commands)).assertOk();

    // The second release has another program under the same name.
    Path catalogue = project.resolve("repo-templates/releases.yaml");
    String text = Files.readString(catalogue);
    String first = text.lines().filter(l -> l.contains("1.0.0-tools.1")).findFirst().orElseThrow();
    Files.writeString(
        catalogue, text.replace(first, first + "\n" + first.replace("tools.1", "tools.2")));
    Files.delete(output.resolve("counter"));
    Files.copy(Path.of("/usr/bin/nl"), output.resolve("counter"));
    String publish = commands.get(2).replace("tools.1", "tools.2");
    sh(project, publish).assertOk().assertSays("project    " + project).assertSays("serial 1 → 2");
  }

  @AfterAll
  static void close() throws IOException {
    server.close();
    Lab.remove(folder);
  }

  private static Path project() {
    return folder.resolve("new tools");
  }

  /** A shell of somebody whose home is thrown away with all the rest. */
  private static Outcome sh(Path where, String script) throws IOException {
    return Program.of("sh", "-c", script)
        .in(where)
        .with("HOME", folder)
        .with("XDG_CACHE_HOME", folder.resolve("cache"))
        .within(Product.LIMIT)
        .run();
  }

  private static String download(String path) throws IOException {
    return Program.of("curl", "-fsS", server.uri().resolve(path).toString()).run().assertOk().out();
  }

  @Test
  void verifyFindsNothing() throws IOException {
    Product.unsigned("verify", "public", "--key=keys/tools.asc")
        .in(project())
        .run()
        .assertOk()
        .assertSays("good       serial 2 of public")
        .assertSays(" 16 packages, 0 problems");
  }

  @Test
  void theTreeHasNoInstallerAndNothingOfKubernetes() throws IOException {
    assertThat(project().resolve("public/install.sh")).doesNotExist();
    Program.of("grep", "-rliE", "kube|klts", "public", "--exclude-dir=.klts", "--exclude=manifest*")
        .in(project())
        .run()
        .assertExit(0)
        .out()
        .lines()
        .forEach(
            // The first line of the format, by which programs know it.
            path -> assertThat(path).isEqualTo("public/timestamp.asc"));
  }

  @Test
  void theDemoIsNotOfThisProject() throws IOException {
    Product.unsigned("demo", "--no-serve", "--port=0")
        .in(project())
        .run()
        .assertExit(1)
        .assertSays(project() + " is a project for others");
    assertThat(project().resolve("demo")).doesNotExist();
  }

  @Test
  void dnfInstallsAndUpgrades() throws IOException {
    try (DnfRoot root = new DnfRoot()) {
      String definition = download("rpm/v1.0/tools.repo");
      assertThat(definition).contains("\ngpgcheck=1\nrepo_gpgcheck=1\n");
      root.addRepo("tools.repo", definition);
      root.dnf("install", "counter-1.0.0-tools.1", "backwards", "letters").assertOk();
      assertThat(root.installed("counter")).isEqualTo("1.0.0.tools.1-1");
      assertThat(root.chroot("counter", "2").assertOk().out()).isEqualTo("1\n2\n");

      root.dnf("upgrade").assertOk();
      assertThat(root.installed("counter")).isEqualTo("1.0.0.tools.2-1");
      root.chroot("counter", "--help").assertSays("number all lines");
      root.rpm(with("--verify")).assertOk();
      root.dnf(with("remove")).assertOk();
      assertThat(root.has("letters")).isFalse();
    }
  }

  @Test
  void zypperInstallsAndUpgrades() throws IOException {
    try (ZypperRoot root = new ZypperRoot()) {
      root.addRepo("tools.repo", download("rpm/v1.0/tools-zypper.repo"));
      root.refresh().assertOk();
      root.zypper("install", "counter-1.0.0-tools.1", "backwards", "letters").assertOk();
      assertThat(root.installed("counter")).isEqualTo("1.0.0.tools.1-1");
      assertThat(root.chroot("counter", "2").assertOk().out()).isEqualTo("1\n2\n");

      root.zypper("update").assertOk();
      assertThat(root.installed("counter")).isEqualTo("1.0.0.tools.2-1");
      root.rpm(with("--verify")).assertOk();
    }
  }

  @Test
  void aptInstallsAndUpgrades() throws IOException {
    try (AptRoot root = new AptRoot()) {
      root.copyIn(
          project().resolve("public/keys/tools.gpg"),
          "/usr/share/keyrings/tools-archive-keyring.gpg");
      root.addSource("tools.sources", download("apt/v1.0.sources"));
      root.apt("update").assertOk();
      root.apt("install", "counter=1.0.0-tools.1", "backwards", "letters").assertOk();
      assertThat(root.installed("counter")).isEqualTo("1.0.0-tools.1");
      assertThat(root.chroot("counter", "2").assertOk().out()).isEqualTo("1\n2\n");

      root.apt("upgrade").assertOk();
      assertThat(root.installed("counter")).isEqualTo("1.0.0-tools.2");
      root.chroot("dpkg", "--verify", "counter", "backwards", "letters").assertOk();
      root.apt(with("purge")).assertOk();
      assertThat(root.has("letters")).isFalse();
    }
  }

  /**
   * What the project's own page says, word for word, from its beginning to a machine of each kind.
   */
  @Test
  void thePageOfTheProjectIsEnough() throws IOException {
    Path top = Files.createDirectories(folder.resolve("by the page"));
    Path project = top.resolve("acme");
    try (WebServer other = WebServer.serving(project.resolve("public"))) {
      String url = other.uri().toString().replaceFirst("/$", "");
      Product.unsigned("init", "acme", "--base-url=" + url).in(top).run().assertOk();
      List<String> blocks =
          Pattern.compile("(?ms)^```sh\\n(.*?)^```$")
              .matcher(Files.readString(project.resolve("README.md")))
              .results()
              .map(block -> block.group(1))
              .toList();
      assertThat(blocks).hasSize(5);
      Path output = Files.createDirectories(project.resolve("output/" + AptRoot.architecture()));
      Files.copy(Path.of("/usr/bin/seq"), output.resolve("acme"));
      Path programs = Files.createDirectories(top.resolve("bin"));
      Files.createSymbolicLink(
          programs.resolve("klts-repo"), Path.of("klts-repo").toAbsolutePath());
      String path = "PATH=\"" + programs + ":$PATH\"\n";
      sh(project, "set -e\n" + path + blocks.get(0) + blocks.get(1))
          .assertOk()
          .assertSays("good       serial 1 of public");
      for (int i = 0; i < MANAGERS.length; i++) {
        try (Machine machine = new Machine(MANAGERS[i])) {
          machine.write("/root/commands", blocks.get(2 + i));
          machine.typed("/root/commands").assertOk();
          assertThat(machine.sh("acme 2").assertOk().out()).isEqualTo("1\n2\n");
        }
      }
    }
  }

  private static String[] with(String command) {
    return Stream.concat(Stream.of(command), PROGRAMS.keySet().stream()).toArray(String[]::new);
  }
}
