package io.klts.repo.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.toml.TomlFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.klts.repo.document.DocumentException;
import io.klts.repo.document.Documents;
import io.klts.repo.publish.TinyTree;
import io.klts.repo.tree.ListedMirror;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The reference of file formats says what the records say that are read and written: its tables are
 * made of them, its examples of files that they read or wrote.
 *
 * <p>When a record was changed, {@code ./run-tests unit -Dtest=FormatsTest -Dgolden.update} writes
 * the page anew, and the difference goes into the same commit. In the page,
 *
 * <ul>
 *   <li>{@code keys CLASS of FILE at PREFIX} is a table of a record's components; {@code FILE} is a
 *       document of this format, {@code PREFIX} where in it the record stands,
 *   <li>{@code lines CLASS} is one for a format with a line for each thing,
 *   <li>{@code example FILE LINES} is that document, or some lines of it.
 * </ul>
 *
 * <p>A {@code FILE} that begins with {@code tree:} is one of a tree that this test publishes; one
 * that does not is one that people write.
 */
class FormatsTest {

  private static final Path PAGE = Path.of("docs/formats.md");

  private static final String HINT =
      "if this change is wanted: ./run-tests unit -Dtest=FormatsTest -Dgolden.update";

  private static final Pattern MADE =
      Pattern.compile(
          "(?ms)^<!-- (?:keys (\\S+)(?: of (\\S+))?(?: at (\\S+))?|lines (\\S+)|example (\\S+)(?: (\\S+))?) -->\n"
              + ".*?^<!-- end -->$");

  private static final int WIDEST = 120;

  @TempDir private static Path folder;

  private static final RecordKeys KEYS = new RecordKeys();
  private static Path tree;
  private static String page;

