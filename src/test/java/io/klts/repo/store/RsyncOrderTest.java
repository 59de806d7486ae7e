package io.klts.repo.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.tree.Stage;
import io.klts.repo.tree.TreeFile;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RsyncOrderTest {

  private static List<List<String>> runs(String... paths) {
    List<TreeFile> files =
        List.of(paths).stream().map(p -> TreeFile.of(p, Stage.ROOT, new byte[0])).toList();
    return RsyncOrder.runs(files).stream()
        .map(run -> run.stream().map(TreeFile::path).toList())
        .toList();
  }

  @Test
  void whatIsSortedGoesInOneRun() {
    assertThat(runs("a", "b", "c/a", "c/b/a")).containsExactly(List.of("a", "b", "c/a", "c/b/a"));
  }

  @Test
  void filesOfOneFolderStayTogetherAndTheManifestIsLast() {
    List<String> folders =
        List.of(
            "apt/dists/v1.28/Release.gpg",
            "apt/dists/v1.28/Release",
            "apt/dists/v1.28/InRelease",
            "rpm/repodata/repomd.xml.asc",
            "rpm/repodata/repomd.xml",
            "rpm/v1.28/repodata/repomd.xml.asc",
            "rpm/v1.28/repodata/repomd.xml");
    List<String> top = List.of("manifest.asc", "manifest");
    assertThat(runs(Stream.of(folders, top).flatMap(List::stream).toArray(String[]::new)))
        .containsExactly(folders, top);
  }

  @Test
  void aNewRunBeginsWhereTheOrderIsAnother() {
    assertThat(runs("b/x", "a/x")).containsExactly(List.of("b/x"), List.of("a/x"));
    assertThat(runs("c/a", "b")).containsExactly(List.of("c/a"), List.of("b"));
    assertThat(runs("c/d/a", "c/b")).containsExactly(List.of("c/d/a"), List.of("c/b"));
    assertThat(runs("a/x", "b/x", "a/y")).containsExactly(List.of("a/x", "b/x"), List.of("a/y"));
    // rsync may compare "v1.28/" with "v1.28.1/", in which the slash is after the dot.
    assertThat(runs("v1.28/a", "v1.28.1/a"))
        .containsExactly(List.of("v1.28/a"), List.of("v1.28.1/a"));
    assertThat(runs("v1.28.1/a", "v1.28/a"))
        .containsExactly(List.of("v1.28.1/a"), List.of("v1.28/a"));
  }

  @Test
  void noFilesAreNoRun() {
    assertThat(runs()).isEmpty();
  }
}
