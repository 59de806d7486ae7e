package io.klts.repo.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.klts.repo.publish.TinyTree;
import io.klts.repo.source.FolderSource;
import io.klts.repo.store.Limits;
import io.klts.repo.store.Store;
import io.klts.repo.store.Stores;
import io.klts.repo.store.Target;
import io.klts.repo.tree.LocalTree;
import io.klts.repo.tree.Manifest;
import io.klts.repo.tree.Prune;
import io.klts.repo.tree.Stage;
import io.klts.repo.tree.StoredTree;
import io.klts.repo.tree.TreeFile;
import io.klts.repo.verify.Problem;
import io.klts.repo.verify.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a push puts and deletes, in which order, and what it leaves when it is stopped. */
class PushTest {

  private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
  private static final Push.Guard GUARD = new Push.Guard(false, false, 1000, 30);

  /** A tree with two generations, each with one release. */
  @TempDir static Path shared;

  private static TinyTree tree;

  @TempDir Path folder;
  private Path copy;
  private Counting store;

  @BeforeAll
  static void publish() throws IOException {
    tree = new TinyTree(shared);
    tree.publish("v1.28.15-lts.1");
    copyFolder(tree.root(), shared.resolve("first"));
    tree.publish("v1.28.15-lts.2");
  }

  @BeforeEach
  void open() throws IOException {
    copy = folder.resolve("copy");
    store = new Counting(open(copy));
  }

  private static Store open(Path folder) throws IOException {
    Target target =
        new Target(
            folder.toUri(), Optional.empty(), "us-east-1", Target.Style.PATH, Optional.empty());
    return Stores.open(target, new Limits(4, 1, 0), Map.of());
  }

  private Push.Plan push(Path from) throws IOException {
    return push(from, GUARD, Set.of());
  }

  private Push.Plan push(Path from, Push.Guard guard, Set<String> again) throws IOException {
    return StoredTree.look(
        from,
        open -> {
          Push push = new Push(open, Reference.of(open), store, guard);
          Push.Plan plan = push.plan(again);
          push.run(plan, file -> {});
          return plan;
        });
  }

  @Test
  void anEmptyCopyGetsTheWholeTree() throws IOException {
    Push.Plan plan = push(tree.root());

    Manifest manifest = StoredTree.look(tree.root(), StoredTree::manifest);
    assertThat(plan.files()).isEqualTo(manifest.entries().size() + 2);
    assertThat(plan.serialBefore()).isZero();
    assertGood();
  }

