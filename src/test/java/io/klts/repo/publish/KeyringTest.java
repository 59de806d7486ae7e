package io.klts.repo.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.repository.KeyringEntry;
import io.klts.repo.repository.State;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.signature.Signer;
import io.klts.repo.tree.ListedMirror;
import io.klts.repo.tree.LocalTree;
import io.klts.repo.tree.Manifest;
import io.klts.repo.tree.Rotation.Step;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.SingleXZInputStream;

/** When the packages that bring keys and definitions get a new version, and what is in them. */
class KeyringTest {

  private static final String OLDER = "v1.28.15-lts.1";
  private static final String NEWER = "v1.28.15-lts.2";
  private static final Instant NOW = Instant.parse("2026-11-25T04:05:06Z");

  private static final ListedMirror NEAR = mirror("near", 10);
  private static final ListedMirror FAR = mirror("far", 20);

  @TempDir private Path folder;

  private static ListedMirror mirror(String name, int priority) {
    String url = "https://" + name + ".example.net/gold";
    return new ListedMirror(name, "copy", url, null, priority, url + "/rpm", url + "/apt");
  }

  private TinyTree tree(String name) throws IOException {
    return new TinyTree(Files.createDirectory(folder.resolve(name)));
  }

  private static int version(TinyTree tree) throws IOException {
    try (LocalTree open = LocalTree.open(tree.root(), Duration.ZERO, holder -> {})) {
      return State.read(Sources.present(open)).keyring().map(KeyringEntry::version).orElse(0);
    }
  }

  private static SortedMap<String, Manifest.Entry> entries(TinyTree tree) throws IOException {
    Path file = tree.root().resolve(Manifest.PATH);
    return Manifest.parse(Files.readAllBytes(file), "manifest").entries();
  }

  private static List<String> packages(TinyTree tree) throws IOException {
    return entries(tree).keySet().stream()
        .filter(path -> path.matches(".*(golden-release|golden-archive-keyring).*\\.(rpm|deb)"))
        .toList();
  }

  @Test
  void eachChannelHasItsOwnAndAFurtherReleaseChangesNone() throws IOException {
    TinyTree tree = tree("tree");
    tree.publish(OLDER);
    List<String> first =
        List.of(
            "apt/pool/main/g/golden-archive-keyring/golden-archive-keyring_0.0.0-keys.1_all.deb",
            "apt/pool/main/g/golden-archive-keyring/golden-archive-keyring_1.28.0-keys.1_all.deb",
            "rpm/all/noarch/golden-release-0.0.0.keys.1-1.noarch.rpm",
            "rpm/v1.28/noarch/golden-release-1.28.0.keys.1-1.noarch.rpm");
    assertThat(packages(tree)).isEqualTo(first);
    SortedMap<String, Manifest.Entry> before = ofKeyring(tree);
    tree.publish(NEWER);
    assertThat(packages(tree)).isEqualTo(first);
    assertThat(ofKeyring(tree)).hasSize(9).isEqualTo(before);
  }

  /** Packages, changelogs and the three files of the state's part. */
  private static SortedMap<String, Manifest.Entry> ofKeyring(TinyTree tree) throws IOException {
    SortedMap<String, Manifest.Entry> found = new TreeMap<>(entries(tree));
    found.keySet().removeIf(path -> !path.matches(".*keys\\.1.*|packages/keyring-.*"));
    return found;
  }

  @Test
  void theOrderOfReleasesMakesNoDifference() throws IOException {
    TinyTree one = tree("one");
    one.publish(OLDER);
    one.publish(NEWER);
    TinyTree other = tree("other");
    other.publish(NEWER);
    other.publish(OLDER);
    assertThat(entries(other)).isEqualTo(entries(one));
  }

  @Test
  void aTreeWithoutKeysHasNone() throws IOException {
    TinyTree tree = tree("tree");
    tree.publish(OLDER, List.of());
    assertThat(packages(tree)).isEmpty();
    assertThat(version(tree)).isZero();
    tree.publish(OLDER);
    assertThat(version(tree)).isEqualTo(1);
  }

