package io.klts.repo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.publish.TinyTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A copy that {@code mirror pull} made is changed by {@code mirror pull} alone. */
class CopyTest {

  private static final String KEY = "--key=src/test/resources/keys/good-public.asc";

  @TempDir private Path folder;
  private Path copy;

  @BeforeEach
  void pull() throws IOException {
    TinyTree tiny = new TinyTree(folder);
    tiny.publish("v1.28.15-lts.1");
    copy = folder.resolve("copy");
    assertThat(Run.of(pulled()).exit()).isZero();
  }

  private List<String> pulled(String... more) {
    List<String> all =
        new ArrayList<>(List.of("mirror", "pull", "--from=" + folder.resolve("tree")));
    all.addAll(List.of(more));
    all.addAll(List.of(KEY, copy.toString()));
    return all;
  }

  @Test
  void aPruneByHandIsRefused() throws IOException {
    byte[] before = Files.readAllBytes(copy.resolve("manifest"));
    Run run = Run.of(List.of("prune", "--tree=" + copy));
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err())
        .contains(copy + " is a copy that mirror pull made, of serial 1")
        .contains("nothing was changed")
        .contains("take .klts/copy away");
    assertThat(copy.resolve("manifest")).hasBinaryContent(before);
  }

  /** Without all files there is nothing that could be published further. */
  @Test
  void aPartCannotBecomeATreeOfItsOwn() {
    assertThat(Run.of(pulled("--format=deb")).exit()).isZero();
    Run run = Run.of(List.of("prune", "--tree=" + copy));
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).doesNotContain("take .klts/copy away");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--channel=v1.28", "--arch=amd64"})
  void whatIsVerifiedMayBeAPart(String choice) {
    assertThat(Run.of(pulled("--channel=v1.28", "--arch=amd64")).exit()).isZero();
    List<String> verify = new ArrayList<>(List.of("verify", KEY, copy.toString()));
    if (!choice.isEmpty()) {
      verify.add(1, choice);
    }
    // Whoever expects more than the copy was made with misses something.
    assertThat(Run.of(verify).exit()).isEqualTo(choice.isEmpty() ? 0 : 3);
  }
}
