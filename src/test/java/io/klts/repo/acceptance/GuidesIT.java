package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.acceptance.Machine.Manager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The guides are followed to the letter, and so are the everyday tasks of the README: every block
 * of shell is run, and prints what the guide says. What the maintainer's guide publishes, the
 * others use, at the addresses that the guides have, which are those of servers here.
 */
class GuidesIT {

  private static final Path GUIDES = Path.of("docs/guides");
  private static final Path README = Path.of("README.md");
  private static final String RELEASE = "1.28.15-lts.2";
  private static final String FIXED = "1.28.15-lts.3";

  /** A block that is run, and behind it what it prints, if that is said. */
  private static final Pattern BLOCK =
      Pattern.compile("(?ms)^( *)```sh\\n(.*?)^ *```$(?:\\n\\s*```text\\n(.*?)^ *```$)?");

  private static final Pattern SECTION = Pattern.compile("(?m)^##+ (.*)$");

  private static final Map<String, String> ADDRESSES = new LinkedHashMap<>();

  private static Path top;
  private static WebServer origin;
  private static WebServer second;
  private static WebServer mirror;

  @BeforeAll
  static void followTheMaintainersGuide() throws IOException {
    top = Lab.folder("guides");
    origin = WebServer.serving(Files.createDirectories(top.resolve("project/public")));
    second = WebServer.serving(Files.createDirectories(top.resolve("srv/second/klts")));
    mirror = WebServer.serving(Files.createDirectories(top.resolve("srv/klts")));
    ADDRESSES.put("https://packages.example.org/klts", address(origin));
    ADDRESSES.put("https://second.example.org/klts", address(second));
    ADDRESSES.put("https://mirror.example.com/klts", address(mirror));
    ADDRESSES.put("/srv/", top.resolve("srv") + "/");
    Path guide = GUIDES.resolve("maintainer.md");
    Path project = project("project");
    String mirrors = project.resolve("mirrors.conf").toString();
    Files.writeString(
        Path.of(mirrors), "[origin]\nurl = \"" + address(origin) + "\"\n\n" + table(guide));
    check(guide, run(project, blocks(Files.readString(guide))));
  }

  @AfterAll
  static void stop() throws IOException {
    origin.close();
    second.close();
    mirror.close();
    Lab.remove(top);
  }

  private static String address(WebServer server) {
    return server.uri().toString().replaceFirst("/$", "");
  }

  /** A folder as the checkout of a maintainer, with binaries of this machine. */
  private static Path project(String name) throws IOException {
    Path project = Files.createDirectories(top.resolve(name));
    for (String part : List.of("repo-templates", "install.sh", "mirrors.conf")) {
      Program.of("cp", "-r", part, project.toString()).run().assertOk();
    }
    Files.createDirectories(project.resolve("keys"));
    Files.createSymbolicLink(project.resolve("klts-repo"), Path.of("klts-repo").toAbsolutePath());
    InstallerTree.addAddons(InstallerTree.programs(project, RELEASE));
    Files.move(project.resolve(RELEASE), project.resolve("output"));
    return project;
  }

  /** The mirror that the guide has as an example. */
  private static String table(Path guide) throws IOException {
    MatchResult toml =
        Pattern.compile("(?ms)^```toml\\n(.*?)^```$")
            .matcher(Files.readString(guide))
            .results()
            .findFirst()
            .orElseThrow();
    return here(toml.group(1));
  }

  /** With the addresses of this machine in the place of those of examples. */
  private static String here(String text) {
    String result = text;
    for (Map.Entry<String, String> address : ADDRESSES.entrySet()) {
      result = result.replace(address.getKey(), address.getValue());
    }
    return result;
  }

  private static List<MatchResult> blocks(String text) {
    List<MatchResult> blocks = BLOCK.matcher(text).results().toList();
    assertThat(blocks).isNotEmpty();
    return blocks;
  }

  /** All blocks in one shell, which stops at the first failure and says where each block ends. */
  private static String script(List<MatchResult> blocks) {
    StringBuilder script = new StringBuilder("set -e\nexec 2>&1\n");
    for (MatchResult block : blocks) {
      script.append(here(block.group(2))).append("echo '@@ end of block'\n");
    }
    return script.toString();
  }

  private record Transcript(List<MatchResult> blocks, String output) {}

  /** Runs blocks as somebody whose home is thrown away with all the rest. */
  private static Transcript run(Path folder, List<MatchResult> blocks) throws IOException {
    Path home = Files.createDirectories(folder.resolveSibling(folder.getFileName() + "-home"));
    Outcome outcome =
        Program.of("sh", "-c", script(blocks))
            .in(folder)
            .with("HOME", home)
            .with("XDG_CACHE_HOME", top.resolve("cache"))
            .within(Product.LIMIT)
            .run()
            .assertOk();
    return new Transcript(blocks, outcome.out());
  }

  private static Transcript run(Machine machine, List<MatchResult> blocks) throws IOException {
    machine.write("/root/guide", "cd /root\n" + script(blocks));
    return new Transcript(
        blocks, machine.typed("/root/guide").assertOk().output().replace("\r", ""));
  }

