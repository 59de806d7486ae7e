package io.klts.repo.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.klts.repo.blob.Sha256;
import io.klts.repo.build.BuildPlan;
import io.klts.repo.build.PackageBuild;
import io.klts.repo.build.Project;
import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.compress.BlockCache;
import io.klts.repo.compress.Compressor;
import io.klts.repo.elf.TinyElf;
import io.klts.repo.signature.SecretKey;
import io.klts.repo.signature.Signer;
import io.klts.repo.tree.LocalTree;
import io.klts.repo.tree.Manifest;
import io.klts.repo.tree.Prune;
import io.klts.repo.tree.StoredTree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.io.file.PathUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to a tree after its first publication: withdraw, go back, refresh, prune. */
class LifeCycleTest {

  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final LtsVersion OLDER = LtsVersion.parse("v1.28.15-lts.1");
  private static final LtsVersion NEWER = LtsVersion.parse("v1.28.15-lts.2");
  private static final String PACKAGES = "apt/dists/v1.28/main/binary-amd64/Packages";
  private static final Instant LATER = Instant.parse("2026-11-25T04:05:06.789Z");

  @TempDir Path folder;
  private Path root;
  private Project project;
  private Optional<Signer> signer;

  /** A change of the publication, up to its commit. */
  private interface Change {
    Publication.Outcome apply(Publication publication, LocalTree tree) throws IOException;
  }

  @BeforeEach
  void publishTwoReleases() throws IOException {
    root = folder.resolve("tree");
    project = Project.load(GOLDEN.resolve("templates"));
    signer =
        Optional.of(
            SecretKey.load(
                Path.of("src/test/resources/keys/good.asc"),
                new char[0],
                Instant.parse("2026-01-01T00:00:00Z")));
    TinyElf runc = TinyElf.amd64().interpreter("/lib64/ld-linux-x86-64.so.2").gnuHash();
    Path amd64 = Files.createDirectories(folder.resolve("binaries/amd64"));
    TinyElf.amd64().write(amd64.resolve("kubelet"));
    runc.needs("libc.so.6", "GLIBC_2.34").write(amd64.resolve("runc"));
    publish(OLDER);
    publish(NEWER);
  }

  private Publication.Outcome publish(LtsVersion release) throws IOException {
    return change(
        (publication, tree) -> {
          Path archives = folder.resolve("archives");
          BuildPlan plan =
              BuildPlan.of(project, release, folder.resolve("binaries"), Set.of(), archives);
          BlockCache cache = BlockCache.at(folder.resolve("cache"), Long.MAX_VALUE);
          try (Compressor compressor = new Compressor(cache, 1, (bytes, known) -> {})) {
            PackageBuild build = new PackageBuild(project, compressor, signer, 1, () -> {});
            publication.add(plan, build.run(plan, tree.scratch().resolve("packages")));
            return publication.commit();
          }
        });
  }

  private Publication.Outcome change(Change change) throws IOException {
    try (LocalTree tree = LocalTree.open(root, Duration.ZERO, holder -> {})) {
      Publication publication =
          new Publication(
              tree,
              project.catalogue().identity(),
              TinyTree.site("https://packages.example.org"),
              signer.stream().toList());
      return change.apply(publication, tree);
    }
  }

  private String text(String path) throws IOException {
    return Files.readString(root.resolve(path));
  }

  private Manifest manifest() throws IOException {
    return Manifest.parse(Files.readAllBytes(root.resolve(Manifest.PATH)), "manifest");
  }

  /** All files of the tree that its manifest lists have the digests that it says. */
  private void assertWhole() throws IOException {
    for (Map.Entry<String, Manifest.Entry> file : manifest().entries().entrySet()) {
      assertThat(Sha256.of(root.resolve(file.getKey())))
          .as(file.getKey())
          .isEqualTo(file.getValue().sha256());
    }
  }

  /** What clients get, without what depends on dates. */
  private SortedMap<String, Sha256> content() throws IOException {
    SortedMap<String, Sha256> content = new TreeMap<>();
    manifest()
        .entries()
        .forEach(
            (path, entry) -> {
              if (path.matches(
                  "rpm/.*\\.rpm|apt/(pool|changelogs)/.*|(osv|openvex)/.*|.*/Packages.*"
                      + "|.*-(primary|filelists|other|updateinfo).xml.gz")) {
                content.put(path, entry.sha256());
              }
            });
    return content;
  }

  private Publication.Outcome withdraw(LtsVersion release, String reason) throws IOException {
    return change(
        (publication, tree) -> {
          publication.withdraw(release, reason);
          return publication.commit();
        });
  }

