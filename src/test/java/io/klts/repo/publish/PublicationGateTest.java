package io.klts.repo.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.klts.repo.blob.Sha256;
import io.klts.repo.build.BuiltPackage;
import io.klts.repo.catalogue.Identity;
import io.klts.repo.tree.LocalTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the gate finds is really refused, and the tree stays as it was. */
class PublicationGateTest {

  private static final String OLDER = "v1.28.15-lts.1";
  private static final String RELEASE = "v1.28.15-lts.2";

  @TempDir private Path folder;
  private TinyTree tree;

  @BeforeEach
  void publish() throws IOException {
    tree = new TinyTree(folder);
    tree.publish(OLDER);
  }

  @Test
  void aSabotagedWriterIsRefused() throws IOException {
    assertRefused(
        () ->
            tree.publish(
                RELEASE, TinyTree.URL, Clock.systemUTC(), PublicationGateTest::withoutCompressor),
        "kubelet-1.28.15.lts.2-1.x86_64.rpm: expected xz or gzip, found zs; breaks EL 7",
        "[rpm-compressor]",
        "kubelet-1.28.15.lts.2-1.armv7hl.rpm: expected xz or gzip, found zs");
  }

  /** As a writer would that knows zstd; digests and signatures are wrong then, too. */
  private static void withoutCompressor(List<BuiltPackage> built) throws IOException {
    for (BuiltPackage one : built) {
      if (one.file().toString().endsWith(".rpm")) {
        String bytes = Files.readString(one.file(), StandardCharsets.ISO_8859_1);
        String changed = bytes.replace("\0cpio\0xz\0", "\0cpio\0zs\0");
        assertThat(changed).isNotEqualTo(bytes);
        Files.writeString(one.file(), changed, StandardCharsets.ISO_8859_1);
      }
    }
  }

  @Test
  void aDefinitionThatNoClientUnderstandsIsRefused() throws IOException {
    assertRefused(
        () ->
            tree.publish(
                RELEASE, "https://example.org/el$releasever", Clock.systemUTC(), built -> {}),
        "rpm/golden.repo: expected a fixed address, found $releasever; breaks openEuler",
        "[releasever]");
  }

  @Test
  void aReleaseFromTheFutureIsRefused() throws IOException {
    Clock early = Clock.fixed(Instant.parse("2025-05-05T23:59:59Z"), ZoneOffset.UTC);
    assertRefused(
        () -> tree.publish(RELEASE, TinyTree.URL, early, built -> {}),
        "apt/dists/v1.28/Release: expected a Date that is not after 2025-05-05T23:59:59Z, found"
            + " Tue, 06 May 2025 00:00:00 UTC; breaks apt [release-date]");
  }

  @Test
  void anotherNameOfTheProjectIsRefusedUnlessItIsMeant() throws IOException {
    Identity identity = Identity.load(TinyTree.GOLDEN.resolve("templates"));
    Identity renamed =
        new Identity(
            identity.id(),
            "Renamed",
            identity.product(),
            identity.vendor(),
            identity.maintainer(),
            identity.homepage(),
            identity.supersededVendors());
    assertRefused(
        () -> reindex(renamed, false),
        "apt/dists/v1.28/Release: expected Origin: " + identity.name() + ", found Origin: Renamed",
        "[release-names]");

    reindex(renamed, true);
    assertThat(tree.root().resolve("apt/dists/v1.28/Release"))
        .content()
        .startsWith("Origin: Renamed\nLabel: Renamed\n");
  }

  private void reindex(Identity identity, boolean isMeant) throws IOException {
    try (LocalTree open = LocalTree.open(tree.root(), Duration.ZERO, holder -> {})) {
      Publication publication =
          new Publication(open, identity, TinyTree.site(TinyTree.URL), List.of(TinyTree.key()));
      if (isMeant) {
        publication.allowReleaseInfoChange();
      }
      publication.commitAll();
    }
  }

  private void assertRefused(ThrowingCallable publication, String... words) throws IOException {
    SortedMap<String, Sha256> before = snapshot();
    assertThatThrownBy(publication)
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("clients could not use this publication; docs/gate.md")
        .hasMessageContainingAll(words);
    assertThat(snapshot()).isEqualTo(before);
  }

  private SortedMap<String, Sha256> snapshot() throws IOException {
    SortedMap<String, Sha256> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(tree.root())) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        String name = tree.root().relativize(file).toString();
        if (!name.equals(".klts/lock")) {
          files.put(name, Sha256.of(file));
        }
      }
    }
    return files;
  }
}