  /** Each block printed the lines that stand behind it, in this order. */
  private static void check(Path guide, Transcript transcript) throws IOException {
    Path kept = Files.createDirectories(Path.of("target/guides"));
    Files.writeString(
        kept.resolve(guide.getFileName() + "-" + transcript.blocks.get(0).start() + ".txt"),
        transcript.output);
    String[] printed = transcript.output.split("@@ end of block\n", -1);
    assertThat(printed).hasSize(transcript.blocks.size() + 1);
    for (int i = 0; i < transcript.blocks.size(); i++) {
      MatchResult block = transcript.blocks.get(i);
      if (block.group(3) != null) {
        List<String> lines = new ArrayList<>();
        for (String line : here(block.group(3)).lines().map(String::strip).toList()) {
          lines.add(Pattern.quote(line).replace("…", "\\E.*\\Q"));
        }
        assertThat(printed[i])
            .as(guide + " says that this prints so: " + block.group(2))
            .containsPattern(String.join("(?s:.*)", lines));
      }
    }
  }

  @Test
  void theMaintainersTreeIsAsTheGuideLeavesIt() throws IOException {
    for (WebServer server : List.of(origin, second)) {
      Program.of("curl", "-fsS", address(server) + "/latest/v1.28.txt")
          .run()
          .assertOk()
          .assertSays(FIXED);
    }
  }

  @Test
  void theMirrorAdminsGuideIsFollowed() throws IOException {
    Path guide = GUIDES.resolve("mirror-admin.md");
    check(guide, run(admin("admin"), blocks(Files.readString(guide))));
    Path offline = top.resolve("srv/offline/latest/v1.28.txt");
    assertThat(offline).content().isEqualTo(FIXED + "\n");
  }

  /** A folder of somebody who has no more than the program. */
  private static Path admin(String name) throws IOException {
    Path folder = Files.createDirectories(top.resolve(name));
    Files.createSymbolicLink(folder.resolve("klts-repo"), Path.of("klts-repo").toAbsolutePath());
    return folder;
  }

  @Test
  void theOperatorsGuideIsFollowedWithDnf() throws IOException {
    followTheOperatorsGuide(Manager.DNF, "dnf and yum");
  }

  @Test
  void theOperatorsGuideIsFollowedWithZypper() throws IOException {
    followTheOperatorsGuide(Manager.ZYPPER, "zypper");
  }

  @Test
  void theOperatorsGuideIsFollowedWithApt() throws IOException {
    followTheOperatorsGuide(Manager.APT, "apt");
  }

  private static void followTheOperatorsGuide(Manager manager, String heading) throws IOException {
    Path guide = GUIDES.resolve("operator.md");
    String text = Files.readString(guide);
    List<MatchResult> sections = SECTION.matcher(text).results().toList();
    for (int i = 0; i < sections.size(); i++) {
      if (sections.get(i).group(1).equals(heading)) {
        int end = i + 1 < sections.size() ? sections.get(i + 1).start() : text.length();
        try (Machine machine = new Machine(manager)) {
          check(guide, run(machine, blocks(text.substring(sections.get(i).start(), end))));
          assertThat(machine.installed("kubelet")).isEqualTo(machine.spelling(FIXED));
        }
        return;
      }
    }
    throw new AssertionError(guide + " has no part " + heading);
  }

  @Test
  void theEndUsersGuideIsFollowed() throws IOException {
    Path guide = GUIDES.resolve("end-user.md");
    try (Machine machine = new Machine(Manager.APT)) {
      check(guide, run(machine, blocks(Files.readString(guide))));
      assertThat(machine.installed("kubelet")).isEmpty();
    }
  }

  @Test
  void theReadmesTasksAreFollowed() throws IOException {
    List<String> followed = new ArrayList<>();
    for (MatchResult block : blocks(Files.readString(README))) {
      List<MatchResult> one = List.of(block);
      String first = block.group(2).split("\\s+", 2)[0];
      if (block.group(2).contains(" publish ")) {
        Path project = project("readme");
        Path home = Files.createDirectories(top.resolve("readme-home"));
        Files.writeString(home.resolve(".klts-pass"), "a good passphrase\n");
        check(README, run(project, one));
        assertThat(project.resolve("public/latest/v1.28.txt")).hasContent(RELEASE);
        followed.add("maintainer");
      } else if (block.group(2).contains(" mirror pull ")) {
        Path folder = admin("readme-admin");
        Files.copy(top.resolve("project/keys/klts.asc"), folder.resolve("klts.asc"));
        check(README, run(folder, one));
        followed.add("mirror admin");
      } else {
        Manager manager =
            block.group(2).contains("yum")
                ? Manager.DNF
                : first.equals("zypper") ? Manager.ZYPPER : Manager.APT;
        try (Machine machine = new Machine(manager)) {
          if (manager == Manager.DNF) {
            machine.chroot("ln", "-sf", "dnf", "/usr/bin/yum").assertOk();
          }
          check(README, run(machine, one));
          assertThat(machine.installed("kubelet")).isEqualTo(machine.spelling(FIXED));
        }
        followed.add(block.group(2).contains("install.sh") ? "end user" : manager.name());
      }
    }
    assertThat(followed)
        .containsExactlyInAnyOrder(
            "maintainer", "DNF", "ZYPPER", "APT", "end user", "mirror admin");
  }
}
