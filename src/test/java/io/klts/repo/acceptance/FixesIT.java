package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.klts.repo.catalogue.Fix;
import io.klts.repo.catalogue.Release;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What each release of the catalogue fixes, as everybody finds it who looks: real clients, and who
 * reads the documents. Each test collects all of it in one form, and compares with the catalogue:
 * nothing is missing, and nothing is said of a release that was withdrawn.
 */
@ExtendWith(PageTree.Shared.class)
class FixesIT {

  private static final Pattern CVE = Pattern.compile("CVE-\\d+-\\d+");
  private static final Pattern CHANGE = Pattern.compile("[*-] (Build|Fix) (\\S+)");

  /** The first in every order, which fixes nothing. */
  private static final String OLDEST = "1.10.13-lts.0";

  private static PageTree tree;

  /** By version; a release that fixes nothing is in it nowhere. */
  private static final SortedMap<String, SortedSet<String>> EXPECTED = new TreeMap<>();

  private final SortedMap<String, SortedSet<String>> found = new TreeMap<>();

  @BeforeAll
  static void readCatalogue(PageTree shared) {
    tree = shared;
    for (Release release : tree.releases()) {
      for (Fix fix : release.fixes().orElse(List.of())) {
        EXPECTED
            .computeIfAbsent(release.version().toString(), version -> new TreeSet<>())
            .add(fix.cve());
      }
    }
    assertThat(EXPECTED.remove(PageTree.WITHDRAWN)).contains("CVE-2024-10220");
    assertThat(EXPECTED).hasSizeGreaterThan(25);
  }

  private void add(String version, String cve) {
    found.computeIfAbsent(version, key -> new TreeSet<>()).add(cve);
  }

  /** Adds every vulnerability that a text names. */
  private void addAll(String version, String text) {
    CVE.matcher(text).results().forEach(cve -> add(version, cve.group()));
  }

  private void assertFoundAll() {
    assertThat(found).isEqualTo(EXPECTED);
  }

  private static Stream<String> versions() {
    return tree.releases().stream()
        .map(release -> release.version().toString())
        .filter(version -> !version.equals(PageTree.WITHDRAWN));
  }

  private static String spelledAsInRpm(String version) {
    return version.replace('-', '.');
  }

  private static Stream<MatchResult> find(String regex, String text) {
    return Pattern.compile(regex, Pattern.DOTALL).matcher(text).results();
  }

  @Test
  void dnfKnowsThemAll() throws IOException {
    try (DnfRoot root = new DnfRoot()) {
      root.addRepo("klts.repo", tree.download("rpm/klts.repo"));
      root.dnf("install", "kubectl-" + OLDEST).assertOk();
      String list = root.dnf("updateinfo", "list", "--security", "--with-cve").assertOk().out();
      for (String version : versions().toList()) {
        find(
                "(CVE-\\S+) +\\w+/Sec\\. +kubectl-"
                    + Pattern.quote(spelledAsInRpm(version))
                    + "-1\\.",
                list)
            .forEach(line -> add(version, line.group(1)));
      }
      assertThat(list.lines().filter(line -> line.startsWith("CVE-")))
          .hasSize(found.values().stream().mapToInt(Set::size).sum());
      assertFoundAll();
    }
  }

  @Test
  void zypperKnowsThemAll() throws IOException {
    try (ZypperRoot root = new ZypperRoot()) {
      root.addRepo("klts.repo", tree.download("rpm/klts-zypper.repo"));
      root.refresh().assertOk();
      String list = root.zypper("--xmlout", "list-patches", "--all").assertOk().out();
      find("<update kind=\"patch\" name=\"KLTS-(\\d[^\"]*)\".*?</update>", list)
          .forEach(
              patch ->
                  find("<issue type=\"cve\" id=\"(.*?)\"", patch.group())
                      .forEach(issue -> add(patch.group(1), issue.group(1))));
      assertFoundAll();
    }
  }

  @Test
  void aptShowsThemAll() throws IOException {
    try (AptRoot root = new AptRoot()) {
      root.copyIn(
          tree.folder().resolve("keys/klts.gpg"), "/usr/share/keyrings/klts-archive-keyring.gpg");
      root.addSource("klts.sources", tree.download("apt/stable.sources"));
      root.apt("update").assertOk();
      for (String version : versions().toList()) {
        root.chroot("apt-get", "-d", "changelog", "kubectl=" + version).assertOk();
        addNewestEntry(version, root.read("/kubectl.changelog"));
        Files.delete(root.path("/kubectl.changelog"));
      }
      assertFoundAll();
    }
  }

  /** The entry of a version, which is the first of its changelog. */
  private void addNewestEntry(String version, String changelog) {
    Matcher changes = CHANGE.matcher(changelog);
    assertThat(changes.find()).isTrue();
    assertThat(changes.group(2)).isEqualTo(version);
    while (changes.find() && changes.group(1).equals("Fix")) {
      add(version, changes.group(2));
    }
  }

