package io.klts.repo.repository;

import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.blob.Sha256;
import io.klts.repo.catalogue.Arch;
import io.klts.repo.catalogue.Fix;
import io.klts.repo.catalogue.Fix.Severity;
import io.klts.repo.catalogue.Identity;
import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.catalogue.Minor;
import io.klts.repo.catalogue.Release;
import io.klts.repo.rpm.RpmPackage;
import io.klts.repo.tree.TreeFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.Inflater;
import org.apache.commons.io.function.IOConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.SingleXZInputStream;

/** Publishes imaginary packages into a folder, as a publication does, and looks at the indexes. */
class RepositoryTest {

  private static final Identity IDENTITY =
      new Identity(
          "test",
          "Test",
          "Kubernetes",
          "Test",
          "Test <t@example.org>",
          "https://example.org",
          List.of());

  /** Two of one minor, the last with an architecture that nobody else has. */
  private static final List<String> RELEASES =
      List.of("1.9.11-lts.1", "1.10.13-lts.1", "1.28.15-lts.1", "1.28.15-lts.2", "1.32.13-lts.1");

  private static final Fix MEDIUM = new Fix("CVE-2025-0001", 6.5, Severity.MEDIUM);
  private static final Fix HIGH = new Fix("CVE-2025-0002", 7.5, Severity.HIGH);

  private static final Map<String, List<Fix>> FIXES =
      Map.of(
          "1.10.13-lts.1",
          List.of(MEDIUM),
          "1.28.15-lts.1",
          List.of(),
          "1.28.15-lts.2",
          List.of(MEDIUM, HIGH),
          "1.2.0-lts.0",
          List.of(HIGH));

  private static final LtsVersion ADDON = LtsVersion.parse("1.2.0-lts.0");

  @TempDir Path folder;
  private Path tree;
  private final Set<String> read = new HashSet<>();

  /** The folder, which notes what is read. */
  private final State.Source source =
      new State.Source() {
        @Override
        public Optional<Path> intact(String path) {
          return file(path);
        }

        @Override
        public Optional<Path> file(String path) {
          read.add(path);
          Path file = tree.resolve(path);
          return Files.exists(file) ? Optional.of(file) : Optional.empty();
        }
      };

  /** One publication: adds a release to the tree. */
  private void publish(String release) throws IOException {
    State state = State.read(source);
    LtsVersion version = LtsVersion.parse(release);
    add(state, version);
    write(state, List.of(version.minor()), true);
  }

  private void publishAtOnce() throws IOException {
    State state = State.read(source);
    for (String release : RELEASES) {
      add(state, LtsVersion.parse(release));
    }
    write(state, state.minors(), false);
  }

  private void write(State state, Collection<Minor> minors, boolean splice) throws IOException {
    List<TreeFile> files = new ArrayList<>();
    Repository repository = new Repository(IDENTITY, "https://example.org", state);
    for (Index index : repository.render(minors, splice)) {
      files.addAll(index.files());
      files.add(index.root());
    }
    files.addAll(repository.errata(minors));
    files.addAll(state.files());
    for (TreeFile file : files) {
      Path target = tree.resolve(file.path());
      Files.createDirectories(target.getParent());
      Files.write(target, file.content().bytes());
    }
  }

  private static void add(State state, LtsVersion release) throws IOException {
    List<String> archs = release.minorNumber() == 32 ? List.of("amd64", "s390x") : List.of("amd64");
    LocalDate published = LocalDate.of(2026, 1, 10 + release.minorNumber() % 20);
    state.add(release(release, published), archs);
    state.addAddon("cri-tools", release(ADDON, LocalDate.of(2026, 1, 1)));
    for (String arch : archs) {
      add(state, release, release, "kubelet", arch);
      add(state, release, ADDON, "cri-tools", arch);
    }
  }

  private static Release release(LtsVersion version, LocalDate published) {
    return new Release(version, published, Optional.ofNullable(FIXES.get(version.toString())));
  }

