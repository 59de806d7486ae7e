package io.klts.repo.publish;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.blob.Blob;
import io.klts.repo.blob.Sha256;
import io.klts.repo.signature.Armor;
import io.klts.repo.source.FolderSource;
import io.klts.repo.tree.ListedMirror;
import io.klts.repo.tree.Manifest;
import io.klts.repo.verify.Problem;
import io.klts.repo.verify.Report;
import io.klts.repo.verify.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The lists by which a tree sends clients to its mirrors. */
class MirrorListsTest {

  private static final String NEAR = "https://near.example.cn/klts";
  private static final String ANEW = "https://anew.example.org";

  private static final List<ListedMirror> MIRRORS =
      List.of(
          new ListedMirror("anew", "copy", ANEW, null, 99, ANEW + "/core/rpm", ANEW + "/core/deb"),
          new ListedMirror("near", "copy", NEAR, "cn", 10, NEAR + "/rpm", NEAR + "/apt"));

  @TempDir private Path folder;
  private TinyTree tree;

  @BeforeEach
  void publish() throws IOException {
    tree = new TinyTree(folder);
    tree.publish("v1.28.15-lts.1");
  }

  private long list(List<ListedMirror> mirrors) throws IOException {
    return tree.change(
            List.of(TinyTree.key()),
            publication -> {
              publication.list(mirrors);
              return publication.commit();
            })
        .serial();
  }

  private String text(String path) throws IOException {
    return Files.readString(tree.root().resolve(path));
  }

  private Report verify() throws IOException {
    return Verification.run(
        new FolderSource(tree.root()), Optional.of(TinyTree.key().key()), Instant.now());
  }

  @Test
  void withoutMirrorsTheOriginIsAlone() throws IOException {
    assertThat(text("rpm/v1.28/mirrorlist")).isEqualTo(TinyTree.URL + "/rpm/v1.28/\n");
    assertThat(text("apt/mirrors.list")).isEqualTo(TinyTree.URL + "/apt\tpriority:100\n");
    assertThat(text("mirrors.json").lines().filter(line -> line.contains("\"name\"")))
        .containsExactly("      \"name\" : \"origin\",");
    assertThat(verify().isHealthy()).isTrue();
  }

  /** It is there for people to see, and for nobody else. */
  @Test
  void aMirrorWithAFaultIsOnThePageOnly() throws IOException {
    String bad = "https://bad.example.org";
    ListedMirror stale =
        new ListedMirror(
            "bad", "copy", bad, null, 5, bad + "/rpm", bad + "/apt", ListedMirror.Fault.STALE);
    list(List.of(MIRRORS.get(1), stale));
    SortedMap<String, String> naming = new TreeMap<>();
    for (String path : manifest().entries().keySet()) {
      String text = Files.readString(tree.root().resolve(path), ISO_8859_1);
      if (text.contains(bad)) {
        naming.put(path, text);
      }
    }
    assertThat(naming).containsOnlyKeys("index.html", "index.zh.html", "packages.json");
    assertThat(naming.get("index.html"))
        .contains("<td><strong>Out of date</strong></td><td><a href=\"" + bad + "/\">")
        .contains("<th scope=\"row\">near</th><td>cn</td><td>Good</td>")
        .doesNotContain("<option value=\"bad\"");
    assertThat(verify().isHealthy()).isTrue();

    list(List.of(MIRRORS.get(1)));
    assertThat(text("index.html")).doesNotContain(bad);
  }

  @Test
  void mirrorsComeByPriorityAndTheOriginLast() throws IOException {
    assertThat(list(MIRRORS)).isEqualTo(2);
    assertThat(text("rpm/v1.28/mirrorlist").lines())
        .containsExactly(
            NEAR + "/rpm/v1.28/", ANEW + "/core/rpm/v1.28/", TinyTree.URL + "/rpm/v1.28/");
    assertThat(text("rpm/mirrorlist").lines())
        .containsExactly(NEAR + "/rpm/", ANEW + "/core/rpm/", TinyTree.URL + "/rpm/");
    assertThat(text("apt/mirrors.list").lines())
        .containsExactly(
            NEAR + "/apt\tpriority:10",
            ANEW + "/core/deb\tpriority:99",
            TinyTree.URL + "/apt\tpriority:100");
    assertThat(text("rpm/v1.28/golden-mirrors-zypper.repo").lines())
        .contains("baseurl=" + NEAR + "/rpm/v1.28/", "pkg_gpgcheck=1", "repo_gpgcheck=1");
    assertThat(text("apt/v1.28-mirrors.sources").lines())
        .contains("URIs: mirror+" + TinyTree.URL + "/apt/mirrors.list");
    assertThat(verify().isHealthy()).as(verify().problems().toString()).isTrue();
  }

