package io.klts.repo.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.klts.repo.blob.Parallel;
import io.klts.repo.publish.Subset;
import io.klts.repo.publish.TinyTree;
import io.klts.repo.serve.StaticServer;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.source.BadServer;
import io.klts.repo.source.BadServer.Fault;
import io.klts.repo.source.HttpSource;
import io.klts.repo.tree.Manifest;
import io.klts.repo.verify.Part;
import io.klts.repo.verify.Report;
import io.klts.repo.verify.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.io.file.PathUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A copy is a tree that was published, whatever a source does, and gets on when one is good. */
@Timeout(120)
class PullTest {

  private static final String NOTHING = "no-such-file";
  private static final String REPOMD = "rpm/v1.28/repodata/repomd.xml";
  private static final String INRELEASE = "apt/dists/v1.28/InRelease";
  private static final String DEB = "apt/pool/main/k/kubelet/kubelet_1.28.15-lts.2_amd64.deb";

  @TempDir private static Path trees;

  /** Serial 1, and what became of it. */
  private static Path older;

  private static Path newer;

  @TempDir private Path folder;
  private TinyCopy copy;

  @BeforeAll
  static void publish() throws IOException {
    TinyTree tiny = new TinyTree(trees);
    tiny.publish("v1.28.15-lts.1");
    older = trees.resolve("older");
    PathUtils.copyDirectory(tiny.root(), older);
    tiny.publish("v1.28.15-lts.2");
    newer = tiny.root();
  }

  @BeforeEach
  void begin() {
    copy = new TinyCopy(folder.resolve("copy"));
  }

  private void assertIs(Path tree) throws IOException {
    assertThat(TinyCopy.listed(copy.folder)).isEqualTo(TinyCopy.listed(tree));
    copy.assertGood();
  }

  @Test
  void anUnchangedTreeCostsTwoRequestsAndNothingIsWritten() throws IOException {
    try (BadServer server = new BadServer(newer, NOTHING, Fault.SILENT)) {
      Pull.Result first = copy.pull(TinyCopy.at(server.url())).run();
      assertThat(first.serialBefore()).isZero();
      assertThat(first.serial()).isEqualTo(2);
      assertThat(copy.visible()).isEqualTo(TinyCopy.listed(newer));
      assertThat(copy.work()).containsExactly("copy", "incoming", "lock");
      assertThat(copy.folder.resolve(".klts/incoming")).isEmptyDirectory();
      copy.assertGood();
      Map<String, String> before = copy.everything();
      server.asked().clear();

      Pull.Result second = copy.pull(TinyCopy.at(server.url())).run();

      assertThat(second.files()).isZero();
      assertThat(server.asked()).containsExactlyInAnyOrder("manifest", "manifest.asc");
      assertThat(copy.everything()).isEqualTo(before);
    }
  }

  @Test
  void onlyWhatDiffersIsFetchedAndEachContentOnce() throws IOException {
    copy.pull(TinyCopy.in(older)).run();
    try (BadServer server = new BadServer(newer, NOTHING, Fault.SILENT)) {
      Pull.Result plan = copy.pull(TinyCopy.at(server.url())).plan();
      assertThat(server.asked()).hasSize(2);
      assertThat(copy.visible()).isEqualTo(TinyCopy.visible(older));
      server.asked().clear();

      Pull.Result result = copy.pull(TinyCopy.at(server.url())).run();

      assertThat(result).isEqualTo(plan);
      assertThat(server.asked()).doesNotHaveDuplicates().noneMatch(p -> p.contains("lts.1"));
      assertThat(server.asked()).hasSizeLessThan(result.files() + 2);
      assertIs(newer);
    }
  }

  @Test
  void earlierSerialsGoAsTheyDoWhereTheTreeIsPublished() throws IOException {
    copy.pull(TinyCopy.in(older)).run();
    copy.keep = 0;
    copy.age = Duration.ZERO;
    // When a state ended is read from its folder, which has the time of the system.
    copy.now = Instant.now().plus(Duration.ofDays(1));

    Pull.Result result = copy.pull(TinyCopy.in(newer)).run();

    assertThat(result.removed()).isPositive();
    assertThat(copy.visible()).isEqualTo(TinyCopy.listed(newer));
    copy.assertGood();
  }

