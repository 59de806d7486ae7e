package io.klts.repo.repository;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import io.klts.repo.catalogue.Catalogue;
import io.klts.repo.catalogue.Fix;
import io.klts.repo.catalogue.Release;
import io.klts.repo.order.VersionOrder;
import io.klts.repo.tree.TreeFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The errata of the whole catalogue, of imaginary packages: the same is said in every form. */
class ErrataTest {

  private static final Path SCHEMAS = Path.of("src/test/resources/schemas");
  private static final List<String> ADDONS =
      List.of("containerd", "cri-tools", "kubernetes-cni", "runc");

  private static Catalogue catalogue;

  /** Every release and every release of an add-on, with the names of its packages. */
  private static final List<Build> BUILDS = new ArrayList<>();

  private static final SortedMap<String, byte[]> FILES = new TreeMap<>();

  private record Build(String source, Release release, List<String> packages) {

    String id() {
      String name = source.equals("kubernetes") ? "" : source + "-";
      return "KLTS-" + name + release.version();
    }

    List<String> cves() {
      return release.fixes().orElse(List.of()).stream().map(Fix::cve).toList();
    }

    /** As a channel has it. */
    String rpm() {
      return release.version().rpm() + "-1";
    }
  }

  @BeforeAll
  static void publish() throws IOException {
    catalogue = Catalogue.load(Path.of("repo-templates"));
    State state = State.empty();
    TreeMap<String, Build> addons = new TreeMap<>();
    for (Release release : catalogue.releases()) {
      List<String> programs = List.of("kubeadm", "kubectl", "kubelet");
      BUILDS.add(new Build("kubernetes", release, programs));
      state.add(release, List.of("amd64"));
      for (String name : programs) {
        RepositoryTest.add(state, release.version(), release.version(), name, "amd64");
      }
      for (String addon : ADDONS) {
        for (Release version : catalogue.addons(release.version().minor(), addon)) {
          state.addAddon(addon, version);
          RepositoryTest.add(state, release.version(), version.version(), addon, "amd64");
          addons.put(addon + version.version(), new Build(addon, version, List.of(addon)));
        }
      }
    }
    BUILDS.addAll(addons.values());
    Repository repository = new Repository(catalogue.identity(), "https://example.org/klts", state);
    for (Index index : repository.render(state.minors(), false)) {
      index.files().forEach(ErrataTest::keep);
    }
    repository.errata(state.minors()).forEach(ErrataTest::keep);
    state.files().forEach(ErrataTest::keep);
  }