  @Test
  void theMetalinkIsOfTheVeryIndex() throws IOException {
    list(MIRRORS);
    tree.publish("v1.28.15-lts.2");
    Path repomd = tree.root().resolve("rpm/v1.28/repodata/repomd.xml");
    assertThat(text("rpm/v1.28/metalink.xml"))
        .contains("<size>" + Files.size(repomd) + "</size>")
        .contains("<hash type=\"sha256\">" + Sha256.of(repomd) + "</hash>")
        .contains("preference=\"91\">" + NEAR + "/rpm/v1.28/repodata/repomd.xml</url>")
        .contains("location=\"CN\"")
        .contains("preference=\"2\">" + ANEW + "/core/rpm/v1.28/repodata/repomd.xml</url>")
        .contains("preference=\"1\">" + TinyTree.URL + "/rpm/v1.28/repodata/repomd.xml</url>");
    assertThat(verify().isHealthy()).isTrue();
  }

  @Test
  void whatIsPublishedLaterKeepsTheMirrors() throws IOException {
    list(MIRRORS);
    String listed = text("rpm/v1.28/mirrorlist");
    tree.publish("v1.28.15-lts.2");
    assertThat(text("rpm/v1.28/mirrorlist")).isEqualTo(listed);
    tree.change(
        List.of(TinyTree.key()),
        publication -> {
          publication.rollback(1);
          return publication.commitAll();
        });
    assertThat(text("rpm/v1.28/mirrorlist")).isEqualTo(listed);
    assertThat(verify().isHealthy()).isTrue();
  }

  @Test
  void theSameListsAreNoNewPublication() throws IOException {
    assertThat(list(List.of())).isEqualTo(1);
    assertThat(list(MIRRORS)).isEqualTo(2);
    assertThat(list(List.of(MIRRORS.get(1), MIRRORS.get(0)))).isEqualTo(2);
    assertThat(list(List.of())).isEqualTo(3);
  }

  /** Indexes and signatures of channels stay what they are. */
  @Test
  void onlyListsChange() throws IOException {
    list(MIRRORS);
    Manifest before = manifest();
    // Machines that know of it lose nothing while it is ill.
    list(MIRRORS.subList(1, 2));
    Manifest after = manifest();
    assertThat(after.entries().keySet()).isEqualTo(before.entries().keySet());
    assertThat(after.entries().keySet())
        .filteredOn(path -> !after.entries().get(path).equals(before.entries().get(path)))
        .allMatch(
            path ->
                path.matches(
                    "mirrors.json|index(\\.zh)?.html|install.sh|packages.json|timestamp.asc|apt/mirrors.list|rpm/(v1.28/)?(mirrorlist"
                        + "|metalink.xml|golden-mirrors-zypper.repo)"));
  }

  private Manifest manifest() throws IOException {
    return Manifest.parse(Files.readAllBytes(tree.root().resolve("manifest")), "manifest");
  }

  /** Also if whoever did it can sign. */
  @ParameterizedTest
  @CsvSource({
    "rpm/v1.28/mirrorlist",
    "rpm/mirrorlist",
    "rpm/v1.28/metalink.xml",
    "rpm/v1.28/golden-mirrors-zypper.repo",
    "rpm/v1.28/golden-mirrors.repo",
    "apt/mirrors.list",
    "apt/v1.28-mirrors.sources",
  })
  void anAddressThatMirrorsJsonDoesNotHaveIsFound(String path) throws IOException {
    list(MIRRORS);
    String bad = text(path).replaceFirst("https://[^/]*/", "https://evil.example.net/");
    assertThat(bad).isNotEqualTo(text(path));
    resign(path, bad);
    assertThat(verify().problems())
        .filteredOn(p -> p.severity() == Problem.Severity.FAULT)
        .isNotEmpty()
        .allMatch(p -> p.file().equals(path) || p.file().matches("mirrors.json|rpm, apt"));
  }

  @Test
  void aMetalinkOfAnotherIndexIsFound() throws IOException {
    resign("rpm/v1.28/metalink.xml", text("rpm/metalink.xml").replace("/rpm/", "/rpm/v1.28/"));
    assertThat(verify().problems())
        .filteredOn(p -> p.severity() == Problem.Severity.FAULT)
        .singleElement()
        .matches(p -> p.file().equals("rpm/v1.28/metalink.xml"));
  }

  private void resign(String path, String text) throws IOException {
    Path file = tree.root().resolve(path);
    Files.writeString(file, text);
    Manifest before = manifest();
    SortedMap<String, Manifest.Entry> entries = new TreeMap<>(before.entries());
    entries.put(
        path, new Manifest.Entry(Sha256.of(file), Files.size(file), entries.get(path).stage()));
    Manifest next = new Manifest(before.serial(), before.validUntil(), before.keys(), entries);
    Files.write(tree.root().resolve("manifest"), next.bytes());
    Files.write(
        tree.root().resolve("manifest.asc"),
        Armor.encode(
            TinyTree.key().detached(Blob.of(next.bytes()), Instant.parse("2026-11-23T00:00:00Z"))));
  }
}