  /** What a package brings is shown before it is installed, also to who is not connected. */
  @Test
  void aptListchangesShowsThemAll() throws IOException {
    Path program =
        Lab.cached(
            "apt-listchanges",
            target ->
                new MachineApt(target.resolveSibling("apt"), AptRoot.architecture())
                    .unpack(List.of("apt-listchanges", "python3-apt"), target));
    for (String version : versions().toList()) {
      Path deb =
          tree.folder()
              .resolve("apt/pool/main/k/kubectl")
              .resolve("kubectl_" + version + "_" + AptRoot.architecture() + ".deb");
      Outcome shown =
          Program.of(
                  "/usr/bin/python3",
                  program.resolve("usr/bin/apt-listchanges").toString(),
                  "--frontend=text",
                  "--which=changelogs",
                  "--show-all",
                  deb.toString())
              .with(
                  "PYTHONPATH",
                  program.resolve("usr/share/apt-listchanges")
                      + ":"
                      + program.resolve("usr/lib/python3/dist-packages"))
              .run()
              .assertOk();
      addNewestEntry(version, shown.out());
    }
    assertFoundAll();
  }

  @Test
  void rpmShowsThemAll() throws IOException {
    for (String version : versions().toList()) {
      String channel = "v" + version.substring(0, version.indexOf('.', 2));
      Path folder = tree.folder().resolve("rpm/" + channel);
      try (Stream<Path> files = Files.walk(folder)) {
        String name = "kubectl-" + spelledAsInRpm(version) + "-1.";
        Path rpm =
            files
                .filter(file -> file.getFileName().toString().startsWith(name))
                .findFirst()
                .orElseThrow();
        addNewestEntry(
            version,
            Program.of("rpm", "-qp", "--changelog", rpm.toString()).run().assertOk().out());
      }
    }
    assertFoundAll();
  }

  /** As the manifest lists them: a document that is no longer true stays until it is pruned. */
  private static List<JsonNode> documents(String folder) throws IOException {
    List<JsonNode> documents = new ArrayList<>();
    for (MatchResult path : find(" (" + folder + "/[^\n]*)", tree.download("manifest")).toList()) {
      documents.add(new JsonMapper().readTree(tree.download(path.group(1))));
    }
    return documents;
  }

  /** Where a version may not be in the list of those that lack the fix, either. */
  @Test
  void osvHasThemAll() throws IOException {
    for (JsonNode document : documents("osv")) {
      String cve = document.at("/aliases/0").asText();
      for (JsonNode advisory : document.get("related")) {
        String version = advisory.asText().replaceFirst("^KLTS-", "");
        add(version, cve);
        for (JsonNode affected : document.get("affected")) {
          assertThat(affected.path("versions").toString())
              .doesNotContain("\"" + version + "\"")
              .doesNotContain("\"" + spelledAsInRpm(version) + "-1\"");
        }
      }
    }
    found.keySet().removeIf(version -> !Character.isDigit(version.charAt(0)));
    assertFoundAll();
  }

  @Test
  void openVexHasThemAll() throws IOException {
    for (String type : List.of("deb", "rpm")) {
      found.clear();
      Pattern product = Pattern.compile("pkg:" + type + "/klts/kubelet@(.*)");
      for (JsonNode document : documents("openvex")) {
        for (JsonNode statement : document.get("statements")) {
          assertThat(statement.get("status").asText()).isEqualTo("fixed");
          for (JsonNode named : statement.get("products")) {
            Matcher purl = product.matcher(named.get("@id").asText());
            if (purl.matches()) {
              String version = purl.group(1).replaceFirst("\\.([a-z]+\\.\\d+)-1$", "-$1");
              add(version, statement.at("/vulnerability/name").asText());
            }
          }
        }
      }
      assertFoundAll();
    }
  }

  /** In the table of both languages, and on the page of each release. */
  @Test
  void pagesShowThemAll() throws IOException {
    try (Browser browser = new Browser()) {
      browser.allowScripts(false);
      for (String language : List.of("", ".zh")) {
        found.clear();
        browser.open(tree.url() + "/index" + language + ".html");
        for (JsonNode row :
            browser.run(
                "return Array.from(document.querySelectorAll('.releases tr:has([scope=row])'))"
                    + ".map((row) => [row.cells[0].textContent, row.cells[2].textContent])")) {
          addAll(row.get(0).asText(), row.get(1).asText());
        }
        assertFoundAll();
      }
      found.clear();
      for (String version : versions().toList()) {
        browser.open(tree.url() + "/releases/v" + version + ".html");
        addAll(version, browser.text("main"));
      }
      assertFoundAll();
    }
  }

  /** Those that are new; earlier ones left the feed, when they were read. */
  @Test
  void theFeedHasTheNewest() throws IOException {
    SortedMap<String, SortedSet<String>> newest = new TreeMap<>();
    find("<title>KLTS (\\S+)</title>.*?<summary>(.*?)</summary>", tree.download("feed.atom"))
        .forEach(
            entry -> {
              addAll(entry.group(1), entry.group(2));
              if (EXPECTED.containsKey(entry.group(1))) {
                newest.put(entry.group(1), EXPECTED.get(entry.group(1)));
              }
            });
    found.remove(PageTree.WITHDRAWN);
    assertThat(found).hasSizeGreaterThan(10).isEqualTo(newest);
  }

  @Test
  void theListOfReleasesHasThemAll() throws IOException {
    JsonNode list = new JsonMapper().readTree(tree.download("releases.json"));
    assertThat(list.get("releases")).hasSize(tree.releases().size());
    for (JsonNode release : list.get("releases")) {
      if (!release.has("withdrawn")) {
        addAll(release.get("version").asText(), release.path("fixes").toString());
      }
    }
    assertFoundAll();
  }
}