  @Test
  void aReleaseThatIsWithdrawnIsInNoIndexAndItsFilesStay() throws IOException {
    assertThat(text(PACKAGES)).contains("Version: 1.28.15-lts.2");
    String rpm = "rpm/v1.28/x86_64/kubelet-1.28.15.lts.2-1.x86_64.rpm";
    assertThat(withdraw(NEWER, "breaks nodes with cgroup v1").serial()).isEqualTo(3);

    assertThat(text(PACKAGES)).contains("1.28.15-lts.1").doesNotContain("1.28.15-lts.2");
    assertThat(text("apt/dists/stable/main/binary-amd64/Packages")).doesNotContain("1.28.15-lts.2");
    assertThat(text("releases.json")).contains("\"withdrawn\" : \"breaks nodes with cgroup v1\"");
    assertThat(text("latest/v1.28.txt")).isEqualTo("1.28.15-lts.1\n");
    assertThat(root.resolve(rpm)).exists();
    assertThat(manifest().entries()).doesNotContainKey(rpm);
    // An add-on that another release has stays.
    assertThat(text(PACKAGES)).contains("Package: runc");
    assertWhole();
  }

  @Test
  void aReleaseThatIsWithdrawnIsNotAdvised() throws IOException {
    assertThat(errata())
        .contains(
            "apt/changelogs/main/k/kubelet/kubelet_1.28.15-lts.2_changelog",
            "openvex/kubernetes-1.28.json",
            "osv/GOLDEN-CVE-2024-10220.json",
            "osv/GOLDEN-CVE-2025-0426.json");
    assertThat(updateInfo()).contains("GOLDEN-1.28.15-lts.2");
    withdraw(NEWER, "it is broken");
    assertThat(errata())
        .contains("apt/changelogs/main/k/kubelet/kubelet_1.28.15-lts.1_changelog")
        .noneMatch(path -> path.contains("lts.2"))
        .noneMatch(path -> path.startsWith("osv/") || path.startsWith("openvex/"));
    assertThat(updateInfo()).doesNotContain("GOLDEN-");
  }

  private List<String> errata() throws IOException {
    return manifest().entries().keySet().stream()
        .filter(path -> path.matches("(osv|openvex|apt/changelogs)/.*"))
        .toList();
  }