  private static void keep(TreeFile file) {
    try {
      FILES.put(file.path(), file.content().bytes());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String updateInfo(String folder) throws IOException {
    String path =
        FILES.keySet().stream()
            .filter(p -> p.matches(folder + "/repodata/\\w+-updateinfo\\.xml\\.gz"))
            .findFirst()
            .orElseThrow();
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(FILES.get(path)))) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  private static JsonNode json(String path) throws IOException {
    assertThat(FILES).containsKey(path);
    return new JsonMapper().readTree(FILES.get(path));
  }

  private static List<String> find(String regex, String text) {
    return Pattern.compile(regex).matcher(text).results().map(m -> m.group(1)).toList();
  }

  @Test
  void updateinfoHasAnAdvisoryForEachBuildThatFixesSomething() throws IOException {
    String all = updateInfo("rpm");
    List<Build> fixing = BUILDS.stream().filter(build -> !build.cves().isEmpty()).toList();
    assertThat(fixing).hasSizeGreaterThan(20).extracting(Build::source).contains("containerd");
    assertThat(find("<id>(.*)</id>", all))
        .containsExactlyInAnyOrderElementsOf(fixing.stream().map(Build::id).toList());
    for (String advisory : find("(?s)(<update .*?</update>)", all)) {
      String id = find("<id>(.*)</id>", advisory).get(0);
      Build build = fixing.stream().filter(b -> b.id().equals(id)).findFirst().orElseThrow();
      assertThat(find("<reference .* id=\"(.*?)\" .*type=\"cve\"", advisory))
          .as(id)
          .isEqualTo(build.cves());
      assertThat(find("<filename>(.*)</filename>", advisory))
          .as(id)
          .containsExactlyInAnyOrderElementsOf(
              build.packages().stream()
                  .map(name -> name + "-" + build.rpm() + ".x86_64.rpm")
                  .toList());
      assertThat(find("<issued date=\"(.*) 00:00:00\"/>", advisory))
          .containsExactly(build.release().published().toString());
    }
    assertThat(find("<severity>(.*)</severity>", all))
        .contains("Important", "Moderate")
        .hasSameSizeAs(fixing);
    assertThat(all).contains("<id>KLTS-1.18.20-lts.1</id>").doesNotContain("KLTS-1.18.20-lts.2<");
  }

  @Test
  void aChannelHasTheAdvisoriesOfItsOwnBuildsOnly() throws IOException {
    assertThat(find("<id>(.*)</id>", updateInfo("rpm/v1.28")))
        .containsExactly("KLTS-1.28.15-lts.2");
    assertThat(find("<id>(.*)</id>", updateInfo("rpm/v1.18")))
        .containsExactly(
            "KLTS-1.18.20-lts.1", "KLTS-1.18.20-lts.3", "KLTS-containerd-1.3.10-lts.1");
  }

  private static SortedSet<String> cves() {
    return BUILDS.stream()
        .flatMap(b -> b.cves().stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void osvHasADocumentForEachVulnerability() throws IOException {
    assertThat(FILES.keySet().stream().filter(path -> path.startsWith("osv/")))
        .containsExactlyElementsOf(cves().stream().map(ErrataTest::osv).toList());
    for (String cve : cves()) {
      JsonNode document = json(osv(cve));
      assertThat(document.at("/aliases/0").asText()).isEqualTo(cve);
      assertThat(texts(document.get("related")))
          .containsExactlyInAnyOrderElementsOf(
              BUILDS.stream().filter(b -> b.cves().contains(cve)).map(Build::id).toList());
    }
    assertThat(json(osv("CVE-2021-25741")).at("/database_specific").toString())
        .isEqualTo("{\"severity\":\"HIGH\",\"cvss_base_score\":8.8}");
  }

  private static String osv(String cve) {
    return "osv/KLTS-" + cve + ".json";
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(node -> texts.add(node.asText()));
    return texts;
  }

  /** By the orders of rpm and dpkg themselves. */
  @Test
  void aBuildIsInARangeUnlessItIsRecordedToFixTheVulnerability() throws IOException {
    int inRange = 0;
    int fixed = 0;
    for (String cve : cves()) {
      for (JsonNode affected : json(osv(cve)).get("affected")) {
        boolean rpm = affected.at("/package/ecosystem").asText().equals("KLTS:rpm");
        String name = affected.at("/package/name").asText();
        assertThat(affected.at("/package/purl").asText())
            .isEqualTo((rpm ? "pkg:rpm/klts/" : "pkg:deb/klts/") + name);
        List<String> versions = new ArrayList<>();
        for (Build build : BUILDS) {
          String version = rpm ? build.rpm() : build.release().version().deb();
          if (build.packages().contains(name) && hasLine(cve, build)) {
            boolean in =
                isIn(affected.get("ranges"), version, rpm ? VersionOrder.RPM : VersionOrder.DEB);
            assertThat(in)
                .as(cve + " " + name + " " + version)
                .isNotEqualTo(build.cves().contains(cve));
            if (in) {
              versions.add(version);
              inRange++;
            } else {
              fixed++;
            }
          }
        }
        assertThat(affected.has("versions") ? texts(affected.get("versions")) : List.of())
            .isEqualTo(versions);
      }
    }
    assertThat(inRange).isGreaterThan(100);
    assertThat(fixed).isGreaterThan(100);
  }

  private static boolean hasLine(String cve, Build build) {
    return BUILDS.stream()
        .anyMatch(
            other ->
                other.source().equals(build.source())
                    && other.release().version().minor().equals(build.release().version().minor())
                    && other.cves().contains(cve));
  }

  private static boolean isIn(JsonNode ranges, String version, VersionOrder order) {
    boolean in = false;
    for (JsonNode range : ranges) {
      boolean here = false;
      for (JsonNode event : range.get("events")) {
        int after = order.compare(version, event.elements().next().asText());
        if (after > 0 || (after == 0 && !event.has("last_affected"))) {
          here = event.has("introduced");
        }
      }
      in |= here;
    }
    return in;
  }

  @Test
  void aFixThatTheNextBuildLacksIsNotTakenForLasting() throws IOException {
    List<String> events = new ArrayList<>();
    JsonNode kubelet = json(osv("CVE-2021-25741")).at("/affected/2");
    for (JsonNode range : kubelet.get("ranges")) {
      range.get("events").forEach(event -> events.add(event.toString()));
    }
    assertThat(kubelet.at("/package/name").asText()).isEqualTo("kubelet");
    assertThat(events)
        .containsExactly(
            "{\"introduced\":\"1.18\"}",
            "{\"fixed\":\"1.18.20.lts.1-1\"}",
            "{\"introduced\":\"1.18.20.lts.2-1\"}",
            "{\"fixed\":\"1.18.20.lts.3-1\"}");
  }

  @Test
  void openVexSaysFixedOfWhatIsRecordedAndNothingElse() throws IOException {
    SortedSet<String> expected = new TreeSet<>();
    for (Build build : BUILDS) {
      for (String cve : build.cves()) {
        for (String name : build.packages()) {
          expected.add(cve + " fixed pkg:rpm/klts/" + name + "@" + build.rpm());
          expected.add(cve + " fixed pkg:deb/klts/" + name + "@" + build.release().version().deb());
        }
      }
    }
    SortedSet<String> said = new TreeSet<>();
    for (String path : FILES.keySet()) {
      if (path.startsWith("openvex/")) {
        JsonNode document = json(path);
        assertThat(document.get("@id").asText()).isEqualTo("https://example.org/klts/" + path);
        for (JsonNode statement : document.get("statements")) {
          String cve = statement.at("/vulnerability/name").asText();
          for (JsonNode product : statement.get("products")) {
            said.add(
                cve + " " + statement.get("status").asText() + " " + product.get("@id").asText());
            assertThat(product.at("/identifiers/purl")).isEqualTo(product.get("@id"));
          }
        }
      }
    }
    assertThat(said).isEqualTo(expected);
    assertThat(FILES).containsKeys("openvex/kubernetes-1.28.json", "openvex/containerd.json");
    assertThat(FILES).doesNotContainKeys("openvex/runc.json");
  }

  private static String schema(String name) throws IOException {
    return Files.readString(SCHEMAS.resolve(name));
  }

  /**
   * The schema of OSV 1.6.1, from that of 1.7.0: its lists of databases and ecosystems are open,
   * and it does not know {@code upstream}.
   */
  private static String openOsv() throws IOException {
    JsonNode schema = new JsonMapper().readTree(schema("osv-1.7.0.json"));
    for (String list : List.of("prefix", "ecosystemWithSuffix")) {
      ObjectNode open = (ObjectNode) schema.at("/$defs/" + list);
      assertThat(open.remove("pattern")).isNotNull();
    }
    ObjectNode properties = (ObjectNode) schema.get("properties");
    assertThat(properties.remove("upstream")).isNotNull();
    assertThat(schema.get("additionalProperties").asBoolean(true)).isFalse();
    return schema.toString();
  }

  private static List<Error> errors(String schema, byte[] document) {
    Schema rules =
        SchemaRegistry.withDefaultDialect(Dialects.getDraft202012())
            .getSchema(schema, InputFormat.JSON);
    return rules.validate(
        new String(document, UTF_8),
        InputFormat.JSON,
        context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)));
  }

  @Test
  void osvKeepsToItsSchema() throws IOException {
    String schema = openOsv();
    for (String cve : cves()) {
      assertThat(json(osv(cve)).get("schema_version").asText()).isEqualTo("1.6.1");
      assertThat(errors(schema, FILES.get(osv(cve)))).as(cve).isEmpty();
    }
    String later =
        new String(FILES.get(osv("CVE-2025-1767")), UTF_8).replace("aliases", "upstream");
    assertThat(errors(schema, later.getBytes(UTF_8))).isNotEmpty();
  }

  /**
   * Later on the format's registries of databases and ecosystems are closed lists, in which nobody
   * stands who did not ask for it. Of all its rules these two do not hold, and no other.
   */
  @Test
  void osvKeepsToTheLaterSchemaButForItsRegistries() throws IOException {
    for (String cve : cves()) {
      assertThat(errors(schema("osv-1.7.0.json"), FILES.get(osv(cve))))
          .as(cve)
          .isNotEmpty()
          .allSatisfy(
              error -> {
                assertThat(error.getInstanceLocation().toString())
                    .matches("/id|/affected/\\d+/package/ecosystem");
                assertThat(error.getKeyword()).isEqualTo("pattern");
              });
    }
    byte[] registered =
        new String(FILES.get(osv("CVE-2025-1767")), UTF_8)
            .replace("\"KLTS-CVE", "\"OSV-CVE")
            .replace("\"KLTS:", "\"Debian:")
            .getBytes(UTF_8);
    assertThat(errors(schema("osv-1.7.0.json"), registered)).isEmpty();
  }

  @Test
  void openVexKeepsToItsSchema() throws IOException {
    int seen = 0;
    for (String path : FILES.keySet()) {
      if (path.startsWith("openvex/")) {
        assertThat(errors(schema("openvex-0.2.0.json"), FILES.get(path))).as(path).isEmpty();
        seen++;
      }
    }
    assertThat(seen).isGreaterThan(20);
  }

  /** The validator and the schemas would find a fault. */
  @Test
  void aFaultIsAgainstTheSchema() throws IOException {
    String vex = new String(FILES.get("openvex/kubernetes-1.28.json"), UTF_8);
    assertThat(
            errors(
                schema("openvex-0.2.0.json"), vex.replace("\"fixed\"", "\"safe\"").getBytes(UTF_8)))
        .isNotEmpty();
    assertThat(errors(schema("openvex-0.2.0.json"), vex.replace("T00:00:00Z", "").getBytes(UTF_8)))
        .isNotEmpty();
    String osv = new String(FILES.get(osv("CVE-2025-1767")), UTF_8);
    assertThat(errors(schema("osv-1.7.0.json"), osv.replace("ECOSYSTEM", "RPM").getBytes(UTF_8)))
        .anySatisfy(e -> assertThat(e.getKeyword()).isEqualTo("enum"));
  }
}
