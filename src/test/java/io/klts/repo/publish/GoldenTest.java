package io.klts.repo.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.site.Installer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.io.file.PathUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every text that a small tree holds, letter by letter, so that a change of any is seen where
 * changes are reviewed. The tree has its own recipes, in which is something of everything.
 *
 * <p>When a change is wanted, {@code ./run-tests unit -Dtest=GoldenTest -Dgolden.update} writes the
 * files anew, and the difference goes into the same commit.
 */
class GoldenTest {

  private static final Path EXPECTED = TinyTree.GOLDEN.resolve("expected");

  private static final String HINT =
      "if this change is wanted: ./run-tests unit -Dtest=GoldenTest -Dgolden.update";

  private static final SortedMap<String, String> TEXTS = new TreeMap<>();

  @TempDir private static Path folder;

  @BeforeAll
  static void publish() throws IOException {
    TinyTree tree = new TinyTree(folder);
    tree.publish("v1.28.15-lts.1");
    tree.publish("v1.28.15-lts.2");
    collect(tree.root());
    if (Boolean.getBoolean("golden.update")) {
      update();
    }
  }

  static Set<String> names() {
    return TEXTS.keySet();
  }

  @ParameterizedTest
  @MethodSource("names")
  void theTextIsAsItWas(String name) throws IOException {
    assertThat(EXPECTED.resolve(name)).as(HINT).exists();
    assertThat(TEXTS.get(name)).as(HINT).isEqualTo(Files.readString(EXPECTED.resolve(name)));
  }

  @Test
  void noTextIsMissing() throws IOException {
    try (Stream<Path> files = Files.walk(EXPECTED)) {
      assertThat(files.filter(Files::isRegularFile).map(f -> EXPECTED.relativize(f).toString()))
          .as(HINT)
          .containsExactlyInAnyOrderElementsOf(TEXTS.keySet());
    }
  }

  /** One channel says it all; of the others only what names their addresses. */
  private static void collect(Path tree) throws IOException {
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = tree.relativize(file).toString();
        if (name.equals(Installer.PATH)) {
          TEXTS.put(name, settings(Files.readString(file)));
        } else if (name.matches(".*\\.(repo|conf|sources|list)")
            || name.endsWith("media.1/media")) {
          TEXTS.put(name, Files.readString(file));
        } else if (name.matches("(osv|openvex)/.*|apt/changelogs/.*/kubelet_.*lts\\.2_changelog")
            || name.matches("index\\.html|releases/.*lts\\.2\\.zh\\.html|feed\\.atom")) {
          TEXTS.put(name, Files.readString(file));
        } else if (name.matches("MIRRORING\\.md|mirroring/tunasync\\.toml")) {
          TEXTS.put(name, Files.readString(file));
        } else if (name.equals(Timestamp.PATH)) {
          TEXTS.put(name, withoutSignature(withoutSums(Files.readString(file))));
        } else if (name.endsWith("v1.28/repodata/repomd.xml")) {
          collectDocuments(file);
        } else if (name.endsWith("v1.28/Release")) {
          TEXTS.put(name, withoutSums(Files.readString(file)));
        } else if (name.matches(".*/v1.28/main/[^/]*/Packages")) {
          TEXTS.put(name, withoutDigestsOfDebs(Files.readString(file)));
        } else if (name.matches(
            ".*(kubelet|runc).*lts\\.[02]_amd64\\.deb|.*1\\.28\\.0-keys.*deb")) {
          TEXTS.put(file.getFileName() + ".txt", DebDump.of(file));
        } else if (name.matches(
            ".*(kubelet|runc).*lts\\.[02]-1\\.x86_64\\.rpm|.*1\\.28\\.0\\.keys.*rpm")) {
          TEXTS.put(file.getFileName() + ".txt", RpmDump.of(file));
        }
      }
    }
  }

  /** All else of the script is a file of the project. */
  private static String settings(String installer) {
    return installer.substring(
        installer.indexOf("# klts-repo: settings begin"),
        installer.indexOf("# klts-repo: settings end"));
  }

  /** Uncompressed: how well the indexes are compressed is no matter of this test. */
  private static void collectDocuments(Path repomd) throws IOException {
    Matcher matcher =
        Pattern.compile("href=\"repodata/([0-9a-f]*-(\\w*\\.xml)\\.gz)\"")
            .matcher(Files.readString(repomd));
    while (matcher.find()) {
      try (InputStream in =
          new GZIPInputStream(Files.newInputStream(repomd.resolveSibling(matcher.group(1))))) {
        TEXTS.put("rpm/v1.28/" + matcher.group(2), new String(in.readAllBytes(), UTF_8));
      }
    }
  }

  /** A deb has gzip inside, whose bytes depend on the JDK; all sums in Release follow from that. */
  private static String withoutSums(String release) {
    return release.replaceAll("(?m)^( ?)[0-9a-f]{64} \\d+ ", "$1(sum) ");
  }

  private static String withoutSignature(String clearsigned) {
    return clearsigned.substring(0, clearsigned.indexOf("-----BEGIN PGP SIGNATURE"));
  }

  private static String withoutDigestsOfDebs(String packages) {
    return packages.replaceAll("(?m)^(Size|SHA256): .*$", "$1: (of the file)");
  }

  private static void update() throws IOException {
    if (Files.exists(EXPECTED)) {
      PathUtils.deleteDirectory(EXPECTED);
    }
    for (Map.Entry<String, String> text : TEXTS.entrySet()) {
      Path file = EXPECTED.resolve(text.getKey());
      Files.createDirectories(file.getParent());
      Files.writeString(file, text.getValue());
    }
  }
}