  /** Whatever is done instead of sending a package or a root. */
  @ParameterizedTest
  @EnumSource
  void aFaultOfOneFileLeavesTheCopyAsItWas(Fault fault) throws IOException {
    for (String path : List.of(DEB, INRELEASE)) {
      copy = new TinyCopy(folder.resolve(path));
      copy.pull(TinyCopy.in(older)).run();
      Map<String, String> before = copy.visible();
      try (BadServer server = new BadServer(newer, path, fault)) {
        if (fault == Fault.IGNORES_RANGES || fault == Fault.SENDS_ANOTHER_RANGE) {
          copy.pull(TinyCopy.at(server.url())).run();
          assertIs(newer);
          continue;
        }
        assertThatThrownBy(() -> copy.pull(TinyCopy.at(server.url())).run())
            .isInstanceOf(IOException.class)
            .hasMessageContaining(path + " from " + server.url())
            .hasMessageContaining("nothing was changed");
      }
      assertThat(copy.visible()).isEqualTo(before);
      copy.assertGood();
      copy.pull(TinyCopy.in(newer)).run();
      assertIs(newer);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aFaultOfTheManifestOrItsSignatureLeavesTheCopyAsItWas(Fault fault) throws IOException {
    if (fault == Fault.IGNORES_RANGES || fault == Fault.SENDS_ANOTHER_RANGE) {
      return;
    }
    copy.pull(TinyCopy.in(older)).run();
    Map<String, String> before = copy.everything();
    for (String path : List.of(Manifest.PATH, Manifest.SIGNATURE_PATH)) {
      if (fault == Fault.SAYS_LESS && path.equals(Manifest.SIGNATURE_PATH)) {
        // A signature without its last line end is as good.
        continue;
      }
      try (BadServer server = new BadServer(newer, path, fault)) {
        assertThatThrownBy(() -> copy.pull(TinyCopy.at(server.url())).run())
            .isInstanceOf(IOException.class)
            .hasMessageContaining(server.url())
            .hasMessageContaining("nothing was changed");
        assertThat(server.sent()).isLessThan(64 << 20);
      }
    }
    assertThat(copy.everything()).isEqualTo(before);
    copy.pull(TinyCopy.in(newer)).run();
    assertIs(newer);
  }

  @Test
  void oneThatHoldsTheReaderUpIsGivenUpSoon() throws IOException {
    try (BadServer server = new BadServer(newer, DEB, Fault.DRIPS)) {
      assertThatThrownBy(() -> copy.pull(TinyCopy.at(server.url())).run())
          .hasMessageContaining("less than 1024 bytes in ");
    }
  }

  /** A mirror in the middle of its own copying, by somebody else's program. */
  @Test
  void generationsThatAreMixedAreNotTaken() throws IOException {
    Path mixed = folder.resolve("mixed");
    PathUtils.copyDirectory(older, mixed);
    for (String path : List.of("manifest", "manifest.asc", REPOMD + ".asc")) {
      Files.copy(
          newer.resolve(path),
          mixed.resolve(path),
          java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }
    copy.pull(TinyCopy.in(older)).run();
    Map<String, String> before = copy.visible();

    assertThatThrownBy(() -> copy.pull(TinyCopy.in(mixed)).run())
        .hasMessageContaining("nothing was changed");
    assertThat(copy.visible()).isEqualTo(before);

    copy.pull(TinyCopy.in(mixed), TinyCopy.in(newer)).run();
    assertIs(newer);
  }

  @Test
  void aTreeThatIsOlderIsTakenByForceOnly() throws IOException {
    copy.pull(TinyCopy.in(newer)).run();
    Map<String, String> before = copy.everything();
    assertThatThrownBy(() -> copy.pull(TinyCopy.in(older)).run())
        .hasMessageContaining("has serial 1, and " + copy.folder + " was at serial 2")
        .hasMessageContaining("nothing was changed");
    assertThat(copy.everything()).isEqualTo(before);

    copy.forceOlder = true;
    copy.pull(TinyCopy.in(older)).run();
    assertIs(older);
    copy.forceOlder = false;
    copy.pull(TinyCopy.in(newer)).run();
    assertIs(newer);
  }

  /** Whoever keeps a mirror from what is new can do so until the end of what it has. */
  @Test
  void aTreeWhoseEndIsPastIsRefused() throws IOException {
    TinyTree tiny = new TinyTree(Files.createDirectory(folder.resolve("tree")));
    tiny.publish("v1.28.15-lts.1");
    tiny.refresh(Instant.parse("2026-11-20T00:00:00Z"), 14);
    Instant end = Instant.parse("2026-12-04T00:00:00Z");
    try (BadServer server = new BadServer(tiny.root(), NOTHING, Fault.SILENT)) {
      copy.now = end.minusSeconds(1);
      copy.pull(TinyCopy.at(server.url())).run();
      Map<String, String> before = copy.everything();
      server.asked().clear();
      copy.now = end;
      assertThatThrownBy(() -> copy.pull(TinyCopy.at(server.url())).run())
          .hasMessageContaining("serial 2 ended on 2026-12-04T00:00:00Z")
          .hasMessageContaining("--force-expired")
          .hasMessageContaining("nothing was changed");
      assertThat(server.asked()).containsExactlyInAnyOrder("manifest", "manifest.asc");
      assertThat(copy.everything()).isEqualTo(before);
      copy.forceExpired = true;
      assertThat(copy.pull(TinyCopy.at(server.url())).run().serial()).isEqualTo(2);
      copy.forceExpired = false;

      Path standsStill = folder.resolve("stands-still");
      PathUtils.copyDirectory(tiny.root(), standsStill);
      tiny.refresh(Instant.parse("2026-11-21T00:00:00Z"), 14);
      copy.pull(TinyCopy.in(standsStill), TinyCopy.at(server.url())).run();
      assertIs(tiny.root());
      assertThat(copy.notes).anyMatch(note -> note.startsWith("skipped " + standsStill));
    }
  }

  @Test
  void anotherTreeOfTheSameSerialIsRefused() throws IOException {
    TinyTree other = new TinyTree(Files.createDirectory(folder.resolve("other")));
    other.publish("v1.28.15-lts.3");
    copy.pull(TinyCopy.in(older)).run();
    assertThatThrownBy(() -> copy.pull(TinyCopy.in(other.root())).run())
        .hasMessageContaining("another tree of serial 1")
        .hasMessageContaining("nothing was changed");
    assertThatThrownBy(
            () ->
                new TinyCopy(folder.resolve("second"))
                    .pull(TinyCopy.in(older), TinyCopy.in(other.root()))
                    .run())
        .hasMessageContaining("different trees of the serial 1");
  }

  @Test
  void aDeadSourceAndOneThatIsBehindAreHelpedByOthers() throws IOException {
    try (BadServer dead = new BadServer(newer, Manifest.PATH, Fault.SILENT);
        BadServer partly = new BadServer(newer, DEB, Fault.LACKS)) {
      copy.pull(
              TinyCopy.at(dead.url()),
              TinyCopy.in(older),
              TinyCopy.at(partly.url()),
              TinyCopy.in(newer))
          .run();
    }
    assertIs(newer);
    assertThat(copy.notes).anyMatch(note -> note.startsWith("skipped http://127.0.0.1"));
  }

  @Test
  void whatAnInterruptedPullFetchedIsGoneOnWith() throws IOException {
    try (BadServer server = new BadServer(newer, DEB, Fault.BREAKS_OFF)) {
      assertThatThrownBy(() -> copy.pull(TinyCopy.at(server.url())).run());
    }
    long half = Files.size(newer.resolve(DEB)) / 2;
    try (BadServer server = new BadServer(newer, NOTHING, Fault.SILENT)) {
      copy.pull(TinyCopy.at(server.url())).run();
      assertThat(server.asked()).contains(DEB + " " + half);
    }
    assertIs(newer);
  }

  @ParameterizedTest
  @CsvSource({"IGNORES_RANGES", "SENDS_ANOTHER_RANGE", "SILENT"})
  void aPartThatCannotBeGoneOnWithIsFetchedFromTheBegin(Fault fault) throws IOException {
    try (BadServer server = new BadServer(newer, DEB, Fault.BREAKS_OFF)) {
      assertThatThrownBy(() -> copy.pull(TinyCopy.at(server.url())).run());
    }
    Path part = copy.folder.resolve(".klts/incoming/" + TinyCopy.visible(newer).get(DEB));
    byte[] bytes = Files.readAllBytes(part);
    if (fault == Fault.SILENT) {
      bytes[10] ^= 1;
      Files.write(part, bytes);
    }
    String path = fault == Fault.SILENT ? NOTHING : DEB;
    try (BadServer server = new BadServer(newer, path, fault)) {
      copy.pull(TinyCopy.at(server.url())).run();
      assertThat(server.asked()).contains(DEB + " " + bytes.length);
    }
    assertIs(newer);
  }

  @Test
  void aChangeOfKeysIsFollowedAndTheOldKeyIsWorthNothingAfterIt() throws IOException {
    TinyTree tree = new TinyTree(Files.createDirectory(folder.resolve("rotated")));
    tree.publish("v1.28.15-lts.1");
    copy.pull(TinyCopy.in(tree.root())).run();
    tree.dualSign();
    copy.pull(TinyCopy.in(tree.root())).run();
    Path stolen = folder.resolve("stolen");
    PathUtils.copyDirectory(tree.root(), stolen);
    tree.retire();

    copy.pull(TinyCopy.in(tree.root())).run();

    assertIs(tree.root());
    copy.pull(TinyCopy.in(tree.root())).run();
    // Somebody who has the old key only goes on from an older state, with higher serials.
    TinyTree forged = new TinyTree(Files.createDirectory(folder.resolve("forged")));
    for (int i = 0; i < 7; i++) {
      forged.publish("v1.28.15-lts." + (2 + i));
    }
    assertThatThrownBy(() -> copy.pull(TinyCopy.in(forged.root())).run())
        .hasMessageContaining("a signature by ")
        .hasMessageContaining("nothing was changed");
    copy.forceOlder = true;
    assertThatThrownBy(() -> copy.pull(TinyCopy.in(older)).run())
        .hasMessageContaining("nothing was changed");
    // Who comes anew with the old key believes whoever signs with it.
    TinyCopy fresh = new TinyCopy(folder.resolve("fresh"));
    assertThatThrownBy(() -> fresh.pull(TinyCopy.in(tree.root())).run())
        .hasMessageContaining("a signature by ");
    assertThat(fresh.folder).doesNotExist();
  }

  /** Over the web nobody sees the copy's note, so whoever verifies it says what it is. */
  @Test
  void aPartIsVerifiedOverHttpIfTheReaderSaysWhichItIs() throws IOException {
    Subset subset = new Subset(List.of("v1.28"), List.of("amd64"), List.of("deb"));
    Part part = (paths, files) -> subset.leftOut(paths, files::file);
    copy.selection = TinyCopy.part(List.of("v1.28"), List.of("amd64"), List.of("deb"));
    Pull.Result result = copy.pull(TinyCopy.in(newer)).run();
    try (StaticServer server = StaticServer.start(copy.folder, "127.0.0.1", 0);
        HttpSource source = new HttpSource(server.uri().toString())) {
      Optional<PublicKey> key = Optional.of(copy.keys.get(0));
      Report report = Verification.run(source, key, TinyCopy.NOW, Optional.of(part));
      assertThat(report.isHealthy()).as(report.problems().toString()).isTrue();
      assertThat(report.notes())
          .contains("a part of the tree: " + result.leftOut() + " files left out");

      Report whole = Verification.run(source, key, TinyCopy.NOW);
      assertThat(whole.isHealthy()).isFalse();
      assertThat(whole.notes())
          .contains(
              result.leftOut()
                  + " files are missing; if this is a copy of a part of the tree, say which part:"
                  + " --channel, --arch, --format");

      Files.delete(copy.folder.resolve(DEB));
      assertThat(Verification.run(source, key, TinyCopy.NOW, Optional.of(part)).problems())
          .anyMatch(problem -> problem.file().equals(DEB));
      Part none =
          (paths, files) ->
              new Subset(List.of("v9.99"), List.of(), List.of()).leftOut(paths, files::file);
      assertThatThrownBy(() -> Verification.run(source, key, TinyCopy.NOW, Optional.of(none)))
          .hasMessageContaining("the tree has no channel v9.99");
    }
  }

  @Test
  void aPartOfATreeIsWholeInItselfAndKnowsWhatItLeavesOut() throws IOException {
    copy.selection = TinyCopy.part(List.of(), List.of("amd64"), List.of("deb"));
    copy.pull(TinyCopy.in(older)).run();
    Pull.Result result = copy.pull(TinyCopy.in(newer)).run();
    assertThat(result.leftOut()).isPositive();
    assertThat(copy.visible().keySet())
        .contains(DEB, "apt/dists/v1.28/InRelease")
        .noneMatch(path -> path.startsWith("rpm/") || path.endsWith("armhf.deb"));
    copy.assertGood();
    assertThat(copy.pull(TinyCopy.in(newer)).run().files()).isZero();

    Files.delete(copy.folder.resolve(DEB));
    assertThatThrownBy(copy::assertGood).hasMessageContaining(DEB);
    assertThat(copy.pull(TinyCopy.in(newer)).run().files()).isEqualTo(1);

    copy.selection = TinyCopy.part(List.of("v1.28"), List.of(), List.of("rpm"));
    copy.pull(TinyCopy.in(newer)).run();
    assertThat(copy.visible().keySet())
        .contains(REPOMD)
        .doesNotContain(DEB, INRELEASE)
        .noneMatch(path -> path.startsWith("rpm/repodata/"));
    copy.assertGood();

    copy.selection = Selection.EVERYTHING;
    copy.pull(TinyCopy.in(newer)).run();
    assertIs(newer);
  }

  @Test
  void aChannelThatTheTreeDoesNotHaveIsRefused() throws IOException {
    copy.selection = TinyCopy.part(List.of("v1.99"), List.of(), List.of());
    assertThatThrownBy(() -> copy.pull(TinyCopy.in(newer)).run())
        .hasMessageContaining("the tree has no channel v1.99; it has v1.28");
    assertThat(copy.visible()).isEmpty();
  }

  @Test
  void aTreeThatIsPublishedToAndAFolderOfOthersAreRefused() throws IOException {
    Map<String, String> before = TinyCopy.visible(older);
    assertThatThrownBy(() -> new TinyCopy(older).pull(TinyCopy.in(newer)).run())
        .hasMessageContaining("is a tree that is published to")
        .hasMessageContaining("nothing was changed");
    assertThat(TinyCopy.visible(older)).isEqualTo(before);

    Files.createDirectories(copy.folder);
    Files.writeString(copy.folder.resolve("notes.txt"), "mine");
    assertThatThrownBy(() -> copy.pull(TinyCopy.in(newer)).run())
        .hasMessageContaining("is neither empty nor a tree of this program");
    assertThat(copy.visible()).containsOnlyKeys("notes.txt");
  }

  /** Made by rsync or the like, and perhaps not well. */
  @Test
  void aCopyThatOthersMadeIsTakenOverAfterEveryFileWasLookedAt() throws IOException {
    PathUtils.copyDirectory(newer, copy.folder);
    PathUtils.deleteDirectory(copy.folder.resolve(".klts"));
    byte[] bytes = Files.readAllBytes(copy.folder.resolve(DEB));
    bytes[100] ^= 1;
    Files.write(copy.folder.resolve(DEB), bytes);

    Pull.Result result = copy.pull(TinyCopy.in(newer)).run();

    assertThat(result.files()).isEqualTo(1);
    assertIs(newer);
  }

  @Test
  void nothingIsWrittenThroughALinkInTheCopy() throws IOException {
    copy.pull(TinyCopy.in(older)).run();
    Path elsewhere = folder.resolve("elsewhere");
    Files.move(copy.folder.resolve("apt"), elsewhere);
    Files.createSymbolicLink(copy.folder.resolve("apt"), elsewhere);
    Map<String, String> before = TinyCopy.visible(elsewhere);

    assertThatThrownBy(() -> copy.pull(TinyCopy.in(newer)).run())
        .hasMessageContaining("apt is a symbolic link")
        .hasMessageContaining("nothing was changed");
    assertThat(TinyCopy.visible(elsewhere)).isEqualTo(before);

    Files.delete(copy.folder.resolve("apt"));
    Files.move(elsewhere, copy.folder.resolve("apt"));
    Path repomd = copy.folder.resolve(REPOMD);
    Path target = Files.move(repomd, folder.resolve("repomd.xml"));
    Files.createSymbolicLink(repomd, target);
    Map<String, String> linked = TinyCopy.visible(folder.resolve("repomd.xml"));
    copy.pull(TinyCopy.in(newer)).run();
    assertThat(TinyCopy.visible(target)).isEqualTo(linked);
    assertIs(newer);
  }

  @Test
  void twoAtOnceEndWell() throws IOException {
    copy.patience = Duration.ofMinutes(1);
    Upstream source = TinyCopy.in(newer);
    List<Pull.Result> results =
        Parallel.all(() -> copy.pull(source).run(), () -> copy.pull(source).run());
    assertThat(results).allMatch(result -> result.serial() == 2);
    assertIs(newer);
    assertThat(copy.folder.resolve(".klts/incoming")).isEmptyDirectory();
  }

  @Test
  void aClockThatIsBehindTheSignatureIsSaid() throws IOException {
    Pull pull =
        new Pull(
            new Pull.Order(
                copy.folder,
                copy.keys,
                List.of(TinyCopy.in(newer)),
                Selection.EVERYTHING,
                false,
                false,
                0,
                Duration.ZERO,
                new io.klts.repo.store.Limits(1, 1, 0),
                Duration.ZERO),
            null,
            java.time.InstantSource.fixed(java.time.Instant.parse("2024-01-01T00:00:00Z")));
    assertThatThrownBy(pull::run).hasMessageContaining("by the clock of this machine");
  }
}