  @Test
  void ofAFurtherReleaseOnlyWhatChangedIsPut() throws IOException {
    push(shared.resolve("first"));
    store.put.clear();

    Push.Plan plan = push(tree.root());

    Manifest before = StoredTree.look(shared.resolve("first"), StoredTree::manifest);
    Manifest after = StoredTree.look(tree.root(), StoredTree::manifest);
    List<String> changed =
        after.entries().keySet().stream()
            .filter(path -> !after.entries().get(path).equals(before.entries().get(path)))
            .toList();
    assertThat(changed).hasSizeLessThan(after.entries().size());
    assertThat(plan.serialBefore()).isEqualTo(before.serial());
    assertThat(plan.files()).isEqualTo(changed.size() + 2);
    assertThat(store.put)
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(
                    changed.stream(), Stream.of(Push.HELD, Manifest.PATH, Manifest.SIGNATURE_PATH))
                .toList());
    assertGood();
  }

  @Test
  void nothingIsPutTwice() throws IOException {
    push(tree.root());
    store.put.clear();

    Push.Plan plan = push(tree.root());

    assertThat(plan.isEmpty()).isTrue();
    assertThat(store.put).isEmpty();
    assertThat(store.asked).as("questions for files").isZero();
  }

  @Test
  void everythingIsPutAgainOnRequest() throws IOException {
    push(tree.root());
    Files.writeString(copy.resolve("lastupdate"), "1\n");

    push(tree.root(), new Push.Guard(true, false, 1000, 30), Set.of());

    assertGood();
  }

  @Test
  void aFileThatReadersDoNotGetRightIsPutAgain() throws IOException {
    push(tree.root());
    Files.writeString(copy.resolve("lastupdate"), "1\n");
    store.put.clear();

    push(tree.root(), GUARD, Set.of("lastupdate"));

    assertThat(store.put).containsExactly("lastupdate", Manifest.SIGNATURE_PATH, Manifest.PATH);
    assertGood();
  }

  @Test
  void filesBecomeVisibleStageByStageAndEachPairBackToBack() throws IOException {
    push(tree.root());

    Manifest manifest = StoredTree.look(tree.root(), StoredTree::manifest);
    List<Stage> stages =
        store.put.stream()
            .filter(path -> manifest.entries().containsKey(path))
            .map(path -> manifest.entries().get(path).stage())
            .toList();
    assertThat(stages).isSorted().contains(Stage.values());
    for (String path : store.put) {
      if (path.endsWith("/repomd.xml")) {
        assertThat(before(path)).isEqualTo(path + ".asc");
      }
      if (path.endsWith("/InRelease")) {
        assertThat(before(path)).isEqualTo(path.replace("InRelease", "Release"));
      }
    }
    assertThat(store.put).endsWith(Manifest.SIGNATURE_PATH, Manifest.PATH);
    assertThat(store.put.get(0)).isEqualTo(Push.HELD);
  }

  private String before(String path) {
    return store.put.get(store.put.indexOf(path) - 1);
  }

  @Test
  void aPushThatWasStoppedAnywhereLeavesAReadableCopyAndIsFinishedByTheNext() throws IOException {
    push(tree.root());
    int puts = store.put.size();
    for (int stop = 0; stop < puts; stop += 3) {
      copy = folder.resolve("stopped" + stop);
      store = new Counting(open(copy));
      push(shared.resolve("first"));
      store.put.clear();
      store.stopAfter = stop;
      try {
        push(tree.root());
        assertThat(stop).isGreaterThanOrEqualTo(store.put.size());
        break;
      } catch (IOException e) {
        assertThat(e).hasMessage("stopped");
      }
      assertThat(store.put).hasSize(stop);
      assertThat(packagesOfIndexes()).allMatch(path -> Files.exists(copy.resolve(path)));
      List<String> putBefore = List.copyOf(store.put);
      store.put.clear();
      store.stopAfter = Integer.MAX_VALUE;

      push(tree.root());

      assertThat(store.put)
          .as("packages are not put twice")
          .noneMatch(path -> path.matches(".*\\.(rpm|deb)") && putBefore.contains(path));
      assertGood();
    }
  }

  /** The packages that apt's indexes in the copy name, by their fixed names. */
  private List<String> packagesOfIndexes() throws IOException {
    List<String> paths = new ArrayList<>();
    try (Stream<Path> files = Files.walk(copy.resolve("apt/dists"))) {
      for (Path file : files.filter(f -> f.endsWith("Packages")).toList()) {
        Files.readAllLines(file).stream()
            .filter(line -> line.startsWith("Filename: "))
            .forEach(line -> paths.add("apt/" + line.substring("Filename: ".length())));
      }
    }
    assertThat(paths).isNotEmpty();
    return paths;
  }

  @Test
  void whatWasPrunedIsDeletedAndNothingElse() throws IOException {
    Path own = folder.resolve("own");
    copyFolder(tree.root(), own);
    push(shared.resolve("first"));
    Files.writeString(copy.resolve("somebody-elses.txt"), "x");
    push(own);
    assertThat(gone(own)).as("still kept for clients in the middle of an update").isEmpty();

    prune(own);
    Push.Plan plan = push(own, new Push.Guard(false, false, 1000, 100), Set.of());

    assertThat(plan.deletes()).isNotEmpty().isEqualTo(gone(own));
    assertThat(plan.deletes()).allMatch(path -> !Files.exists(copy.resolve(path)));
    assertThat(copy.resolve("somebody-elses.txt")).exists();
    Files.delete(copy.resolve("somebody-elses.txt"));
    assertThat(push(own).isEmpty()).isTrue();
    assertGood();
  }

  private static List<String> gone(Path own) throws IOException {
    Manifest first = StoredTree.look(shared.resolve("first"), StoredTree::manifest);
    return first.entries().keySet().stream()
        .filter(path -> !Files.exists(own.resolve(path)))
        .toList();
  }

  private static void prune(Path own) throws IOException {
    try (LocalTree open = LocalTree.open(own, Duration.ZERO, holder -> {})) {
      Prune.plan(open, 0, Duration.ZERO, NOW.plus(Duration.ofDays(9999))).run(open);
    }
  }

  @Test
  void manyDeletesWantPermission() throws IOException {
    Path own = folder.resolve("own");
    copyFolder(tree.root(), own);
    push(shared.resolve("first"));
    push(own);
    prune(own);

    assertThatThrownBy(() -> push(own, new Push.Guard(false, false, 3, 100), Set.of()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("would be deleted; allowed are 3")
        .hasMessageContaining("nothing was changed");
    assertThat(push(own).deletes()).isNotEmpty();
  }

  @Test
  void aNewerCopyDoesNotGoBack() throws IOException {
    push(tree.root());

    assertThatThrownBy(() -> push(shared.resolve("first")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the copy has serial 2, the tree in")
        .hasMessageContaining("serial 1");
    push(shared.resolve("first"), new Push.Guard(false, true, 1000, 100), Set.of());
    assertThat(Files.readString(copy.resolve(Manifest.PATH))).contains("\nserial 1\n");
  }

  @Test
  void aManifestThatNobodyOfOursSignedIsNotBelieved() throws IOException {
    push(tree.root());
    String text = Files.readString(copy.resolve(Manifest.PATH));
    Files.writeString(copy.resolve(Manifest.PATH), text.replace("serial 2", "serial 99"));

    assertThat(push(tree.root()).files()).isPositive();

    assertGood();
  }

  @Test
  void aDamagedListOfTheCopyIsNamed() throws IOException {
    push(tree.root());
    Files.writeString(copy.resolve(Push.HELD), "../../etc/passwd\n");

    assertThatThrownBy(() -> push(tree.root()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("project/trace/pushed of the copy is damaged");
  }

  @Test
  void aFileThatIsNotAsTheManifestSaysIsNotPut() throws IOException {
    Path own = folder.resolve("own");
    copyFolder(tree.root(), own);
    Path broken;
    try (Stream<Path> files = Files.walk(own.resolve("rpm"))) {
      broken = files.filter(file -> file.toString().endsWith(".rpm")).findFirst().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(broken);
    bytes[bytes.length / 2] ^= 1;
    Files.write(broken, bytes);

    assertThatThrownBy(() -> push(own))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(own.relativize(broken) + " changed after it was listed");
    assertThat(copy.resolve(own.relativize(broken))).doesNotExist();
    assertThat(copy.resolve(Manifest.PATH)).doesNotExist();
  }

  /** Roots are looked at before the first of them is put, and sizes before anything is. */
  @ParameterizedTest
  @CsvSource({"rpm/v1.28/repodata/repomd.xml,0", "packages.json,1"})
  void damageThatIsSeenAtOnceLeavesTheCopyAlone(String path, int more) throws IOException {
    Path own = folder.resolve("own");
    copyFolder(tree.root(), own);
    byte[] bytes = Files.readAllBytes(own.resolve(path));
    bytes[bytes.length / 2] ^= 1;
    Files.write(own.resolve(path), Arrays.copyOf(bytes, bytes.length + more));

    assertThatThrownBy(() -> push(own))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(own.resolve(path) + " has ")
        .hasMessageContaining("the manifest lists ")
        .hasMessageContaining("nothing was changed");
    assertThat(copy).doesNotExist();
  }

  @Test
  void aTreeWithoutSignatureIsNotPushed() throws IOException {
    Path own = folder.resolve("own");
    copyFolder(tree.root(), own);
    Files.delete(own.resolve(Manifest.SIGNATURE_PATH));

    assertThatThrownBy(() -> push(own))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(own + " is not signed");
  }

  @Test
  void aTreeWhoseSignatureIsWrongIsNotPushed() throws IOException {
    Path own = folder.resolve("own");
    copyFolder(tree.root(), own);
    Files.copy(
        shared.resolve("first/manifest.asc"),
        own.resolve(Manifest.SIGNATURE_PATH),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);

    assertThatThrownBy(() -> push(own))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("manifest.asc: ")
        .hasMessageContaining("nothing was changed");
  }

  private void assertGood() throws IOException {
    assertThat(problems(copy)).isEqualTo(problems(tree.root()));
  }

  private static List<Problem> problems(Path folder) throws IOException {
    return Verification.run(new FolderSource(folder), Optional.empty(), NOW).problems();
  }

  private static void copyFolder(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }

  /** Notes what is done, and stops after a number of puts. */
  private static final class Counting implements Store {
    private final Store store;
    private final List<String> put = new ArrayList<>();
    private int stopAfter = Integer.MAX_VALUE;
    private int asked;

    Counting(Store store) {
      this.store = store;
    }

    @Override
    public Optional<byte[]> read(String path, int limit) throws IOException {
      return store.read(path, limit);
    }

    @Override
    public OptionalLong size(String path) throws IOException {
      asked++;
      return store.size(path);
    }

    @Override
    public void put(Collection<TreeFile> files, Consumer<TreeFile> done) throws IOException {
      putInOrder(List.of(List.copyOf(files)), done);
    }

    @Override
    public void putInOrder(Collection<List<TreeFile>> lists, Consumer<TreeFile> done)
        throws IOException {
      for (TreeFile file : lists.stream().flatMap(List::stream).toList()) {
        if (put.size() == stopAfter) {
          throw new IOException("stopped");
        }
        store.put(List.of(file), done);
        put.add(file.path());
      }
    }

    @Override
    public void delete(Collection<String> paths) throws IOException {
      store.delete(paths);
    }

    @Override
    public void close() {
      store.close();
    }
  }
}
