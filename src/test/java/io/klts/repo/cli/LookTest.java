package io.klts.repo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.publish.TinyTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code status}, {@code diff} and {@code verify} print, and how they end. */
class LookTest {

  @TempDir private static Path folder;
  private static Path tree;

  @BeforeAll
  static void publish() throws IOException {
    TinyTree tiny = new TinyTree(folder);
    tiny.publish("v1.28.15-lts.1");
    tiny.publish("v1.28.15-lts.2");
    tree = tiny.root();
  }

  private static Run run(String command, String... more) {
    return run(tree, command, more);
  }

  private static Run run(Path tree, String command, String... more) {
    List<String> arguments = new ArrayList<>(List.of(command, "--tree=" + tree));
    arguments.addAll(List.of(more));
    return Run.of(arguments);
  }

  private static final String KEYS = "--key=src/test/resources/keys/";

  @Test
  void verifyOfAGoodTree() {
    Run run = Run.of(List.of("verify", tree.toString(), KEYS + "good-public.asc"));
    assertThat(run.exit()).isZero();
    assertThat(run.out())
        .containsPattern("(?m)^good       serial 2 of .*, 14 packages, \\d+ problems$");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void verifyWithTheKeyOfSomebodyElse() {
    Run run = Run.of(List.of("verify", tree.toString(), KEYS + "passphrase-public.asc"));
    assertThat(run.exit()).isEqualTo(3);
    assertThat(run.out()).contains("manifest.asc").containsPattern("(?m)^unhealthy  serial 2 of ");
  }

  @Test
  void verifyOfADamagedTree() throws IOException {
    Path file = tree.resolve("lastupdate");
    String good = Files.readString(file);
    Files.writeString(file, "0\n");
    try {
      Run run = Run.of(List.of("verify", tree.toString(), KEYS + "good-public.asc"));
      assertThat(run.exit()).isEqualTo(3);
      assertThat(run.out()).containsPattern("(?m)^fault      lastupdate: ");
    } finally {
      Files.writeString(file, good);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, http://127.0.0.1:1/klts, http://127.0.0.1:1/klts/manifest",
    "1, src/test/resources/keys, this is not a published tree",
    "2, http://, http://",
    "2, '', Missing required parameter"
  })
  void verifyOfWhatIsNoTree(int exit, String tree, String message) {
    Run run = Run.of(tree.isEmpty() ? List.of("verify") : List.of("verify", tree));
    assertThat(run.exit()).isEqualTo(exit);
    assertThat(run.err()).contains(message);
    assertThat(run.out()).isEmpty();
  }

  @Test
  void statusForPeople() {
    Run run = run("status");
    assertThat(run.exit()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .containsPattern("(?m)^published  20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$")
        .contains("channel    v1.28: 2 releases, newest v1.28.15-lts.2; 6 rpm, 6 deb\n")
        .containsPattern("(?m)^size       \\d+ files, 0\\.\\d MiB; earlier generations alone have ")
        .contains("earlier    serials 1\n")
        .containsPattern("(?m)^key        [0-9A-F]{40} .*, which signs, until 2044-01-01T")
        .contains("validity   for ever\n")
        .endsWith("good       serial 2 in " + tree + "\n");
    assertThat(run("status", "--quiet").out()).isEqualTo("good       serial 2 in " + tree + "\n");
  }

  @Test
  void statusForMachines() {
    Run run = run("status", "--json");
    assertThat(run.exit()).isZero();
    assertThat(run.out())
        .startsWith("{\"tree\":\"" + tree + "\",\"healthy\":true,\"status\":{\"serial\":2,")
        .contains(
            "\"channels\":[{\"channel\":\"v1.28\",\"releases\":2,\"withdrawn\":0,"
                + "\"newest\":\"v1.28.15-lts.2\",\"rpms\":6,\"debs\":6}]")
        .contains("\"generations\":[1]")
        .contains("\"unfinished\":false")
        .hasLineCount(1);
  }

  @Test
  void statusOfWhatNeedsSomebody() throws IOException {
    Path note = Files.writeString(tree.resolve(".klts/changing"), "0\n");
    try {
      Run people = run("status", "--quiet");
      assertThat(people.exit()).isEqualTo(3);
      assertThat(people.out())
          .startsWith("problem    a run died in the middle of a change; ")
          .endsWith("unhealthy  serial 2 in " + tree + "\n");
      Run machines = run("status", "--json");
      assertThat(machines.exit()).isEqualTo(3);
      assertThat(machines.out()).contains("\"healthy\":false", "\"problems\":[\"a run died");
    } finally {
      Files.delete(note);
    }
  }

  @Test
  void differenceForPeople() {
    Run run = run("diff");
    assertThat(run.exit()).isZero();
    assertThat(run.out())
        .startsWith("serial 1 → 2 of " + tree + ": 1 release, 4 packages, ")
        .contains("added      v1.28.15-lts.2\n")
        .contains("+          v1.28 kubelet 1.28.15-lts.2 armhf deb\n")
        .contains("+          v1.28 kubelet 1.28.15.lts.2-1 armv7hl rpm\n")
        .contains("index      rpm/v1.28/repodata/repomd.xml\n")
        .contains("date       2025-03-04T00:00:00Z → 2025-05-06T00:00:00Z\n");
    assertThat(run("diff", "2", "1").out())
        .startsWith("serial 2 → 1 of ")
        .contains("removed    v1.28.15-lts.2\n")
        .contains("-          v1.28 kubelet 1.28.15-lts.2 armhf deb\n");
    assertThat(run("diff", "2", "2").out())
        .isEqualTo("serial 2 → 2 of " + tree + ": nothing changed\n");
  }

  @Test
  void differenceForMachines() {
    Run run = run("diff", "1", "2", "--json");
    assertThat(run.exit()).isZero();
    assertThat(run.out())
        .startsWith("{\"from\":{\"serial\":1,")
        .contains("\"releases\":[{\"event\":\"ADDED\",\"release\":\"v1.28.15-lts.2\"}]")
        .contains(
            "{\"added\":true,\"channel\":\"v1.28\",\"name\":\"kubelet\","
                + "\"version\":\"1.28.15-lts.2\",\"arch\":\"amd64\",\"format\":\"deb\"}")
        .hasLineCount(1);
  }

  @Test
  void whatCannotBeLookedAt() {
    Run unknown = run("diff", "7");
    assertThat(unknown.exit()).isEqualTo(1);
    assertThat(unknown.out()).isEmpty();
    assertThat(unknown.err())
        .isEqualTo("error: serial 7 is not kept; there are: 1\n  nothing was changed\n");
    for (String command : List.of("status", "diff")) {
      Run none = run(folder, command);
      assertThat(none.exit()).isEqualTo(1);
      assertThat(none.err())
          .isEqualTo("error: " + folder + " is not a published tree: it has no manifest\n");
    }
    assertThat(run("diff", "one").exit()).isEqualTo(2);
    assertThat(run("diff", "1", "2", "3").exit()).isEqualTo(2);
    assertThat(run("status", "1").exit()).isEqualTo(2);
  }
}
