package io.klts.repo.verify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.klts.repo.build.BuildPlan;
import io.klts.repo.build.PackageBuild;
import io.klts.repo.build.Project;
import io.klts.repo.catalogue.Arch;
import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.catalogue.Release;
import io.klts.repo.compress.BlockCache;
import io.klts.repo.compress.Compressor;
import io.klts.repo.elf.ElfMachine;
import io.klts.repo.elf.TinyProgram;
import io.klts.repo.publish.Publication;
import io.klts.repo.publish.TinyTree;
import io.klts.repo.serve.StaticServer;
import io.klts.repo.signature.NewKey;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.signature.SecretKey;
import io.klts.repo.source.FolderSource;
import io.klts.repo.source.HttpSource;
import io.klts.repo.tree.LocalTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.io.file.PathUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A good tree has no problem, and each damage of it is found where it is. */
class VerifyTest {

  private static final Instant NOW = Instant.parse("2026-11-25T00:00:00Z");
  private static final Path KEY = Path.of("src/test/resources/keys/good.asc");
  private static final String MINOR = "rpm/v1.28";
  private static final String SUITE = "apt/dists/v1.28";
  private static final String STAMP = "timestamp.asc";
  private static final String DEFINED = "rpm/v1.28/klts.repo";

  @TempDir private static Path folder;

  private static SecretKey good;
  private static SecretKey other;

  /** The good tree, and what it was one release before. */
  private static Path tree;

  private static Path older;

  @BeforeAll
  static void publish() throws IOException {
    good = SecretKey.load(KEY, new char[0], NOW);
    Path file = folder.resolve("other.asc");
    NewKey.generate(
            "Mallory",
            "mallory@example.org",
            new char[0],
            Period.ofYears(5),
            Instant.EPOCH.plusSeconds(1_790_000_000L))
        .saveSecret(file);
    other = SecretKey.load(file, new char[0], NOW);
    tree = folder.resolve("tree");
    older = folder.resolve("older");
    publish("v1.28.15-lts.1");
    publish("v1.29.15-lts.1");
    TamperedTree.copy(tree, older);
    publish("v1.28.15-lts.2");
  }

  private static void publish(String tag) throws IOException {
    LtsVersion version = LtsVersion.parse(tag);
    Project project = Project.load(Path.of("repo-templates"));
    Path binaries = folder.resolve("binaries-" + tag);
    for (String name : List.of("kubeadm", "kubelet", "kubectl")) {
      program(binaries.resolve("amd64").resolve(name), version);
    }
    for (String addon : List.of("cri-tools", "kubernetes-cni")) {
      for (Release release : project.catalogue().addons(version.minor(), addon)) {
        for (String name : project.recipes().get(addon).binaries(release.version())) {
          program(binaries.resolve("amd64").resolve(addon).resolve(name), release.version());
        }
      }
    }
    BuildPlan plan = BuildPlan.of(project, version, binaries, Set.of(), folder.resolve("archives"));
    try (LocalTree open = LocalTree.open(tree, Duration.ZERO, holder -> {});
        Compressor compressor =
            new Compressor(
                BlockCache.at(folder.resolve("cache"), Long.MAX_VALUE), 2, (bytes, known) -> {})) {
      Publication publication =
          new Publication(
              open,
              project.catalogue().identity(),
              TinyTree.site("https://packages.example.org/klts"),
              List.of(good));
      PackageBuild build = new PackageBuild(project, compressor, Optional.of(good), 2, () -> {});
      publication.add(plan, build.run(plan, open.scratch().resolve("packages")));
      publication.commit();
    }
  }

  private static void program(Path file, LtsVersion version) throws IOException {
    Files.createDirectories(file.getParent());
    String text = file.getFileName() + " " + version.tag() + "\n";
    Files.write(file, TinyProgram.of(new ElfMachine(Arch.AMD64.elfMachine()), text));
  }

  private static Report verify(Path root) throws IOException {
    return verify(root, NOW);
  }

  private static Report verify(Path root, Instant now) throws IOException {
    return Verification.run(new FolderSource(root), Optional.of(good.key()), now);
  }

  private static TamperedTree copyOf(String name) throws IOException {
    Path copy = Files.createTempDirectory(folder, name.replaceAll("\\W+", "-"));
    TamperedTree.copy(tree, copy);
    return new TamperedTree(copy, good);
  }

  @Test
  void aGoodTreeHasNoProblem() throws IOException {
    Report report = verify(tree);
    assertThat(report.problems()).isEmpty();
    assertThat(report.isHealthy()).isTrue();
    assertThat(report.channels()).isEqualTo(6);
    assertThat(report.older()).isPositive();
    assertThat(report.key()).isEqualTo(good.key().fingerprint());
    assertThat(report.notes()).isEmpty();
  }

