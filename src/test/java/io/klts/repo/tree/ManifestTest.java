package io.klts.repo.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.klts.repo.blob.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestTest {

  private static final Instant END = Instant.parse("2026-12-04T00:00:00Z");
  private static final String KEY = "5378438004EE4D0ED93B4D31C92F4319005B578E";
  private static final String DIGEST = "ab".repeat(32);
  private static final String HEAD = "klts-manifest 1\nserial 7\n";

  private static Manifest parse(String text) throws IOException {
    return Manifest.parse(text.getBytes(StandardCharsets.UTF_8), "m");
  }

  @Test
  void readsWhatItWrites() throws IOException {
    TreeMap<String, Manifest.Entry> entries = new TreeMap<>();
    entries.put("b/c", new Manifest.Entry(new Sha256(DIGEST), 0, Stage.ROOT));
    entries.put("a", new Manifest.Entry(new Sha256(DIGEST), Long.MAX_VALUE, Stage.PAYLOAD));
    Manifest manifest = new Manifest(7, Optional.of(END), List.of(KEY), entries);
    assertThat(new String(manifest.bytes(), StandardCharsets.UTF_8))
        .startsWith(
            HEAD
                + "valid-until 2026-12-04T00:00:00Z\nkey "
                + KEY
                + "\n"
                + DIGEST
                + " 9223372036854775807 PAYLOAD a\n");
    assertThat(Manifest.parse(manifest.bytes(), "m")).isEqualTo(manifest);
    Manifest endless = new Manifest(7, Optional.empty(), List.of(KEY), entries);
    assertThat(new String(endless.bytes(), StandardCharsets.UTF_8)).startsWith(HEAD + "key ");
    assertThat(Manifest.parse(endless.bytes(), "m")).isEqualTo(endless);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "%s 1 INDEX",
        "%s  INDEX a",
        "%s 01 INDEX a",
        "%s +1 INDEX a",
        "%s -1 INDEX a",
        "%s 1 index a",
        "%s 1 INDEX  a",
        "%s 1 INDEX a b",
        "%s0 1 INDEX a",
        "A%s 1 INDEX a",
        "%s 99999999999999999999 INDEX a",
        "serial 0",
        "serial 01",
        "key 123"
      })
  void refusesOtherLinesAndSaysWhich(String line) {
    String text = HEAD + DIGEST + " 1 INDEX good\n" + line.formatted(DIGEST) + "\n";
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("m:4: ")
        .hasMessageContaining("is not a line of a manifest\n  nothing was changed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\r", " ", "\rmore", "0"})
  void refusesAFirstLineWithMoreInIt(String more) {
    assertThatThrownBy(() -> parse(HEAD.replaceFirst("\n", more + "\n")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("m: the tree has format 1" + more + ", this program knows format 1");
  }

  @Test
  void refusesPathsThatStandInAnotherOrder() {
    assertThatThrownBy(() -> parse(HEAD + DIGEST + " 1 INDEX b\n" + DIGEST + " 1 INDEX a\n"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("m:4: a stands behind b\n  nothing was changed");
  }

  @Test
  void takesTheLargestSizeAndNoLargerOne() throws IOException {
    String line = HEAD + DIGEST + " %s INDEX a\n";
    assertThat(parse(line.formatted("9223372036854775807")).entries().get("a").size())
        .isEqualTo(Long.MAX_VALUE);
    for (String size :
        List.of("9223372036854775808", "9999999999999999999", "10000000000000000000")) {
      assertThatThrownBy(() -> parse(line.formatted(size))).isInstanceOf(IOException.class);
    }
  }

  @Test
  void refusesALineThatIsCutOff() {
    assertThatThrownBy(() -> parse(HEAD + DIGEST + " 1 INDEX goo"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("m:3: \"" + DIGEST + " 1 INDEX goo\" is not a line of a manifest");
  }

  @Test
  void refusesAnEndThatIsNoTime() {
    assertThatThrownBy(() -> parse(HEAD + "valid-until tomorrow\n"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("m:3: \"tomorrow\" is not a time");
  }

  @Test
  void refusesPathsThatLeadOut() {
    assertThatThrownBy(() -> parse(HEAD + DIGEST + " 1 INDEX ../a\n"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("m:3: \"../a\" is not a path of a published tree");
  }

  @Test
  void refusesAFileTwice() {
    String line = DIGEST + " 1 INDEX a\n";
    assertThatThrownBy(() -> parse(HEAD + line + line))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("m:4: a is listed twice");
  }
}