  @Test
  void aChangeOfKeysTakesTwoVersions() throws IOException {
    List<Signer> both = List.of(TinyTree.key(), TinyTree.otherKey());
    TinyTree tree = tree("tree");
    tree.publish(OLDER);
    tree.rotate(both, Step.ANNOUNCED, NOW);
    assertThat(version(tree)).isEqualTo(2);
    assertThat(keysOfApt(tree, 2)).hasSize(2);
    tree.rotate(both, Step.DUAL_SIGNED, NOW);
    tree.rotate(both, Step.SWITCHED, NOW);
    assertThat(version(tree)).isEqualTo(2);
    tree.retire();
    assertThat(version(tree)).isEqualTo(3);
    assertThat(keysOfApt(tree, 3))
        .extracting(PublicKey::fingerprint)
        .containsExactly(TinyTree.otherKey().key().fingerprint());
    // What the old key signed is still there for rpm.
    assertThat(packages(tree)).hasSize(4).allMatch(path -> path.contains("keys.3"));
  }

  private static List<PublicKey> keysOfApt(TinyTree tree, int version) throws IOException {
    String keyring = "./usr/share/keyrings/golden-archive-keyring.gpg";
    return PublicKey.readAll(fileOfDeb(tree, version, keyring));
  }

  private static byte[] fileOfDeb(TinyTree tree, int version, String name) throws IOException {
    Path deb =
        tree.root()
            .resolve("apt/pool/main/g/golden-archive-keyring")
            .resolve("golden-archive-keyring_1.28.0-keys." + version + "_all.deb");
    try (InputStream file = Files.newInputStream(deb);
        ArArchiveInputStream ar = new ArArchiveInputStream(file)) {
      for (ArArchiveEntry member = ar.getNextEntry(); member != null; member = ar.getNextEntry()) {
        if (member.getName().equals("data.tar.xz")) {
          byte[] data = ar.readAllBytes();
          TarArchiveInputStream tar =
              new TarArchiveInputStream(new SingleXZInputStream(new ByteArrayInputStream(data)));
          for (TarArchiveEntry one = tar.getNextEntry(); one != null; one = tar.getNextEntry()) {
            if (one.getName().equals(name)) {
              return tar.readAllBytes();
            }
          }
        }
      }
    }
    throw new IOException(deb + " has no " + name);
  }

  private static String mirrors(TinyTree tree, int version) throws IOException {
    String list = "./usr/share/golden-archive-keyring/mirrors.list";
    return new String(fileOfDeb(tree, version, list), StandardCharsets.UTF_8);
  }

  @Test
  void aNewMirrorIsReasonForAVersionAndAnIllOneIsNot() throws IOException {
    TinyTree tree = tree("tree");
    tree.publish(OLDER);
    tree.list(List.of(NEAR, FAR));
    assertThat(version(tree)).isEqualTo(2);
    assertThat(mirrors(tree, 2))
        .isEqualTo(
            """
            https://near.example.net/gold/apt\tpriority:10
            https://far.example.net/gold/apt\tpriority:20
            https://packages.example.org/gold/apt\tpriority:100
            """);
    tree.list(List.of(FAR));
    assertThat(version(tree)).isEqualTo(2);
    tree.list(List.of(FAR, mirror("third", 30)));
    assertThat(version(tree)).isEqualTo(3);
    assertThat(mirrors(tree, 3)).contains("third").doesNotContain("near");
  }

  @Test
  void goingBackKeepsTheVersion() throws IOException {
    TinyTree tree = tree("tree");
    tree.publish(OLDER);
    tree.list(List.of(NEAR));
    tree.change(
        List.of(TinyTree.key()),
        publication -> {
          publication.rollback(1);
          return publication.commitAll();
        });
    assertThat(version(tree)).isEqualTo(2);
    assertThat(packages(tree)).hasSize(4).allMatch(path -> path.contains("keys.2"));
  }
}
