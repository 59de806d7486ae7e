package io.klts.repo.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.tree.Stage;
import io.klts.repo.tree.TreeFile;
import java.util.List;
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
  void aSignatureAndItsDocumentStayTogetherAndTheManifestIsLast() {
    assertThat(
            runs(
                "apt/dists/v1.28/InRelease",
                "rpm/v1.28/repodata/repomd.xml.asc",
                "rpm/v1.28/repodata/repomd.xml",
                "rpm/v1.29/repodata/repomd.xml.asc",
                "rpm/v1.29/repodata/repomd.xml",
                "manifest.asc",
                "manifest"))
        .containsExactly(
            List.of(
                "apt/dists/v1.28/InRelease",
                "rpm/v1.28/repodata/repomd.xml.asc",
                "rpm/v1.28/repodata/repomd.xml",
                "rpm/v1.29/repodata/repomd.xml.asc",
                "rpm/v1.29/repodata/repomd.xml"),
            List.of("manifest.asc", "manifest"));
  }

  @Test
  void aNewRunBeginsWhereTheOrderIsAnother() {
    assertThat(runs("b", "a")).containsExactly(List.of("b"), List.of("a"));
    assertThat(runs("c/a", "b")).containsExactly(List.of("c/a"), List.of("b"));
    // rsync may compare "v1.28/" with "v1.28.1/", in which the slash is after the dot.
    assertThat(runs("v1.28/a", "v1.28.1/a"))
        .containsExactly(List.of("v1.28/a"), List.of("v1.28.1/a"));
    assertThat(runs("v1.28.1/a", "v1.28/a"))
        .containsExactly(List.of("v1.28.1/a"), List.of("v1.28/a"));
  }

  @Test
  void anotherSignatureIsNoPair() {
    assertThat(runs("a.asc", "b")).containsExactly(List.of("a.asc", "b"));
    assertThat(runs("b.asc", "a")).containsExactly(List.of("b.asc"), List.of("a"));
  }

  @Test
  void noFilesAreNoRun() {
    assertThat(runs()).isEmpty();
  }
}
