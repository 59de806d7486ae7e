package io.klts.repo.tree;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.commons.io.function.IORunnable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalTreeTest {

  @TempDir Path folder;
  private Path root;
  private Path note;

  @BeforeEach
  void publish() throws IOException {
    root = folder.resolve("tree");
    note = root.resolve(".klts/changing");
    put(1, file("a/index", "one"));
  }

  private static TreeFile file(String path, String text) {
    return TreeFile.of(path, Stage.INDEX, text.getBytes(UTF_8));
  }

  private LocalTree open() throws IOException {
    return LocalTree.open(root, Duration.ZERO, holder -> {});
  }

  private void put(long serial, TreeFile file) throws IOException {
    TreeMap<String, Manifest.Entry> entries = new TreeMap<>();
    entries.put(file.path(), Manifest.Entry.of(file));
    byte[] manifest = new Manifest(serial, Optional.empty(), List.of(), entries).bytes();
    try (LocalTree tree = open()) {
      tree.put(
          List.of(file, TreeFile.of(Manifest.PATH, Stage.ROOT, manifest)),
          List.of(),
          IORunnable.noop());
    }
  }

  @Test
  void whatWasPutIsIntact() throws IOException {
    try (LocalTree tree = open()) {
      assertThat(tree.intact("a/index")).contains(root.resolve("a/index"));
      assertThat(tree.intact("a/other")).isEmpty();
      assertThat(tree.unfinished()).isFalse();
    }
    assertThat(note).doesNotExist();
  }

  @Test
  void aFileThatWasChangedIsRefused() throws IOException {
    Files.writeString(root.resolve("a/index"), "two");
    try (LocalTree tree = open()) {
      assertThatThrownBy(() -> tree.intact("a/index"))
          .hasMessageContaining("a/index has SHA-256 ")
          .hasMessageContaining("nothing was changed; restore the tree from a copy of it");
    }
  }

  @Test
  void aFileThatIsMissingIsRefused() throws IOException {
    Files.delete(root.resolve("a/index"));
    try (LocalTree tree = open()) {
      assertThatThrownBy(() -> tree.intact("a/index"))
          .hasMessageContaining("a/index is missing; the manifest lists it");
    }
  }

  @Test
  void aFileThatIsNotInTheManifestIsRefused() throws IOException {
    Files.writeString(root.resolve("a/other"), "two");
    try (LocalTree tree = open()) {
      assertThatThrownBy(() -> tree.intact("a/other"))
          .hasMessageContaining("a/other is not in the manifest");
    }
  }

  /** As after a run that was killed between a file and the manifest. */
  @Test
  void aFileThatARunWasAboutToShowIsIntact() throws IOException {
    TreeFile next = file("a/index", "two");
    Files.writeString(root.resolve("a/index"), "two");
    Files.writeString(note, next.sha256() + "\n");
    try (LocalTree tree = open()) {
      assertThat(tree.unfinished()).isTrue();
      assertThat(tree.intact("a/index")).isPresent();
      assertThat(tree.missing(List.of(next))).containsExactly(next);
      assertThat(tree.missing(List.of(file("a/index", "one")))).hasSize(1);
    }
    put(2, next);
    assertThat(note).doesNotExist();
  }

  @Test
  void aChangeThatStopsHalfWaySaysSoAndIsFinishedByTheNext() throws IOException {
    Path inTheWay = Files.createDirectories(root.resolve("b/index/folder"));

    assertThatThrownBy(() -> put(2, file("b/index", "two")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the change of " + root + " stopped half-way: ")
        .hasMessageContaining("b/index")
        .hasMessageContaining("nothing was lost")
        .hasMessageContaining("run the same again, which finishes the change");
    assertThat(note).exists();

    Files.delete(inTheWay);
    Files.delete(inTheWay.getParent());
    put(2, file("b/index", "two"));
    assertThat(root.resolve("b/index")).hasContent("two");
    assertThat(note).doesNotExist();
  }

  @Test
  void whoIsWaitedForIsToldOnce() throws IOException {
    List<String> told = new ArrayList<>();
    try (LocalTree first = open()) {
      assertThat(first.scratch()).exists();
      assertThatThrownBy(() -> LocalTree.open(root, Duration.ofMillis(500), told::add))
          .hasMessageContaining("another run is changing this tree (process ")
          .hasMessageContaining("nothing was changed");
    }
    assertThat(told).hasSize(1);
    assertThat(told.get(0)).startsWith("process " + ProcessHandle.current().pid() + " on ");
  }

  @Test
  void aTreeOfANewerFormatIsRefusedBeforeAnythingIsMadeInIt() throws IOException {
    Path foreign = Files.createDirectory(folder.resolve("foreign"));
    Files.writeString(foreign.resolve("manifest"), "klts-manifest 2\nanything\n");

    assertThatThrownBy(() -> LocalTree.open(foreign, Duration.ZERO, holder -> {}))
        .hasMessageContaining("the tree has format 2, this program knows format 1");
    assertThat(foreign.toFile().list()).containsExactly("manifest");
  }
}
