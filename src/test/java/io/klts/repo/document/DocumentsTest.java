package io.klts.repo.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.klts.repo.blob.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentsTest {

  private static final String DIGEST = Sha256.of(new byte[0]).hex();

  private static final String WHOLE =
      """
      {"text":"a \\"b\\" é 鲲","whole":-7,"large":4294967296,"real":1.5,"yes":true,\
      "day":"SUNDAY","digest":"%s","names":["b","a","b"],"sorted":["a","b"],\
      "table":{"x":{"name":"one"},"y":{"name":"two"}},"deep":{"k":["v"]},"inner":{"name":"three"}}\
      """
          .formatted(DIGEST);

  @TempDir Path folder;

  private enum Day {
    SUNDAY,
    MONDAY;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private record Inner(String name) {

    Inner {
      if (name == null) {
        throw new IllegalArgumentException("\"name\" is missing");
      }
    }
  }

  private record All(
      String text,
      int whole,
      Long large,
      Double real,
      boolean yes,
      Day day,
      Sha256 digest,
      List<String> names,
      SortedSet<String> sorted,
      Map<String, Inner> table,
      Map<String, List<String>> deep,
      Inner inner) {}

  private record Some(String text, Integer number, Map<String, Integer> counts, List<Inner> list) {}

  private record Places(List<Located<Inner>> list) {}

  @Test
  void everythingIsWrittenAsItWasRead() throws IOException {
    List<All> read = json("[" + WHOLE + "," + WHOLE + "]", All.class);

    assertThat(read.get(0).sorted()).containsExactly("a", "b");
    assertThat(read.get(0).table()).containsOnlyKeys("x", "y");
    assertThat(read.get(0).large()).isEqualTo(1L << 32);
    assertThat(Documents.jsonLine(read.get(0))).isEqualTo(WHOLE);
    assertThat(Documents.jsonLines(read)).isEqualTo(WHOLE + ",\n" + WHOLE);
    assertThat(yaml(WHOLE, All.class)).isEqualTo(read.get(1));
  }

  @Test
  void whatIsEmptyIsLeftOutOfARecordButNotOfATable() throws IOException {
    assertThat(Documents.jsonLine(new Some("", null, Map.of(), List.of()))).isEqualTo("{}");
    Map<String, Object> table = new LinkedHashMap<>();
    table.put("a", "");
    table.put("b", List.of());
    assertThat(Documents.jsonLine(table)).isEqualTo("{\"a\":\"\",\"b\":[]}");
    assertThat(Documents.jsonLines(List.of())).isEmpty();
  }

  @Test
  void prettyDocumentsAreIndentedAndEndWithALine() throws IOException {
    byte[] pretty = Documents.prettyJson(new Some("é", 1, null, List.of(new Inner("x"))));

    assertThat(new String(pretty, StandardCharsets.UTF_8))
        .isEqualTo(
            """
            {
              "text" : "é",
              "number" : 1,
              "list" : [
                {
                  "name" : "x"
                }
              ]
            }
            """);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "number: x | 1: number: expected a whole number, found \"x\"",
        "number: '5' | 1: number: expected a whole number, found \"5\"",
        "number: 5.0 | 1: number: expected a whole number, found \"5.0\"",
        "number: 5000000000 | 1: number: Numeric value (5000000000) out of range of int",
        "number: [5] | 1: number: expected a whole number, found a list",
        "text: {a: b} | 1: text: expected a text, found a table",
        "counts: {a: x} | 1: counts.a: expected a whole number, found \"x\"",
        "counts: {a: } | 1: counts.a: an entry is empty",
        "counts: [] | 1: counts: expected a table, found a list",
        "list: {} | 1: list: expected a list, found a table",
        "list: [{name: a}, {nam: b}] | 1: list[1].nam: unknown key \"nam\"; allowed here: name",
        "list: [x] | 1: list[0]: expected a table with the keys name, found \"x\"",
        "list: [~] | 1: list[0]: an entry is empty",
        "list: [{}] | 1: list[0]: \"name\" is missing",
        "text: a~text: b | 2: Duplicate field 'text'",
        "text: [a | 1: text: while parsing a flow sequence",
        "[] | 1: expected a table with the keys counts, list, number, text, found a list",
        "text: a~---~text: b | 3: the document has ended before this",
        "~ | the document is empty",
      })
  void aFaultIsNamedWithItsPlace(String text, String message) {
    String document = text.equals("~") ? "" : text.replace('~', '\n').replace("[\n]", "[~]");

    assertThatThrownBy(() -> yaml(document, Some.class))
        .isInstanceOf(DocumentException.class)
        .hasMessageContaining("document.yaml:")
        .hasMessageContaining(message);
  }

  @Test
  void allFaultsOfADocumentAreNamedAtOnce() {
    String text = "txt: a\nnumber: x\nlist:\n- name: a\n- name: [b]\n- {}\n";

    assertThatThrownBy(() -> yaml(text, Some.class))
        .satisfies(
            thrown ->
                assertThat(thrown.getMessage().lines().map(line -> line.replaceAll(".*yaml:", "")))
                    .containsExactly(
                        "1: txt: unknown key \"txt\"; allowed here: counts, list, number, text",
                        "2: number: expected a whole number, found \"x\"",
                        "5: list[1].name: expected a text, found a list",
                        "6: list[2]: \"name\" is missing"));
  }

  @Test
  void aPrimitiveThatIsWrongIsNotMissingAsWell() {
    assertThatThrownBy(() -> yaml(WHOLE.replace("-7", "x"), All.class))
        .hasMessageEndingWith(":1: whole: expected a whole number, found \"x\"");
  }

  @Test
  void numbersAndTruthsAreTextsWhereATextIsExpected() throws IOException {
    assertThat(yaml("text: 1.10", Some.class).text()).isEqualTo("1.10");
    assertThat(yaml("text: true", Some.class).text()).isEqualTo("true");
    assertThat(yaml("text:", Some.class).text()).isNull();
  }

  @Test
  void aValueKnowsItsLine() throws IOException {
    assertThat(yaml("list:\n- name: a\n- {name: b}\n", Places.class).list())
        .containsExactly(new Located<>(new Inner("a"), 2), new Located<>(new Inner("b"), 3));
  }

  @ParameterizedTest
  @ValueSource(strings = {"whole", "yes"})
  void aPrimitiveMustBeThere(String key) {
    String without = WHOLE.replaceFirst("\"" + key + "\":[^,]*,", "");

    assertThatThrownBy(() -> json("[" + without + "]", All.class))
        .hasMessage("list:8: it is damaged: [0]: \"" + key + "\" is missing");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "SUNDAY | sunday | [1].day: expected one of SUNDAY, MONDAY, found \"sunday\"",
        "\"yes\":true | \"yes\":1 | [1].yes: expected true or false, found \"1\"",
        "1.5 | \"1.5\" | [1].real: expected a number, found \"1.5\"",
        "4294967296 | 99999999999999999999 | [1].large: Numeric value",
        "digest\":\"e3 | digest\":\"zz | [1].digest: not a SHA-256 in lower-case hexadecimal: zz",
        "\"b\",\"a\" | null | [1].names[0]: an entry is empty",
        "\"sorted\":[\"a\" | \"sorted\":[null | [1].sorted[0]: an entry is empty",
        "\"text\" | \"text\":\"\",\"text\" | [1]: Duplicate field 'text'",
        "\"three\"} | \"three\" | [1]: Unexpected close marker",
      })
  void aDamagedLineIsNamed(String before, String after, String message) {
    String damaged = WHOLE.replace(before, after == null ? "" : after);
    assertThat(damaged).isNotEqualTo(WHOLE);

    assertThatThrownBy(() -> json("[" + WHOLE + ",\n" + damaged + "]", All.class))
        .isInstanceOf(DocumentException.class)
        .hasMessageStartingWith("list:9: it is damaged: ")
        .hasMessageContaining(message);
  }

  private static <T> List<T> json(String text, Class<T> type) throws IOException {
    return Documents.jsonList(text, "list", () -> 8, type);
  }

  private <T> T yaml(String text, Class<T> type) throws IOException {
    return Documents.yaml(Files.writeString(folder.resolve("document.yaml"), text), type);
  }
}