  @Test
  void withoutAKeyTheReportSaysWhatThatProves() throws IOException {
    Report report = Verification.run(new FolderSource(tree), Optional.empty(), NOW);
    assertThat(report.problems()).isEmpty();
    assertThat(report.notes()).anyMatch(note -> note.contains("--key"));
  }

  @Test
  void aGoodTreeIsGoodOverHttp() throws IOException {
    try (StaticServer server = StaticServer.start(tree, "127.0.0.1", 0);
        HttpSource source = new HttpSource(server.uri().toString())) {
      Report report = Verification.run(source, Optional.of(good.key()), NOW);
      assertThat(report.problems()).isEmpty();
      assertThat(report.files()).isEqualTo(verify(tree).files());
    }
  }

  @Test
  void overHttpDamageIsFoundAndNothingIsFetchedUnproven() throws IOException {
    TamperedTree copy = copyOf("http");
    String deb = copy.find("apt/pool/.*kubelet.*");
    String primary = copy.find("rpm/v1.29/repodata/.*primary.*");
    copy.delete(primary);
    copy.write(deb, new byte[1 << 20]);
    try (StaticServer server = StaticServer.start(copy.root(), "127.0.0.1", 0);
        HttpSource source = new HttpSource(server.uri().toString())) {
      assertThat(faults(Verification.run(source, Optional.of(good.key()), NOW)))
          .contains(deb, primary);
      Report unproven = Verification.run(source, Optional.of(other.key()), NOW);
      assertThat(unproven.notes()).anyMatch(note -> note.contains("nothing else was fetched"));
      assertThat(faults(unproven)).contains("manifest.asc").doesNotContain(deb);
    }
  }