  private String updateInfo() throws IOException {
    String path =
        manifest().entries().keySet().stream()
            .filter(name -> name.matches("rpm/v1.28/repodata/.*-updateinfo.xml.gz"))
            .findFirst()
            .orElseThrow();
    try (InputStream in = new GZIPInputStream(Files.newInputStream(root.resolve(path)))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void aWithdrawnReleaseDoesNotComeBackByAccident() throws IOException {
    withdraw(NEWER, "it is broken");
    assertThatThrownBy(() -> publish(NEWER))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("1.28.15-lts.2 was withdrawn: it is broken");
    assertThatThrownBy(() -> withdraw(NEWER, "again"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("was withdrawn: it is broken");
    assertThatThrownBy(() -> withdraw(LtsVersion.parse("v1.10.13-lts.1"), "never was"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("published: v1.28.15-lts.1 v1.28.15-lts.2");
    assertThat(manifest().serial()).isEqualTo(3);
  }

  /** Whoever does not know whether the run before went through says the same again. */
  @Test
  void theSameWithdrawalOnceMoreChangesNothing() throws IOException {
    assertThat(withdraw(NEWER, "it is broken").serial()).isEqualTo(3);
    assertThat(withdraw(NEWER, "it is broken").serial()).isEqualTo(3);
    assertWhole();
  }

  @Test
  void theLastReleaseOfAChannelLeavesAnEmptyChannel() throws IOException {
    withdraw(NEWER, "one");
    withdraw(OLDER, "two");
    assertThat(text(PACKAGES).lines().filter(line -> line.startsWith("Package:")))
        .containsExactly("Package: golden-archive-keyring");
    assertThat(text("rpm/v1.28/repodata/repomd.xml")).contains("<data type=\"primary\">");
    assertThat(root.resolve("latest/v1.28.txt")).exists();
    assertThat(manifest().entries()).doesNotContainKey("latest/v1.28.txt");
    assertWhole();
  }

  @Test
  void goingBackPublishesTheEarlierContentUnderANewSerial() throws IOException {
    SortedMap<String, Sha256> before = content();
    String dates =
        text("apt/dists/v1.28/Release").lines().filter(l -> l.startsWith("Date")).toList().get(0);
    withdraw(NEWER, "a mistake");
    Publication.Outcome outcome =
        change(
            (publication, tree) -> {
              assertThat(publication.previousSerial()).isEqualTo(2);
              publication.rollback(2);
              return publication.commitAll();
            });
    assertThat(outcome.serial()).isEqualTo(4);
    assertThat(content()).isEqualTo(before);
    assertThat(text("apt/dists/v1.28/Release")).contains(dates);
    assertThat(text("releases.json")).doesNotContain("withdrawn");
    assertWhole();
    // From there it goes on as ever.
    assertThat(publish(NEWER).serial()).isEqualTo(4);
    assertThat(withdraw(OLDER, "old").serial()).isEqualTo(5);
    assertWhole();
  }

  @Test
  void goingBackToWhatIsNotKeptIsRefused() throws IOException {
    assertThatThrownBy(
            () ->
                change(
                    (publication, tree) -> {
                      publication.rollback(7);
                      return publication.commitAll();
                    }))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("serial 7 is not kept; there are: 1");
    withdraw(NEWER, "gone");
    Files.delete(root.resolve("rpm/v1.28/x86_64/kubelet-1.28.15.lts.2-1.x86_64.rpm"));
    assertThatThrownBy(
            () ->
                change(
                    (publication, tree) -> {
                      publication.rollback(2);
                      return publication.commitAll();
                    }))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("lts.2-1.x86_64.rpm of serial 2 is not in the tree any more");
    assertThat(manifest().serial()).isEqualTo(3);
  }

  @Test
  void aRefreshChangesDatesAndSignaturesOnly() throws IOException {
    SortedMap<String, Sha256> before = content();
    change(
        (publication, tree) -> {
          publication.refresh(LATER, 14);
          return publication.commitAll();
        });
    assertThat(content()).isEqualTo(before);
    assertThat(text("apt/dists/v1.28/Release"))
        .contains(
            "Date: Wed, 25 Nov 2026 04:05:06 UTC\nValid-Until: Wed, 09 Dec 2026 04:05:06 UTC\n");
    assertThat(text("rpm/v1.28/repodata/repomd.xml"))
        .contains("<data type=\"suseinfo\">")
        .contains("<revision>" + LATER.getEpochSecond() + "</revision>");
    assertThat(text("lastupdate")).isEqualTo(LATER.getEpochSecond() + "\n");
    assertWhole();
    // What is published afterwards holds as long.
    withdraw(OLDER, "old");
    assertThat(text("apt/dists/v1.28/Release")).contains("Valid-Until: Wed, 09 Dec 2026");
  }

  @Test
  void pruningDeletesWhatNoKeptGenerationNames() throws IOException {
    Files.writeString(root.resolve("robots.txt"), "not ours");
    withdraw(NEWER, "gone");
    String rpm = "rpm/v1.28/x86_64/kubelet-1.28.15.lts.2-1.x86_64.rpm";
    Instant tomorrow = Instant.now().plus(Duration.ofDays(1));
    assertThat(prune(3, Duration.ZERO, tomorrow).paths()).isEmpty();
    assertThat(prune(0, Duration.ofDays(3), tomorrow).paths()).isEmpty();
    // Without the newer release the tree is again what it was before: the oldest generation has no
    // file of its own.
    Prune oldest = prune(1, Duration.ZERO, tomorrow);
    assertThat(oldest.dropped()).hasSize(1);
    assertThat(oldest.paths()).isEmpty();
    assertThat(root.resolve(rpm)).exists();

    Prune prune = prune(0, Duration.ZERO, tomorrow);
    assertThat(prune.paths()).contains(rpm);
    assertThat(prune.bytes()).isPositive();
    assertThat(root.resolve(rpm)).doesNotExist();
    assertWhole();
    try (Stream<Path> files = Files.walk(root)) {
      List<String> left =
          files
              .filter(Files::isRegularFile)
              .map(file -> root.relativize(file).toString())
              .filter(path -> !path.startsWith(".klts/"))
              .toList();
      List<String> expected = new java.util.ArrayList<>(manifest().entries().keySet());
      expected.addAll(List.of("manifest", "manifest.asc", "robots.txt"));
      assertThat(left).containsExactlyInAnyOrderElementsOf(expected);
    }
    assertThat(publish(OLDER).serial()).isEqualTo(3);
  }

  private Prune prune(int keep, Duration age, Instant now) throws IOException {
    try (LocalTree tree = LocalTree.open(root, Duration.ZERO, holder -> {})) {
      Prune prune = Prune.plan(tree, keep, age, now);
      prune.run(tree);
      return prune;
    }
  }

  private Difference difference(Optional<Long> from, Optional<Long> to) throws IOException {
    return StoredTree.look(root, tree -> Difference.of(tree, from, to));
  }

  @Test
  void aDifferenceNamesWhatAReleaseBrought() throws IOException {
    Difference difference = difference(Optional.empty(), Optional.empty());
    assertThat(difference.from().serial()).isEqualTo(1);
    assertThat(difference.to().serial()).isEqualTo(2);
    assertThat(difference.releases())
        .containsExactly(
            new Difference.ReleaseChange(Difference.Event.ADDED, "v1.28.15-lts.2", ""));
    // The add-on was there, and there is one kubelet for each format.
    assertThat(difference.packages())
        .containsExactly(
            new Difference.PackageChange(true, "v1.28", "kubelet", "1.28.15-lts.2", "amd64", "deb"),
            new Difference.PackageChange(
                true, "v1.28", "kubelet", "1.28.15.lts.2-1", "x86_64", "rpm"));
    assertThat(difference.indexes())
        .containsExactly(
            "apt/dists/stable/Release",
            "apt/dists/v1.28/Release",
            "rpm/repodata/repomd.xml",
            "rpm/v1.28/repodata/repomd.xml");
    assertThat(difference.definitions()).isEmpty();
  }

  @Test
  void aDifferenceReadsBothWays() throws IOException {
    withdraw(NEWER, "a mistake");
    Difference there = difference(Optional.of(2L), Optional.of(3L));
    assertThat(there.releases())
        .containsExactly(
            new Difference.ReleaseChange(
                Difference.Event.WITHDRAWN, "v1.28.15-lts.2", "a mistake"));
    assertThat(there.packages()).hasSize(2).noneMatch(Difference.PackageChange::added);

    Difference back = difference(Optional.of(3L), Optional.of(2L));
    assertThat(back.releases())
        .containsExactly(
            new Difference.ReleaseChange(Difference.Event.RETURNED, "v1.28.15-lts.2", ""));
    assertThat(back.packages()).hasSize(2).allMatch(Difference.PackageChange::added);
    assertThat(back.indexes()).isEqualTo(there.indexes());

    assertThat(difference(Optional.of(3L), Optional.empty()).indexes()).isEmpty();
    // What it was before the newer release came, apart from that release's entry.
    assertThat(difference(Optional.of(1L), Optional.empty()).packages()).isEmpty();
  }

  @Test
  void aDifferenceTellsDatesAndAddresses() throws IOException {
    change(
        (publication, tree) -> {
          publication.refresh(LATER, 14);
          return publication.commitAll();
        });
    Difference difference = difference(Optional.empty(), Optional.empty());
    assertThat(difference.from().validUntil()).isEmpty();
    assertThat(difference.to().date()).isEqualTo("2026-11-25T04:05:06Z");
    assertThat(difference.to().validUntil()).isEqualTo("2026-12-09T04:05:06Z");
    assertThat(difference.releases()).isEmpty();
    assertThat(difference.packages()).isEmpty();
    assertThat(difference.indexes()).hasSize(4);

    try (LocalTree tree = LocalTree.open(root, Duration.ZERO, holder -> {})) {
      new Publication(
              tree,
              project.catalogue().identity(),
              TinyTree.site("https://new.example.org"),
              signer.stream().toList())
          .commit();
    }
    Difference moved = difference(Optional.empty(), Optional.empty());
    // apt is told the address of changelogs, and all machines have to learn where to go.
    assertThat(moved.indexes())
        .containsExactly(
            "apt/dists/stable/Release",
            "apt/dists/v1.28/Release",
            "rpm/repodata/repomd.xml",
            "rpm/v1.28/repodata/repomd.xml");
    assertThat(moved.definitions())
        .contains("apt/v1.28.sources", "rpm/v1.28/golden.repo")
        .doesNotContain("keys/golden.asc");
  }

  @Test
  void beforeTheFirstPublicationThereIsNothing() throws IOException {
    Difference difference = difference(Optional.empty(), Optional.of(1L));
    assertThat(difference).isEqualTo(difference(Optional.of(0L), Optional.of(1L)));
    assertThat(difference.from()).isEqualTo(new Difference.Side(0, "", "", 0, ""));
    assertThat(difference.releases())
        .isNotEmpty()
        .allMatch(r -> r.event() == Difference.Event.ADDED);
    assertThat(difference.packages()).isNotEmpty().allMatch(Difference.PackageChange::added);
    assertThat(difference.indexes()).contains("rpm/repodata/repomd.xml");
    assertThat(difference.definitions()).contains("apt/v1.28.sources");
  }

  @Test
  void aDifferenceNeedsSerialsThatAreKept() throws IOException {
    assertThatThrownBy(() -> difference(Optional.of(7L), Optional.empty()))
        .isInstanceOf(IOException.class)
        .hasMessage("serial 7 is not kept; there are: 1\n  nothing was changed");
    PathUtils.deleteDirectory(root.resolve(".klts/generations"));
    assertThatThrownBy(() -> difference(Optional.empty(), Optional.empty()))
        .isInstanceOf(IOException.class)
        .hasMessage("serial 1 is not kept; there are: none\n  nothing was changed");
    assertThatThrownBy(
            () -> StoredTree.look(folder, t -> Difference.of(t, Optional.empty(), Optional.of(1L))))
        .isInstanceOf(IOException.class)
        .hasMessage(folder + " is not a published tree: it has no manifest");
  }
}