  @BeforeAll
  static void publish() throws IOException {
    TinyTree tiny = new TinyTree(folder);
    tiny.publish("v1.28.15-lts.1");
    tiny.publish("v1.28.15-lts.2");
    String mirror = "https://mirror.example.edu/gold";
    tiny.list(
        List.of(
            new ListedMirror(
                "university", "copy", mirror, "de", 20, mirror + "/rpm", mirror + "/apt")));
    tiny.refresh(Instant.parse("2025-06-01T00:00:00Z"), 14);
    tiny.dualSign();
    tree = tiny.root();
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(PAGE, made(Files.readString(PAGE)));
    }
    page = Files.readString(PAGE);
  }

  @Test
  void thePageIsWhatTheRecordsSay() throws IOException {
    assertThat(page).as(HINT).isEqualTo(made(page));
  }

  private static String made(String text) throws IOException {
    StringBuilder made = new StringBuilder();
    Matcher m = MADE.matcher(text);
    while (m.find()) {
      String begin = m.group().substring(0, m.group().indexOf('\n') + 1);
      String content =
          m.group(1) != null
              ? table(m.toMatchResult())
              : m.group(4) != null ? lines(record(m.group(4))) : example(m.group(5), m.group(6));
      m.appendReplacement(
          made, Matcher.quoteReplacement(begin + "\n" + content + "\n<!-- end -->"));
    }
    return m.appendTail(made).toString();
  }

  private static String table(MatchResult marker) throws IOException {
    Class<?> record = record(marker.group(1));
    boolean written = marker.group(2) != null && !isOfTree(marker.group(2));
    String at = marker.group(3) == null ? "" : marker.group(3) + ".";
    StringBuilder table =
        new StringBuilder(
            written
                ? "| key | type | needed | what it says |\n|---|---|---|---|\n"
                : "| key | type | what it says |\n|---|---|---|\n");
    for (RecordKeys.Key key : KEYS.of(record)) {
      table.append("| `").append(at).append(key.path()).append("` | ").append(key.type());
      if (written) {
        table.append(isNeeded(record, Path.of(marker.group(2)), key.path()) ? " | yes" : " | ");
      }
      table.append(" | ").append(key.meaning().orElse("").replace("|", "\\|")).append(" |\n");
    }
    return table.toString();
  }

  /** Of a format that is no JSON: what its first columns are, not how they are nested. */
  private static String lines(Class<?> record) throws IOException {
    StringBuilder table = new StringBuilder("| line | what it says |\n|---|---|\n");
    for (RecordKeys.Key key : KEYS.of(record)) {
      if (!key.path().contains(".")) {
        String name = key.path().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
        table.append("| ").append(name).append(" | ").append(key.meaning().orElse(""));
        table.append(" |\n");
      }
    }
    return table.toString();
  }

  private static Class<?> record(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new AssertionError(PAGE + " names a record that is not there: " + name, e);
    }
  }

  private static boolean isOfTree(String file) {
    return file.startsWith("tree:");
  }

  private static Path file(String name) throws IOException {
    if (!isOfTree(name)) {
      return Path.of(name);
    }
    Path pattern = tree.resolve(name.substring("tree:".length()));
    String glob = pattern.getFileName().toString();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(pattern.getParent(), glob)) {
      return files.iterator().next();
    }
  }

  /** Every document that has each key everywhere is read; without one that is needed, none is. */
  private static boolean isNeeded(Class<?> record, Path example, String path) throws IOException {
    JsonNode whole = read(example);
    List<ObjectNode> holders = holders(whole, path);
    String key = path.substring(path.lastIndexOf('.') + 1);
    if (holders.isEmpty() || !holders.stream().allMatch(holder -> holder.has(key))) {
      return false;
    }
    for (int i = 0; i < holders.size(); i++) {
      JsonNode less = whole.deepCopy();
      holders(less, path).get(i).remove(key);
      if (isRead(less, record)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isRead(JsonNode document, Class<?> record) throws IOException {
    // JSON is YAML, too.
    Path file = folder.resolve("document.yaml");
    Files.writeString(file, document.toString());
    try {
      Documents.yaml(file, record);
      return true;
    } catch (DocumentException e) {
      return false;
    }
  }

  private static JsonNode read(Path file) throws IOException {
    String name = file.toString();
    ObjectMapper mapper =
        name.endsWith(".conf")
            ? new ObjectMapper(new TomlFactory())
            : new ObjectMapper(new YAMLFactory());
    return mapper.readTree(file.toFile());
  }

  /** The tables in which the last key of a path may stand. */
  private static List<ObjectNode> holders(JsonNode from, String path) {
    int dot = path.indexOf('.');
    if (dot < 0) {
      return from instanceof ObjectNode object ? List.of(object) : List.of();
    }
    String step = path.substring(0, dot);
    String rest = path.substring(dot + 1);
    List<ObjectNode> found = new ArrayList<>();
    JsonNode next = from.path(step.replace("[]", ""));
    boolean many = step.endsWith("[]") || step.equals("*");
    for (JsonNode node : step.equals("*") ? from : many ? next : List.of(next)) {
      found.addAll(holders(node, rest));
    }
    return found;
  }

  private static String example(String name, String lines) throws IOException {
    Path file = file(name);
    List<String> all = Files.readString(file).lines().toList();
    List<String> shown = new ArrayList<>();
    if (lines == null) {
      shown.addAll(all);
    } else {
      for (String range : lines.split(",", -1)) {
        String[] ends = range.split("-", -1);
        if (!shown.isEmpty()) {
          shown.add("…");
        }
        int last = Integer.parseInt(ends[ends.length - 1]);
        shown.addAll(all.subList(Integer.parseInt(ends[0]) - 1, last));
      }
    }
    String language =
        name.endsWith(".yaml") ? "yaml" : name.endsWith(".conf") ? "toml" : isJson(name);
    return shown.stream()
        .map(FormatsTest::withoutWhatCompressionMakes)
        .map(line -> line.length() > WIDEST ? line.substring(0, WIDEST) + "…" : line)
        .collect(Collectors.joining("\n", "```" + language + "\n", "\n```\n"));
  }

  private static String isJson(String name) {
    return name.endsWith(".json") ? "json" : "text";
  }

  /** Digests and sizes, which differ from JDK to JDK. */
  private static String withoutWhatCompressionMakes(String line) {
    return line.replaceAll("\\b[0-9a-f]{64}\\b", "<SHA-256>")
        .replaceAll("(?<=\"(text|gz|xz|size)\":)\\d+", "0")
        .replaceAll("(?<=^<SHA-256> )\\d+(?= )", "<size>");
  }

  @Test
  void everyKeyHasAMeaning() throws IOException {
    Set<String> without = new TreeSet<>();
    for (MatchResult marker : markers()) {
      String name = marker.group(1) != null ? marker.group(1) : marker.group(4);
      if (name != null) {
        for (RecordKeys.Key key : KEYS.of(record(name))) {
          if (key.meaning().filter(text -> !text.isEmpty()).isEmpty()) {
            without.add(name + ": " + key.path());
          }
        }
      }
    }
    assertThat(without).as("these need a line @param in their record").isEmpty();
  }

  private static List<MatchResult> markers() {
    return MADE.matcher(page).results().toList();
  }

  /** What people write is read by the program itself, strictly. */
  @Test
  void theDocumentsThatPeopleWriteAreRead() throws IOException {
    int read = 0;
    for (MatchResult marker : markers()) {
      String file = marker.group(2);
      if (file != null && !isOfTree(file)) {
        Class<?> record = record(marker.group(1));
        assertThat(
                file.endsWith(".conf")
                    ? Documents.toml(Path.of(file), record)
                    : Documents.yaml(Path.of(file), record))
            .isInstanceOf(record);
        read++;
      }
    }
    assertThat(read).isGreaterThan(3);
  }

  /** What the program wrote has no key that the page does not have. */
  @Test
  void thePageHasEveryKeyOfATree() throws IOException {
    Map<String, Set<String>> documented = new TreeMap<>();
    for (MatchResult marker : markers()) {
      if (marker.group(2) != null && isOfTree(marker.group(2))) {
        String at = marker.group(3) == null ? "" : marker.group(3) + ".";
        Set<String> paths = documented.computeIfAbsent(marker.group(2), f -> new HashSet<>());
        // The format of the document itself is said in words.
        paths.add("format");
        paths.add(at.replaceFirst("\\[]\\.$", ""));
        KEYS.of(record(marker.group(1))).forEach(key -> paths.add(at + key.path()));
      }
    }
    assertThat(documented).hasSizeGreaterThan(3);
    for (Map.Entry<String, Set<String>> file : documented.entrySet()) {
      Set<String> found = new TreeSet<>();
      collect(read(file(file.getKey())), "", file.getValue(), found);
      assertThat(file.getValue()).as(file.getKey()).containsAll(found);
    }
  }

  private static void collect(JsonNode node, String at, Set<String> documented, Set<String> found) {
    if (node.isArray()) {
      node.forEach(element -> collect(element, at + "[]", documented, found));
    } else if (node.isObject()) {
      String before = at.isEmpty() ? "" : at + ".";
      // A table whose keys are names is one as a whole, or has a star in the place of its names.
      boolean named =
          documented.contains(at)
              && documented.stream()
                  .noneMatch(k -> k.startsWith(before) && !k.startsWith(before + "*"));
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        String path = before + (named ? "*" : field.getKey());
        if (!named) {
          found.add(path);
        }
        collect(field.getValue(), path, documented, found);
      }
    }
  }

  /** How a variable's name is made or asked for in the sources. */
  private static final Map<String, String> VARIABLES =
      Map.of(
          "prefix \\+ \"([A-Z][A-Z_]*)\"", "KLTS_SIGNING_",
          "name \\+ \"(_[A-Z_]+)\"", "KLTS_MIRROR",
          "getenv\\(\"([A-Z_]+)\"", "",
          "\"(KLTS_[A-Z_]*[A-Z])\"", "",
          "\\$\\{?(KLTS_[A-Z_]+)", "");

  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([A-Z_]+)` \\|");

  /** Of the program, its launcher and its units; the scripts for machines have help of theirs. */
  @Test
  void thePageHasEveryVariable() throws IOException {
    Set<String> known = new TreeSet<>();
    for (String place : List.of("src/main/java", "repo-templates/systemd", "klts-repo")) {
      for (Path file : walk(Path.of(place))) {
        String text = Files.readString(file);
        VARIABLES.forEach(
            (form, before) ->
                Pattern.compile(form)
                    .matcher(text)
                    .results()
                    .forEach(m -> known.add(before + m.group(1))));
      }
    }
    assertThat(ROW.matcher(page).results().map(m -> m.group(1)))
        .containsExactlyInAnyOrderElementsOf(known);
  }

  private static List<Path> walk(Path path) throws IOException {
    try (Stream<Path> files = Files.walk(path)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }
}
