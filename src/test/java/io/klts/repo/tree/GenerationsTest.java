package io.klts.repo.tree;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.klts.repo.tree.Generations.Generation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerationsTest {

  @TempDir Path root;
  private Path kept;
  private Generations generations;

  @BeforeEach
  void keep() throws IOException {
    kept = root.resolve(".klts/generations");
    generations = Generations.in(root);
    for (long serial : List.of(2L, 10L, 9L)) {
      keep(Long.toString(serial), serial);
    }
  }

  private void keep(String folder, long serial) throws IOException {
    TreeMap<String, Manifest.Entry> entries = new TreeMap<>();
    TreeFile file = TreeFile.of("of-" + serial, Stage.INDEX, "x".getBytes(UTF_8));
    entries.put(file.path(), Manifest.Entry.of(file));
    Files.createDirectories(kept.resolve(folder));
    Files.write(
        kept.resolve(folder).resolve(Manifest.PATH),
        new Manifest(serial, Optional.empty(), List.of(), entries).bytes());
  }

  @Test
  void theNewestIsFirst() throws IOException {
    assertThat(generations.all()).extracting(Generation::serial).containsExactly(10L, 9L, 2L);
    assertThat(generations.before(9).serial()).isEqualTo(2);
    assertThat(generations.of(9).manifest().entries()).containsOnlyKeys("of-9");
  }

  @Test
  void aTreeThatWasNeverChangedHasNone() throws IOException {
    assertThat(Generations.in(root.resolve("other")).all()).isEmpty();
    assertThatThrownBy(() -> generations.before(2))
        .hasMessage("serial 1 is not kept; there are: 10 9 2\n  nothing was changed");
  }

  @Test
  void whatIsNoGenerationIsLeftAlone() throws IOException {
    keep("copy-of-9", 9);
    keep("09", 9);
    Files.createDirectory(kept.resolve("11"));
    assertThat(generations.all()).extracting(Generation::serial).containsExactly(10L, 9L, 2L);
  }

  @Test
  void damageIsFoundWhereItIs() throws IOException {
    Files.writeString(kept.resolve("9").resolve(Manifest.PATH), "klts-manifest 1\nserial");
    keep("2", 3);
    assertThat(generations.of(10).manifest().serial()).isEqualTo(10);
    assertThatThrownBy(() -> generations.of(9).manifest())
        .hasMessageStartingWith(kept.resolve("9/manifest").toString());
    assertThatThrownBy(() -> generations.of(2).manifest())
        .hasMessage(kept.resolve("2/manifest") + ": it is damaged: it has the serial 3, not 2");
  }

  @Test
  void whatWasPrunedMeanwhileIsSaid() throws IOException {
    Generation generation = generations.of(9);
    Generation looked = generations.of(10);
    looked.manifest();
    for (String serial : List.of("9", "10")) {
      Files.delete(kept.resolve(serial).resolve(Manifest.PATH));
    }
    assertThat(looked.manifest().serial()).isEqualTo(10);
    assertThatThrownBy(generation::manifest)
        .hasMessage(kept.resolve("9/manifest") + " was pruned meanwhile\n  run the same again");
  }
}
