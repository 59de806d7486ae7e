package io.klts.repo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.publish.TinyTree;
import io.klts.repo.source.MirrorServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code mirror status} prints, and how it ends. */
class MirrorStatusTest {

  private static final String REPOMD = "rpm/v1.28/repodata/repomd.xml";
  private static final String KEY = "--key=src/test/resources/keys/good-public.asc";

  @TempDir private static Path folder;
  private static Path tree;
  private static Path conf;
  private static Path good;
  private static MirrorServer origin;
  private static MirrorServer fresh;
  private static MirrorServer stale;
  private static MirrorServer bad;

  /** The cells of the line of a mirror. */
  private static List<String> row(Run run, String mirror) {
    return List.of(
        run.out()
            .lines()
            .filter(line -> line.startsWith(mirror + " "))
            .findFirst()
            .orElseThrow(() -> new AssertionError(run.out()))
            .split(" {2,}"));
  }

  @BeforeAll
  static void publish() throws IOException {
    TinyTree tiny = new TinyTree(folder);
    tiny.publish("v1.28.15-lts.1");
    tree = tiny.root();
    Path older = folder.resolve("older");
    FileUtils.copyDirectory(tree.toFile(), older.toFile());
    tiny.publish("v1.28.15-lts.2");
    origin = new MirrorServer(tree);
    fresh = new MirrorServer(tree);
    stale = new MirrorServer(older);
    bad = new MirrorServer(tree);
    bad.sends(REPOMD + ".asc", Files.readAllBytes(older.resolve(REPOMD + ".asc")));
    String mirrors =
        """
        [origin]
        url = "%s"
        [mirror.fresh]
        url = "%s"
        area = "cn"
        priority = 10
        [mirror.stale]
        url = "%s"
        interval = "24h"
        priority = 1
        [mirror.fastgit]
        kind = "prefix"
        url = "https://hub.example.org/{origin}"
        status = "retired"
        """
            .formatted(origin.url(), fresh.url(), stale.url());
    good = Files.writeString(folder.resolve("good.conf"), mirrors);
    conf =
        Files.writeString(
            folder.resolve("mirrors.conf"),
            mirrors + "[mirror.cdn]\nkind = \"cache\"\nurl = \"%s\"\n".formatted(bad.url()));
  }

  @AfterAll
  static void end() {
    List.of(origin, fresh, stale, bad).forEach(MirrorServer::close);
  }

  private static Run run(Path file, String... more) {
    List<String> arguments = new ArrayList<>(List.of("mirror", "status", "--mirrors=" + file));
    arguments.addAll(List.of(more));
    return Run.of(arguments);
  }

  private static Run status(String... more) {
    List<String> arguments = new ArrayList<>(List.of("--tree=" + tree));
    arguments.addAll(List.of(more));
    return run(conf, arguments.toArray(String[]::new));
  }

  @Test
  void theTableHasALineForEachAndThoseThatAreWrongEndIt() {
    Run run = status();
    assertThat(run.err()).isEmpty();
    assertThat(run.exit()).isEqualTo(3);
    assertThat(run.out().lines().findFirst().orElseThrow())
        .matches("MIRROR +AREA +SERIAL +BEHIND +LATENCY +RATE +STATE");
    assertThat(row(run, "fresh")).startsWith("fresh", "cn", "2", "-").endsWith("ok");
    assertThat(row(run, "origin")).startsWith("origin", "-", "2", "-").endsWith("ok");
    assertThat(row(run, "stale")).startsWith("stale", "-", "1").endsWith("ok (within 24 h)");
    assertThat(row(run, "stale").get(3)).matches("\\d+ min");
    assertThat(row(run, "fresh").get(4)).matches("\\d+ ms");
    assertThat(row(run, "fresh").get(5)).matches("[\\d.]+ MB/s");
    assertThat(row(run, "fastgit")).containsExactly("fastgit", "-", "-", "-", "-", "-", "retired");
    assertThat(row(run, "cdn")).endsWith("BAD", "wrong signature: " + REPOMD + ".asc");
    assertThat(run.out()).contains("  cdn: wrong signature: " + REPOMD + ".asc: expected the sig");
    assertThat(run.out()).doesNotContain("\033");
  }

  @Test
  void theBestIsTheFirst() {
    Run run = status();
    assertThat(run.out().indexOf("\nfresh ")).isLessThan(run.out().indexOf("\nstale "));
    assertThat(run.out().indexOf("\nstale ")).isLessThan(run.out().indexOf("\ncdn "));
    assertThat(run.out().indexOf("\ncdn ")).isLessThan(run.out().indexOf("\nfastgit "));
  }

  @Test
  void itIsGoodWhenAllAre() {
    assertThat(run(good, "--tree=" + tree).exit()).isZero();
    assertThat(run(good, "--tree=" + tree, "--deep").exit()).isZero();
    assertThat(status("fresh", "stale").exit()).isZero();
    assertThat(status("fastgit").exit()).isZero();
  }