  @Test
  void whatIsNoTreeCannotBeRead() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertThatThrownBy(() -> verify(empty)).hasMessageContaining("not a published tree");
    assertThatThrownBy(() -> new FolderSource(folder.resolve("nowhere")))
        .hasMessageContaining("nowhere");
    try (HttpSource nobody = new HttpSource("http://127.0.0.1:9/")) {
      assertThatThrownBy(() -> Verification.run(nobody, Optional.empty(), NOW))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void keysAreReportedBeforeTheyEnd() throws IOException {
    Instant end = good.key().expires().orElseThrow();
    Report soon = verify(tree, end.minus(Duration.ofDays(100)));
    assertThat(soon.isHealthy()).isTrue();
    assertThat(soon.problems()).anyMatch(p -> p.found().contains("in 100 days"));
    assertThat(verify(tree, end).isHealthy()).isFalse();
  }

  private interface Edit {
    void apply(TamperedTree tree) throws IOException;
  }

  /**
   * A way to damage a tree.
   *
   * @param file what a fault has to name: how it begins or ends
   */
  private record Damage(String name, String file, Edit edit) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Damage> damages() {
    List<Damage> all = new ArrayList<>();
    for (String kind :
        List.of(
            "rpm/v1.28/x86_64/kubelet-.*\\.rpm",
            "apt/pool/main/k/kubelet/.*\\.deb",
            MINOR + "/repodata/repomd.xml",
            MINOR + "/repodata/repomd.xml.asc",
            MINOR + "/repodata/repomd.xml.key",
            MINOR + "/repodata/.*primary.*",
            MINOR + "/repodata/.*filelists.*",
            MINOR + "/repodata/.*other.*",
            MINOR + "/repodata/.*updateinfo.*",
            MINOR + "/media.1/media",
            "rpm/repodata/repomd.xml",
            SUITE + "/Release",
            SUITE + "/Release.gpg",
            SUITE + "/InRelease",
            "timestamp.asc",
            SUITE + "/main/binary-amd64/Packages",
            SUITE + "/main/binary-amd64/Packages.gz",
            SUITE + "/main/binary-amd64/Packages.xz",
            SUITE + "/main/binary-amd64/by-hash/.*",
            "keys/.*asc",
            "keys/.*gpg",
            DEFINED,
            MINOR + "/klts-zypper.repo",
            "apt/v1.28.sources",
            "apt/v1.28.list",
            "rpm/klts-vendors.conf",
            "osv/.*json",
            "openvex/.*json",
            "apt/changelogs/.*_changelog",
            "packages.json",
            "packages/.*gz",
            "packages/.*xz",
            "packages/.*json")) {
      all.add(new Damage("flipped " + kind, kind, t -> t.flip(t.find(kind))));
      all.add(new Damage("truncated " + kind, kind, t -> t.truncate(t.find(kind))));
      all.add(new Damage("missing " + kind, kind, t -> t.delete(t.find(kind))));
    }
    all.addAll(manifests());
    all.addAll(names());
    all.addAll(generations());
    all.addAll(keys());
    all.addAll(rpmIndexes());
    all.addAll(advisories());
    all.addAll(aptIndexes());
    all.addAll(definitions());
    all.addAll(timestamps());
    return all.stream();
  }

  private static List<Damage> manifests() {
    return List.of(
        new Damage("flipped manifest", "manifest.asc", t -> t.flip("manifest")),
        new Damage("truncated manifest", "manifest", t -> t.truncate("manifest")),
        new Damage("missing manifest", "manifest", t -> t.delete("manifest")),
        new Damage(
            "flipped signature of the manifest", "manifest.asc", t -> t.flip("manifest.asc")),
        new Damage("empty signature", "manifest.asc", t -> t.write("manifest.asc", new byte[0])),
        new Damage("missing signature", "manifest.asc", t -> t.delete("manifest.asc")),
        new Damage(
            "a key of another in the manifest",
            "manifest",
            t -> {
              t.edit("manifest", m -> m.replaceFirst("key \\w+", "key " + "AB".repeat(20)));
              t.sign("manifest", "manifest.asc");
            }),
        new Damage(
            "wrong stage",
            "repomd.xml",
            t -> {
              t.edit(
                  "manifest",
                  m -> m.replaceFirst("ROOT (rpm/repodata/repomd.xml\n)", "PAYLOAD $1"));
              t.sign("manifest", "manifest.asc");
            }),
        new Damage(
            "wrong size in the manifest",
            "packages.json",
            t -> {
              t.edit("manifest", m -> m.replaceFirst(" (\\d+) (INDEX packages.json)", " 1$1 $2"));
              t.sign("manifest", "manifest.asc");
            }),
        new Damage(
            "a manifest of blanks",
            "manifest",
            t -> t.write("manifest", " \n".repeat(99).getBytes(UTF_8))));
  }

  private static List<Damage> names() {
    return List.of(
        new Damage("extra file", "notes.txt", t -> t.write("notes.txt", new byte[1])),
        new Damage("hidden file", ".htaccess", t -> t.write(".htaccess", new byte[1])),
        new Damage(
            "extra package",
            "evil-1-1.x86_64.rpm",
            t -> t.write(MINOR + "/x86_64/evil-1-1.x86_64.rpm", new byte[1])),
        new Damage(
            "file that is not what its digest says",
            "0".repeat(64),
            t ->
                t.write(
                    SUITE + "/main/binary-amd64/by-hash/SHA256/" + "0".repeat(64), new byte[1])),
        new Damage(
            "link to a file",
            DEFINED,
            t -> {
              t.delete(DEFINED);
              Files.createSymbolicLink(t.file(DEFINED), t.file(MINOR + "/klts-zypper.repo"));
            }),
        new Damage(
            "link to a folder",
            "more",
            t -> Files.createSymbolicLink(t.file("more"), t.file("rpm"))),
        new Damage(
            "name in another case",
            "KLTS.repo",
            t -> Files.move(t.file(DEFINED), t.file(MINOR + "/KLTS.repo"))),
        new Damage(
            "unknown kind of file in the manifest",
            "rpm/index.html",
            t -> {
              t.write("rpm/index.html", new byte[1]);
              t.publish("rpm/index.html");
            }),
        new Damage(
            "listed package that no index names",
            "kubelet-9-1.x86_64.rpm",
            t -> {
              t.write(MINOR + "/x86_64/kubelet-9-1.x86_64.rpm", new byte[1]);
              t.publish(MINOR + "/x86_64/kubelet-9-1.x86_64.rpm");
            }),
        new Damage(
            "swapped packages",
            ".rpm",
            t -> t.swap(t.find(MINOR + "/.*kubelet.*rpm"), t.find(MINOR + "/.*kubeadm.*rpm"))),
        new Damage(
            "swapped packages, listed as they are",
            MINOR + "/repodata",
            t -> {
              t.swap(t.find(MINOR + "/.*kubelet.*rpm"), t.find(MINOR + "/.*kubeadm.*rpm"));
              t.publish();
            }),
        new Damage(
            "folder in place of a file",
            "packages.json",
            t -> {
              t.delete("packages.json");
              Files.createDirectory(t.file("packages.json"));
            }),
        new Damage(
            "state of unknown digests",
            "packages.json",
            t -> {
              t.edit("packages.json", s -> s.replaceFirst("[0-9a-f]{64}", "0".repeat(64)));
              t.publish();
            }));
  }

  /** Puts files of the older state back, names and all. */
  private static Edit back(String... paths) {
    return t -> {
      for (String path : paths) {
        t.write(path, Files.readAllBytes(older.resolve(path)));
      }
    };
  }

  private static List<Damage> generations() {
    String repomd = MINOR + "/repodata/repomd.xml";
    return List.of(
        new Damage("older root of rpm", "repomd.xml", back(repomd)),
        new Damage("older root of rpm, signed", "repomd.xml", back(repomd, repomd + ".asc")),
        new Damage(
            "older root of rpm, listed",
            "repomd.xml",
            t -> {
              back(repomd, repomd + ".asc").apply(t);
              t.publish();
            }),
        new Damage("older signature of rpm", "repomd.xml.asc", back(repomd + ".asc")),
        new Damage("older InRelease", "InRelease", back(SUITE + "/InRelease")),
        new Damage(
            "older InRelease, listed",
            "InRelease",
            t -> {
              back(SUITE + "/InRelease").apply(t);
              t.publish();
            }),
        new Damage(
            "older Release with its signature",
            "Release",
            back(SUITE + "/Release", SUITE + "/Release.gpg")),
        new Damage(
            "older roots of apt, listed",
            "Release",
            t -> {
              back(SUITE + "/Release", SUITE + "/Release.gpg", SUITE + "/InRelease").apply(t);
              t.publish();
            }),
        new Damage("older manifest", "manifest.asc", back("manifest")),
        new Damage("older manifest, signed", "repomd.xml", back("manifest", "manifest.asc")),
        new Damage("older index", "Packages", back(SUITE + "/main/binary-amd64/Packages")),
        new Damage("older state", "packages.json", back("packages.json")),
        new Damage(
            "root of another channel",
            "repomd.xml",
            t -> t.swap(repomd, "rpm/v1.29/repodata/repomd.xml")),
        new Damage(
            "suite under the name of another",
            "v1.28/Release",
            t -> {
              for (String name : List.of("Release", "Release.gpg", "InRelease")) {
                t.write(SUITE + "/" + name, t.read("apt/dists/v1.29/" + name));
              }
              t.publish();
            }));
  }

  private static List<Damage> keys() {
    String repomd = MINOR + "/repodata/repomd.xml";
    return List.of(
        new Damage("manifest by another", "manifest.asc", t -> t.signedBy(other).publish()),
        new Damage(
            "root of rpm by another",
            "repomd.xml.asc",
            t -> {
              t.signedBy(other).sign(repomd, repomd + ".asc");
              t.publish();
            }),
        new Damage(
            "roots of apt by another",
            "InRelease",
            t -> {
              t.signedBy(other).signRelease("v1.28");
              t.publish();
            }),
        new Damage(
            "detached signature of apt by another",
            "Release.gpg",
            t -> {
              t.signedBy(other).sign(SUITE + "/Release", SUITE + "/Release.gpg");
              t.publish();
            }),
        new Damage(
            "everything by another, with its key",
            "keys",
            t -> {
              PublicKey key = other.key();
              t.write("keys/klts.asc", key.armored());
              t.write("keys/klts.gpg", key.binary());
              t.signedBy(other).publish();
            }),
        new Damage(
            "indexes changed by another who fits all digests",
            "repomd.xml.asc",
            t -> {
              String path =
                  t.signedBy(other)
                      .redigest(MINOR, "primary", x -> x.replace("util-linux", "evil"));
              t.publish(path);
            }),
        new Damage(
            "indexes changed and nothing signed",
            "manifest.asc",
            t -> t.list(t.redigest(MINOR, "primary", x -> x.replace("util-linux", "evil")))),
        new Damage(
            "binary key of another",
            "keys/klts.gpg",
            t -> {
              t.write("keys/klts.gpg", other.key().binary());
              t.publish();
            }),
        new Damage(
            "armored key under the name of a binary one",
            "keys/klts.gpg",
            t -> {
              t.write("keys/klts.gpg", good.key().armored());
              t.publish();
            }),
        new Damage(
            "key of another beside the index",
            "repomd.xml.key",
            t -> {
              t.write(repomd + ".key", other.key().armored());
              t.publish();
            }),
        new Damage(
            "no key",
            "keys",
            t -> {
              t.delete("keys/klts.asc");
              t.publish();
            }));
  }

  private static List<Damage> rpmIndexes() {
    return List.of(
        new Damage(
            "wrong open-checksum",
            "primary.xml.gz",
            t ->
                t.repomd(
                    MINOR,
                    x ->
                        x.replaceFirst(
                            "(open-checksum type=\"sha256\">)\\w+", "$1" + "0".repeat(64)))),
        new Damage(
            "wrong checksum",
            "repomd.xml",
            t ->
                t.repomd(
                    MINOR,
                    x ->
                        x.replaceFirst("(<checksum type=\"sha256\">)\\w+", "$1" + "0".repeat(64)))),
        new Damage(
            "wrong size",
            "repomd.xml",
            t -> t.repomd(MINOR, x -> x.replaceFirst("<size>", "<size>1"))),
        new Damage(
            "open-size too small",
            "primary.xml.gz",
            t -> t.repomd(MINOR, x -> x.replaceFirst("<open-size>\\d+", "<open-size>100"))),
        new Damage(
            "open-size of a bomb",
            "repomd.xml",
            t ->
                t.repomd(MINOR, x -> x.replaceFirst("<open-size>\\d+", "<open-size>999999999999"))),
        new Damage(
            "two documents only",
            "repomd.xml",
            t ->
                t.repomd(
                    MINOR, x -> x.replaceFirst("(?s)  <data type=\"other\">.*?</data>\n", ""))),
        new Damage(
            "a path that leaves the tree",
            "repomd.xml",
            t ->
                t.repomd(
                    MINOR, x -> x.replaceFirst("href=\"repodata", "href=\"../../../repodata"))),
        new Damage(
            "document type",
            "repomd.xml",
            t ->
                t.repomd(
                    MINOR,
                    x ->
                        x.replace(
                            "<repomd ",
                            "<!DOCTYPE repomd [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><repomd "))),
        new Damage("no XML", "repomd.xml", t -> t.repomd(MINOR, x -> x.replace("</repomd>", ""))),
        new Damage(
            "too deep XML",
            "repomd.xml",
            t ->
                t.repomd(
                    MINOR,
                    x ->
                        x.replace(
                            "</repomd>", "<a>".repeat(99) + "</a>".repeat(99) + "</repomd>"))),
        new Damage(
            "bomb of a document",
            "primary.xml.gz",
            t ->
                t.document(
                    MINOR,
                    "primary",
                    x -> x.replace("</metadata>", " ".repeat(30 << 20) + "</metadata>"))),
        new Damage(
            "wrong number of packages",
            "primary.xml.gz",
            t ->
                t.document(MINOR, "primary", x -> x.replaceFirst(" packages=\"", " packages=\"1"))),
        new Damage(
            "wrong size of a package",
            MINOR + "/repodata",
            t ->
                t.document(
                    MINOR,
                    "primary",
                    x -> x.replaceFirst("<size package=\"", "<size package=\"1"))),
        new Damage(
            "wrong digest of a package",
            MINOR + "/repodata",
            t ->
                t.document(
                    MINOR,
                    "primary",
                    x -> x.replaceFirst("(pkgid=\"YES\">)\\w+", "$1" + "0".repeat(64)))),
        new Damage(
            "package that is not there",
            MINOR + "/repodata",
            t ->
                t.document(
                    MINOR, "primary", x -> x.replaceFirst("href=\"x86_64/", "href=\"x86_64/not-"))),
        new Damage(
            "package elsewhere",
            "primary.xml.gz",
            t ->
                t.document(
                    MINOR,
                    "primary",
                    x ->
                        x.replaceFirst(
                            "<location ", "<location xml:base=\"http://example.net/\" "))),
        new Damage(
            "package under the name of another",
            MINOR + "/repodata",
            t ->
                t.document(
                    MINOR, "primary", x -> x.replaceFirst("<name>kubeadm<", "<name>kubelet<"))),
        new Damage(
            "packages that filelists does not have",
            "filelists.xml.gz",
            t ->
                t.document(
                    MINOR,
                    "filelists",
                    x ->
                        x.replaceFirst("(?s)<package .*?</package>\n", "")
                            .replaceFirst("packages=\"\\d+", "packages=\"" + (count(x) - 1)))),
        new Damage(
            "package of others in other",
            "other.xml.gz",
            t ->
                t.document(
                    MINOR,
                    "other",
                    x -> x.replaceFirst("pkgid=\"\\w{64}", "pkgid=\"" + "0".repeat(64)))),
        new Damage(
            "bound that nothing meets",
            MINOR,
            t ->
                t.document(
                    MINOR,
                    "primary",
                    x ->
                        x.replaceFirst(
                            "name=\"kubernetes-cni\" flags=\"GE\" epoch=\"0\" ver=\"1.2.0\"",
                            "name=\"kubernetes-cni\" flags=\"GE\" epoch=\"0\" ver=\"9.9\""))),
        new Damage(
            "need of a package of another channel",
            MINOR,
            t ->
                t.document(
                    MINOR,
                    "primary",
                    x ->
                        x.replaceFirst(
                            "<rpm:entry name=\"util-linux\"/>",
                            "<rpm:entry name=\"kubelet\" flags=\"EQ\" epoch=\"0\" ver=\"1.29.15.lts.1\" rel=\"1\"/>"))),
        new Damage("channel with everything lacks one", "rpm", t -> lackOne(t)),
        new Damage("empty document", "primary.xml.gz", t -> t.document(MINOR, "primary", x -> "")));
  }

  private static int count(String xml) {
    return xml.split("<package ", -1).length - 1;
  }

  private static void lackOne(TamperedTree t) throws IOException {
    for (String kind : List.of("primary", "filelists", "other")) {
      t.document(
          "rpm",
          kind,
          x ->
              x.replaceFirst("(?s)<package .*?</package>\n", "")
                  .replaceFirst("packages=\"\\d+", "packages=\"" + (count(x) - 1)));
    }
  }

  private static List<Damage> advisories() {
    return List.of(
        advised("an id of another form", "<id>KLTS-", "<id>"),
        advised("an id of another release", "lts.2</id>", "lts.1</id>"),
        advised(
            "the same id twice",
            "</updates>",
            "<update type=\"security\"><id>KLTS-1.28.15-lts.2</id></update></updates>"),
        advised("another type", "type=\"security\"", "type=\"bugfix\""),
        advised("a severity that dnf does not know", "<severity>Moderate", "<severity>moderate"),
        advised("no CVE", " type=\"cve\"", " type=\"bugzilla\""),
        advised("nothing fixed", "reference ", "other "),
        advised("a package of another architecture", "arch=\"x86_64\"", "arch=\"aarch64\""),
        advised("another epoch", "epoch=\"0\"", "epoch=\"1\""),
        advised("another release", "release=\"1\"", "release=\"2\""),
        advised("a package that is not there", "name=\"kubelet\"", "name=\"kube-proxy\""),
        advised("no packages", "<filename>", "<other>"),
        advised("another root", "updates>", "upgrades>"));
  }

  private static Damage advised(String name, String from, String to) {
    return new Damage(
        "advisory: " + name,
        "updateinfo.xml.gz",
        t ->
            t.document(
                MINOR,
                "updateinfo",
                x ->
                    x.replace(from, to)
                        .replace(
                            "</filename>", to.equals("<other>") ? "</other>" : "</filename>")));
  }

  private static List<Damage> aptIndexes() {
    return List.of(
        new Damage(
            "over since yesterday",
            "Release",
            t ->
                t.release(
                    "v1.28",
                    x ->
                        x.replace(
                            "Acquire", "Valid-Until: Tue, 24 Nov 2026 00:00:00 UTC\nAcquire"))),
        new Damage(
            "of tomorrow",
            "Release",
            t ->
                t.release(
                    "v1.28",
                    x -> x.replaceFirst("Date: .*", "Date: Thu, 26 Nov 2026 00:00:00 UTC"))),
        new Damage(
            "no date",
            "Release",
            t -> t.release("v1.28", x -> x.replaceFirst("Date: .*", "Date: today"))),
        new Damage(
            "suite of another name",
            "Release",
            t -> t.release("v1.28", x -> x.replace("Suite: v1.28", "Suite: stable"))),
        new Damage(
            "codename of another",
            "Release",
            t -> t.release("v1.28", x -> x.replace("Codename: v1.28", "Codename: stable"))),
        new Damage(
            "without by-hash",
            "Release",
            t -> t.release("v1.28", x -> x.replace("Acquire-By-Hash: yes\n", ""))),
        new Damage(
            "architecture without index",
            "Release",
            t ->
                t.release(
                    "v1.28", x -> x.replace("Architectures: amd64", "Architectures: amd64 arm64"))),
        new Damage(
            "wrong digest in Release",
            "Release",
            t -> t.release("v1.28", x -> x.replaceFirst("(?m)^ \\w{64}", " " + "0".repeat(64)))),
        new Damage(
            "wrong size in Release",
            "Release",
            t -> t.release("v1.28", x -> x.replaceFirst("(?m)^( \\w{64} )", "$11"))),
        new Damage(
            "digest listed twice",
            "Release",
            t -> t.release("v1.28", x -> x + x.substring(x.indexOf("\n ") + 1))),
        new Damage(
            "Release is other than InRelease",
            "InRelease",
            t -> {
              t.edit(SUITE + "/Release", x -> x.replaceFirst("Label: .*", "Label: x"));
              t.sign(SUITE + "/Release", SUITE + "/Release.gpg");
              t.publish();
            }),
        new Damage(
            "by-hash not listed",
            "Release",
            t -> {
              t.delete(t.find(SUITE + "/main/binary-amd64/by-hash/.*"));
              t.publish();
            }),
        new Damage(
            "gz of another text",
            "Packages.gz",
            t -> {
              t.index(
                  "v1.28",
                  "main/binary-amd64/Packages.gz",
                  TamperedTree.gzip("x\n".getBytes(UTF_8)));
              t.listByHash("v1.28");
            }),
        new Damage(
            "xz of another text",
            "Packages.xz",
            t -> {
              t.index(
                  "v1.28", "main/binary-amd64/Packages.xz", TamperedTree.xz("x\n".getBytes(UTF_8)));
              t.listByHash("v1.28");
            }),
        new Damage(
            "xz bomb",
            "Packages.xz",
            t -> {
              t.index(
                  "v1.28", "main/binary-amd64/Packages.xz", TamperedTree.xz(new byte[30 << 20]));
              t.listByHash("v1.28");
            }),
        new Damage(
            "gz bomb",
            "Packages.gz",
            t -> {
              t.index(
                  "v1.28", "main/binary-amd64/Packages.gz", TamperedTree.gzip(new byte[30 << 20]));
              t.listByHash("v1.28");
            }),
        new Damage(
            "line without end",
            "Packages",
            t -> t.packages("v1.28", x -> x + "X: " + "x".repeat(3 << 20))),
        new Damage(
            "wrong size of a deb",
            "Packages",
            t -> t.packages("v1.28", x -> x.replaceFirst("\nSize: ", "\nSize: 1"))),
        new Damage(
            "wrong digest of a deb",
            "Packages",
            t ->
                t.packages(
                    "v1.28", x -> x.replaceFirst("SHA256: \\w+", "SHA256: " + "0".repeat(64)))),
        new Damage(
            "deb that is not there",
            "Packages",
            t -> t.packages("v1.28", x -> x.replaceFirst("Filename: pool/", "Filename: pond/"))),
        new Damage(
            "deb outside of the tree",
            "Packages",
            t ->
                t.packages(
                    "v1.28", x -> x.replaceFirst("Filename: pool/", "Filename: ../../pool/"))),
        new Damage(
            "deb under the name of another",
            "Packages",
            t -> t.packages("v1.28", x -> x.replaceFirst("Package: kubeadm", "Package: kubelet"))),
        new Damage(
            "deb of another architecture",
            "Packages",
            t ->
                t.packages(
                    "v1.28", x -> x.replaceFirst("Architecture: amd64", "Architecture: arm64"))),
        new Damage(
            "deb listed twice",
            "Packages",
            t -> t.packages("v1.28", x -> x + x.substring(0, x.indexOf("\n\n") + 2))),
        new Damage(
            "field twice",
            "Packages",
            t ->
                t.packages("v1.28", x -> x.replaceFirst("\nVersion: ", "\nVersion: 1\nVersion: "))),
        new Damage(
            "unfinished Packages",
            "Packages",
            t -> t.packages("v1.28", x -> x.substring(0, x.length() - 1))),
        new Damage(
            "deb whose bound nothing meets",
            SUITE,
            t ->
                t.packages(
                    "v1.28",
                    x -> x.replaceFirst("kubernetes-cni \\(>= [^)]*\\)", "kubernetes-cni (>= 9)"))),
        new Damage(
            "deb whose exact need is elsewhere",
            SUITE,
            t ->
                t.packages(
                    "v1.28",
                    x -> x.replaceFirst("\nDepends: ", "\nDepends: kubelet (= 1.29.15-lts.1), "))),
        new Damage(
            "broken relation",
            "Packages",
            t -> t.packages("v1.28", x -> x.replaceFirst("\nDepends: ", "\nDepends: a (b c, "))),
        new Damage(
            "definitions of two editions",
            "apt/dists/stable",
            t -> t.packages("stable", x -> x.replace("0.0.0-keys.1\n", "0.0.0-keys.2\n"))),
        new Damage(
            "everything lacks a deb",
            "apt/dists/stable",
            t -> t.packages("stable", x -> x.substring(x.indexOf("\n\n") + 2))));
  }

  private static Damage definition(String name, String path, String from, String to) {
    return new Damage(
        name,
        path,
        t -> {
          t.edit(path, x -> x.replaceFirst(from, to));
          t.publish();
        });
  }

  private static List<Damage> definitions() {
    String zypper = MINOR + "/klts-zypper.repo";
    return List.of(
        definition("gpgcheck off", DEFINED, "\ngpgcheck=1", "\ngpgcheck=0"),
        definition("repo_gpgcheck off", DEFINED, "repo_gpgcheck=1\n", ""),
        definition("pkg_gpgcheck off", zypper, "pkg_gpgcheck=1", "pkg_gpgcheck=0"),
        definition("sslverify off", DEFINED, "enabled=1", "enabled=1\nsslverify=0"),
        definition("check twice", DEFINED, "enabled=1", "enabled=1\nenabled=1"),
        definition("key of others", DEFINED, "gpgkey=.*", "gpgkey=https://example.net/key.asc"),
        definition("key that is not there", DEFINED, "klts.asc", "other.asc"),
        definition("address of another channel", DEFINED, "rpm/v1.28/", "rpm/v1.29/"),
        definition("apt trusts without a key", "apt/v1.28.list", "signed-by=\\S+]", "trusted=yes]"),
        definition("apt with other suite", "apt/v1.28.list", "v1.28 main", "v1.29 main"),
        definition("Signed-By missing", "apt/v1.28.sources", "Signed-By: .*\n", ""),
        definition("Trusted", "apt/v1.28.sources", "Types: deb", "Types: deb\nTrusted: yes"),
        new Damage(
            "definitions of two addresses",
            "rpm, apt",
            t -> {
              t.edit(DEFINED, x -> x.replace("packages.example.org", "old.example.org"));
              t.publish();
            }),
        new Damage(
            "definition missing and not listed",
            MINOR,
            t -> {
              t.delete(zypper);
              t.publish();
            }));
  }

  private static Damage timestamp(String name, String from, String to) {
    return new Damage(name, STAMP, t -> t.timestamp(x -> x.replaceFirst(from, to)));
  }

  private static List<Damage> timestamps() {
    return List.of(
        timestamp("timestamp of another format", "timestamp 1", "timestamp 2"),
        timestamp("timestamp of another serial", "serial ", "serial 1"),
        timestamp("timestamp of another day", "date 20", "date 21"),
        timestamp("timestamp with an end", "(date .*\n)", "$1valid-until 2027-01-01T00:00:00Z\n"),
        timestamp("timestamp with another digest", "\n\\w{64} ", "\n" + "0".repeat(64) + " "),
        timestamp("timestamp with another size", "(\n\\w{64} )", "$11"),
        timestamp("timestamp that lacks a root", "\n.*InRelease\n", "\n"),
        timestamp("timestamp that names more", "\n(.*) mirrors.json", "$0\n$1 releases.json"),
        new Damage("timestamp by another", STAMP, t -> signTimestamp(t.signedBy(other), t)),
        new Damage("older timestamp", STAMP, back(STAMP)),
        new Damage(
            "older timestamp, listed",
            STAMP,
            t -> {
              back(STAMP).apply(t);
              t.list();
              t.sign("manifest", "manifest.asc");
            }),
        new Damage(
            "no timestamp",
            STAMP,
            t -> {
              t.delete(STAMP);
              t.publish();
            }),
        new Damage(
            "manifest that is over",
            STAMP,
            t -> {
              t.edit(
                  "manifest",
                  m -> m.replaceFirst("\nkey", "\nvalid-until 2026-11-24T00:00:00Z\nkey"));
              t.timestamp(
                  x -> x.replaceFirst("(date .*\n)", "$1valid-until 2026-11-24T00:00:00Z\n"));
            }));
  }

  /** Another one signs the timestamp, and then the tree's key the manifest. */
  private static void signTimestamp(TamperedTree other, TamperedTree own) throws IOException {
    other.timestamp(text -> text + "\n");
    own.list();
    own.sign("manifest", "manifest.asc");
  }

  @ParameterizedTest
  @MethodSource("damages")
  void everyDamageIsFoundWhereItIs(Damage damage) throws IOException {
    TamperedTree copy = copyOf("damage");
    damage.edit.apply(copy);
    Report report = verify(copy.root());
    assertThat(faults(report))
        .as(() -> report.problems().toString())
        .anyMatch(
            file ->
                file.equals(damage.file)
                    || file.endsWith(damage.file)
                    || file.matches(damage.file));
    PathUtils.deleteDirectory(copy.root());
  }

  private static List<String> faults(Report report) {
    return report.problems().stream()
        .filter(p -> p.severity() == Problem.Severity.FAULT)
        .map(Problem::file)
        .toList();
  }

  /** Damage at random places is always found; signed into the tree, it breaks no reader. */
  @Test
  void randomDamageIsFoundAndBreaksNothing() throws IOException {
    Random random = new Random(20261125);
    TamperedTree copy = copyOf("fuzz");
    List<String> paths = new ArrayList<>(copy.manifest().entries().keySet());
    paths.addAll(List.of("manifest", "manifest.asc"));
    for (int i = 0; i < 300; i++) {
      String path = paths.get(random.nextInt(paths.size()));
      byte[] before = copy.read(path);
      byte[] after = mutated(before, random);
      copy.write(path, after);
      Report report = verify(copy.root());
      if (!Arrays.equals(before, after)) {
        boolean sameSignature = path.equals("manifest.asc") && report.isHealthy();
        assertThat(report.isHealthy()).as(i + ": " + path).isEqualTo(sameSignature);
      }
      if (i % 4 == 0 && !path.startsWith("manifest")) {
        copy.publish();
        assertThat(verify(copy.root()).files()).isPositive();
        copy.write("manifest", Files.readAllBytes(tree.resolve("manifest")));
        copy.write("manifest.asc", Files.readAllBytes(tree.resolve("manifest.asc")));
        copy.write(STAMP, Files.readAllBytes(tree.resolve(STAMP)));
      }
      copy.write(path, before);
    }
    assertThat(verify(copy.root()).problems()).isEmpty();
  }

  private static byte[] mutated(byte[] bytes, Random random) {
    if (random.nextInt(5) == 0) {
      return Arrays.copyOf(bytes, random.nextInt(bytes.length));
    }
    byte[] changed = bytes.clone();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return changed;
  }

  @Test
  void noNumberOfWarningsHidesAFault() {
    Problems problems = new Problems();
    for (int i = 0; i < 20_000; i++) {
      problems.warning("a" + i, "b", "c", "d");
    }
    problems.fault("a", "b", "c", "d");
    assertThat(problems.all().get(0).severity()).isEqualTo(Problem.Severity.FAULT);
  }

  @Test
  void aProblemCannotSteerATerminal() {
    Problem problem = new Problem(Problem.Severity.FAULT, "a\u001b[31m", "b\n", "c", "d");
    assertThat(problem.toString()).isEqualTo("a?[31m: expected b?, found c; d");
  }
}