  /** Adds an imaginary package in both formats. */
  static void add(State state, LtsVersion release, LtsVersion version, String name, String arch)
      throws IOException {
    String rpmArch = arch.equals("amd64") ? "x86_64" : arch;
    RpmPackage rpm = rpm(name, version, rpmArch);
    state.add(
        release,
        version,
        "rpm/"
            + release.minor().channel()
            + "/"
            + rpmArch
            + "/"
            + rpm.name()
            + "-"
            + version.rpm()
            + "-1."
            + rpmArch
            + ".rpm",
        rpm);
    String control =
        "Package: %s\nVersion: %s\nArchitecture: %s\n".formatted(name, version.deb(), arch);
    state.add(
        release,
        version,
        "apt/pool/main/x/" + name + "/" + name + "_" + version.deb() + "_" + arch + ".deb",
        Arch.find(arch).orElseThrow().deb(),
        1000,
        digest(control),
        control);
  }

  private static Sha256 digest(String text) {
    return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static RpmPackage rpm(String name, LtsVersion version, String arch) {
    Sha256 sha256 = digest(name + version + arch);
    List<RpmPackage.File> files =
        List.of(new RpmPackage.File("/usr/bin/" + name, RpmPackage.File.Kind.FILE));
    return new RpmPackage(
        name,
        0,
        version.rpm(),
        "1",
        arch,
        "A <summary>",
        "  <location href=\"x\"/>",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        1,
        2,
        sha256,
        sha256,
        3,
        4,
        5,
        6,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        files,
        List.of());
  }

  /** What clients can reach: older documents under their digests do not count. */
  private SortedMap<String, Sha256> visible() throws IOException {
    SortedMap<String, Sha256> files = new TreeMap<>();
    try (var all = Files.walk(tree)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        String path = tree.relativize(file).toString();
        if (!path.contains("/by-hash/")
            && !path.endsWith(".xml.gz")
            && !path.startsWith("packages/")) {
          files.put(path, Sha256.of(file));
        }
      }
    }
    return files;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6})
  void theOrderOfPublicationsDoesNotShow(int seed) throws IOException {
    tree = folder.resolve("at-once");
    publishAtOnce();
    SortedMap<String, Sha256> expected = visible();
    assertThat(expected).hasSizeGreaterThan(30);

    tree = folder.resolve("one-by-one");
    List<String> order = new ArrayList<>(RELEASES);
    Collections.shuffle(order, new Random(seed));
    for (String release : order) {
      publish(release);
    }

    assertThat(visible()).isEqualTo(expected);
  }

  @Test
  void aFurtherReleaseReadsNothingOfOtherMinors() throws IOException {
    tree = folder;
    publish("1.10.13-lts.1");
    publish("1.28.15-lts.1");
    read.clear();
    publish("1.28.15-lts.2");
    assertThat(read).contains("packages.json").anyMatch(path -> path.startsWith("packages/v1.28-"));
    assertThat(read).noneMatch(path -> path.contains("v1.10"));
  }

  @Test
  void aMissingIndexOfEverythingIsMadeFromTheParts() throws IOException {
    isMadeFromTheParts(Files::delete);
  }

  /** Its pieces are only unpacked when the next index is put together. */
  @Test
  void aDamagedIndexOfEverythingIsMadeFromTheParts() throws IOException {
    isMadeFromTheParts(
        file -> {
          byte[] gz = Files.readAllBytes(file);
          Arrays.fill(gz, 10, gz.length, (byte) 0);
          Files.write(file, gz);
        });
  }

  private void isMadeFromTheParts(IOConsumer<Path> damage) throws IOException {
    tree = folder.resolve("whole");
    RELEASES.forEach(release -> unchecked(() -> publish(release)));
    SortedMap<String, Sha256> expected = visible();

    tree = folder.resolve("broken");
    RELEASES.subList(0, 4).forEach(release -> unchecked(() -> publish(release)));
    try (var files = Files.list(tree.resolve("rpm/repodata"))) {
      for (Path file : files.filter(f -> f.toString().endsWith("-other.xml.gz")).toList()) {
        damage.accept(file);
      }
    }
    publish(RELEASES.get(4));

    assertThat(visible()).isEqualTo(expected);
  }

  private static void unchecked(org.apache.commons.io.function.IORunnable work) {
    work.asRunnable().run();
  }

  @Test
  void everythingListsAnAddonOnceAndChannelsListTheirOwn() throws IOException {
    tree = folder;
    RELEASES.forEach(release -> unchecked(() -> publish(release)));
    String all = text(newest("rpm/repodata", "-primary.xml.gz"));
    assertThat(all).containsOnlyOnce("/x86_64/cri-tools-1.2.0.lts.0-1.x86_64.rpm");
    assertThat(all).contains("<location href=\"v1.10/x86_64/cri-tools-");
    assertThat(all).contains("packages=\"8\"");
    String channel = text(newest("rpm/v1.32/repodata", "-primary.xml.gz"));
    assertThat(channel).contains("<location href=\"x86_64/cri-tools-");
    assertThat(channel).contains("packages=\"4\"");
    // Other text that looks like the element is not touched.
    assertThat(all).contains("<description>  &lt;location href=&quot;x&quot;/&gt;</description>");
    String stanzas = Files.readString(tree.resolve("apt/dists/stable/main/binary-amd64/Packages"));
    assertThat(stanzas).containsOnlyOnce("Package: cri-tools");
    assertThat(stanzas.split("Package: kubelet", -1)).hasSize(1 + 5);
    assertThat(tree.resolve("apt/dists/v1.9/main/binary-s390x")).doesNotExist();
    assertThat(tree.resolve("apt/dists/v1.32/main/binary-s390x/Packages")).isNotEmptyFile();
  }

  @Test
  void advisoriesAreOfBuildsThatFixSomethingAndOfPackagesThatAreThere() throws IOException {
    tree = folder;
    RELEASES.forEach(release -> unchecked(() -> publish(release)));
    String all = text(newest("rpm/repodata", "-updateinfo.xml.gz"));
    assertThat(ids(all))
        .containsExactly("TEST-1.10.13-lts.1", "TEST-1.28.15-lts.2", "TEST-cri-tools-1.2.0-lts.0");
    String channel = text(newest("rpm/v1.28/repodata", "-updateinfo.xml.gz"));
    assertThat(ids(channel)).containsExactly("TEST-1.28.15-lts.2", "TEST-cri-tools-1.2.0-lts.0");
    assertThat(channel)
        .containsOnlyOnce("<filename>kubelet-1.28.15.lts.2-1.x86_64.rpm</filename>")
        .contains("<severity>Important</severity>")
        .contains("id=\"CVE-2025-0001\"")
        .doesNotContain("s390x", "1.28.15.lts.1");
    // Of an add-on a channel advises what it has itself.
    assertThat(text(newest("rpm/v1.32/repodata", "-updateinfo.xml.gz"))).contains("arch=\"s390x\"");
    assertThat(all).containsOnlyOnce("cri-tools-1.2.0.lts.0-1.x86_64.rpm");
    assertThat(all.replace("\n", "")).startsWith("<?xml").endsWith("</update></updates>");
  }

  private static List<String> ids(String updateInfo) {
    return java.util.regex.Pattern.compile("<id>(.*?)</id>")
        .matcher(updateInfo)
        .results()
        .map(id -> id.group(1))
        .toList();
  }

  @Test
  void anotherSeverityReachesEveryChannel() throws IOException {
    tree = folder;
    publish("1.10.13-lts.1");
    State state = State.read(source);
    assertThat(state.hasOlderErrata()).isFalse();
    Fix worse = new Fix(MEDIUM.cve(), 9.8, Severity.CRITICAL);
    LtsVersion version = LtsVersion.parse("1.32.13-lts.1");
    state.add(
        new Release(version, LocalDate.of(2026, 2, 2), Optional.of(List.of(worse))),
        List.of("amd64"));
    add(state, version, version, "kubelet", "amd64");
    assertThat(state.hasOlderErrata()).isTrue();
    write(state, state.minors(), false);
    assertThat(text(newest("rpm/v1.10/repodata", "-updateinfo.xml.gz")))
        .contains("<severity>Critical</severity>");
  }

  /** Such a state has no list of vulnerabilities, and does not say which packages a release has. */
  @Test
  void aTreeThatIsOlderThanErrataGetsThem() throws IOException {
    tree = folder;
    publish("1.10.13-lts.1");
    String text = Files.readString(tree.resolve("packages.json"));
    String packages = ",\"packages\":[\"kubelet\"]";
    int list = text.indexOf(",\n\"vulnerabilities\":[");
    assertThat(text.indexOf(packages)).isBetween(1, list);
    Files.writeString(
        tree.resolve("packages.json"), text.substring(0, list).replace(packages, "") + "}\n");
    State state = State.read(source);
    assertThat(state.hasOlderErrata()).isTrue();
    write(state, state.minors(), false);
    String info = text(newest("rpm/v1.10/repodata", "-updateinfo.xml.gz"));
    assertThat(ids(info)).containsExactly("TEST-1.10.13-lts.1");
    assertThat(info).doesNotContain("<severity>");
    assertThat(State.read(source).hasOlderErrata()).isFalse();
  }

  @Test
  void compressedFormsAreWholeSingleStreamsOfTheSameText() throws IOException {
    tree = folder;
    RELEASES.forEach(release -> unchecked(() -> publish(release)));
    int seen = 0;
    try (var all = Files.walk(tree.resolve("apt/dists"))) {
      for (Path plain : all.filter(f -> f.endsWith("Packages")).toList()) {
        assertThat(text(plain.resolveSibling("Packages.gz"))).isEqualTo(Files.readString(plain));
        assertThat(unxz(plain.resolveSibling("Packages.xz"))).isEqualTo(Files.readString(plain));
        seen++;
      }
    }
    assertThat(seen).isEqualTo(4 + 1 + 2);
  }

  private static String unxz(Path file) throws IOException {
    try (InputStream bytes = Files.newInputStream(file);
        InputStream in = new SingleXZInputStream(bytes)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(bytes.read()).as("nothing follows the stream").isEqualTo(-1);
      return text;
    }
  }

  /** Unpacks the strict way: one member, its last block last, its sums right (RFC 1952). */
  private static String text(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    Inflater inflater = new Inflater(true);
    inflater.setInput(bytes, 10, bytes.length - 10);
    byte[] text = new byte[1 << 20];
    int length;
    try {
      length = inflater.inflate(text);
      assertThat(inflater.finished()).isTrue();
      assertThat(inflater.getRemaining()).isEqualTo(8);
    } catch (java.util.zip.DataFormatException e) {
      throw new IOException(e);
    } finally {
      inflater.end();
    }
    CRC32 crc = new CRC32();
    crc.update(text, 0, length);
    ByteBuffer sums = ByteBuffer.wrap(bytes, bytes.length - 8, 8).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(sums.getInt()).isEqualTo((int) crc.getValue());
    assertThat(sums.getInt()).isEqualTo(length);
    assertThat(new java.util.zip.GZIPInputStream(new ByteArrayInputStream(bytes)).readAllBytes())
        .hasSize(length);
    return new String(text, 0, length, StandardCharsets.UTF_8);
  }

  /** The document that repomd.xml lists. */
  private Path newest(String repodata, String suffix) throws IOException {
    String repomd = Files.readString(tree.resolve(repodata).resolve("repomd.xml"));
    int end = repomd.indexOf(suffix) + suffix.length();
    int start = repomd.lastIndexOf('/', end - suffix.length() - 1) + 1;
    return tree.resolve(repodata).resolve(repomd.substring(start, end));
  }
}