  @Test
  void theOriginOverHttpWithAKeyIsEnough() {
    Run run = run(good, KEY, "--max-lag=9999d", "fresh", "stale");
    assertThat(run.exit()).isZero();
    assertThat(row(run, "fresh")).endsWith("ok");
    assertThat(row(run, "stale").get(6)).startsWith("ok (within");
    Run other = run(good, "--key=src/test/resources/keys/passphrase-public.asc");
    assertThat(other.exit()).isEqualTo(1);
    assertThat(other.err()).contains("signature by");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--json", "--format=json"})
  void jsonHasAllThatIsKnown(String option) {
    Run run = status(option);
    assertThat(run.exit()).isEqualTo(3);
    assertThat(run.out().lines()).hasSize(1);
    assertThat(run.out())
        .startsWith("{\"serial\":2,\"checked\":\"")
        .contains("\"healthy\":false")
        .contains("{\"mirror\":\"fastgit\",\"kind\":\"prefix\"")
        .contains("\"state\":\"retired\"")
        .containsPattern("\"mirror\":\"stale\".*\"serial\":1,\"behind\":1,\"lagSeconds\":\\d+")
        .contains("\"kind\":\"SIGNATURE\",\"fault\":true,\"path\":\"" + REPOMD + ".asc\"");
  }

  /** The text format of Prometheus: each line is of one of three forms. */
  @Test
  void prometheusCanReadIt() {
    Run run = status("--format=prometheus");
    String name = "[a-zA-Z_:][a-zA-Z0-9_:]*";
    String label = "[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\\\n]|\\\\[\\\\\"n])*\"";
    Pattern line =
        Pattern.compile(
            "# HELP %1$s [^\\n]+|# TYPE %1$s gauge|%1$s\\{%2$s(?:,%2$s)*\\} -?[0-9.]+(?:E-?[0-9]+)?"
                .formatted(name, label));
    assertThat(run.out().lines()).allMatch(text -> line.matcher(text).matches());
    assertThat(run.out()).endsWith("\n");
    assertThat(run.out().lines().filter(text -> text.startsWith("# TYPE"))).doesNotHaveDuplicates();
    String stales = "{mirror=\"stale\",area=\"\",url=\"" + stale.url() + "\"";
    assertThat(run.out())
        .contains("klts_mirror_serials_behind" + stales + "} 1\n")
        .contains("klts_mirror_healthy" + stales + "} 1\n")
        .contains("klts_mirror_problems" + stales + ",kind=\"stale\",severity=\"warning\"} 1\n")
        .containsPattern("klts_mirror_healthy\\{mirror=\"cdn\"[^}]*} 0\n")
        .doesNotContain("fastgit");
  }

  @Test
  void mirrorzHasAStatusInItsLetters() {
    Run run = status("--format=mirrorz");
    assertThat(run.out())
        .contains("\"version\" : 1.7")
        .contains("\"url\" : \"" + origin.url() + "\",\n    \"abbr\" : \"KLTS\"")
        .containsPattern("\"desc\" : \"fresh\",\\s+\"url\" : \"[^\"]+\",\\s+\"status\" : \"S\\d+\"")
        .containsPattern(
            "\"desc\" : \"cdn\",\\s+\"url\" : \"[^\"]+\",\\s+\"status\" : \"F\\d+O\\d+\"")
        .containsPattern("\"desc\" : \"fastgit\",\\s+\"url\" : \"[^\"]+\",\\s+\"status\" : \"P\"")
        .contains("\"disable\" : true");
  }

  @Test
  void tunasyncHasAJobForEach() {
    Run run = status("--format=tunasync");
    assertThat(run.out())
        .startsWith("[")
        .containsPattern(
            "\"name\" : \"fresh\",\\s+\"is_master\" : true,\\s+\"status\" : \"success\",\\s+"
                + "\"last_update\" : \"\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d \\+0000\",\\s+"
                + "\"last_update_ts\" : \\d+")
        .containsPattern("\"name\" : \"cdn\",\\s+\"is_master\" : true,\\s+\"status\" : \"failed\"")
        .containsPattern(
            "\"name\" : \"fastgit\",\\s+\"is_master\" : true,\\s+\"status\" : \"disabled\"")
        .contains("\"next_schedule_ts\" : -62135596800");
  }

  @Test
  void wrongUsageIsToldApart() {
    assertThat(run(conf).exit()).isEqualTo(2);
    assertThat(run(conf, "--tree=" + tree, KEY).exit()).isEqualTo(2);
    assertThat(status("nobody").exit()).isEqualTo(2);
    assertThat(status("nobody").err()).contains("nobody").contains("fastgit");
    assertThat(status("--max-lag=soon").err()).contains("soon; expected a time such as");
    assertThat(run(conf, "--tree=" + folder.resolve("no")).exit()).isEqualTo(1);
  }
}
