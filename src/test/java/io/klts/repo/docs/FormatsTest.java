package io.klts.repo.docs;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.Optional;
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

  /** A place in the page that is made: one of the first, fourth and fifth is there. */
  private record Marker(
      String keys, Optional<String> of, String at, String lines, String example, String range) {

    static Marker of(MatchResult found) {
      return new Marker(
          found.group(1),
          Optional.ofNullable(found.group(2)),
          found.group(3) == null ? "" : found.group(3) + ".",
          found.group(4),
          found.group(5),
          found.group(6));
    }

    /** The record of which it has a table, if it has one. */
    Optional<Class<?>> record() {
      String name = keys != null ? keys : lines;
      try {
        return name == null ? Optional.empty() : Optional.of(Class.forName(name));
      } catch (ClassNotFoundException e) {
        throw new AssertionError(PAGE + " names a record that is not there: " + name, e);
      }
    }

    /** The document that people write and of which it has the keys. */
    Optional<Path> written() {
      return of.filter(file -> !isOfTree(file)).map(Path::of);
    }
  }

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
      Marker marker = Marker.of(m);
      String content =
          marker.keys != null
              ? table(marker)
              : marker.lines != null ? lines(marker) : example(marker.example, marker.range);
      m.appendReplacement(
          made, Matcher.quoteReplacement(begin + "\n" + content + "\n<!-- end -->"));
    }
    return m.appendTail(made).toString();
  }

  private static List<RecordKeys.Key> keys(Marker marker) throws IOException {
    return marker.record().isEmpty() ? List.of() : KEYS.of(marker.record().get());
  }

  private static String table(Marker marker) throws IOException {
    boolean written = marker.written().isPresent();
    StringBuilder table =
        new StringBuilder(
            written
                ? "| key | type | needed | what it says |\n|---|---|---|---|\n"
                : "| key | type | what it says |\n|---|---|---|\n");
    for (RecordKeys.Key key : keys(marker)) {
      table.append("| `").append(marker.at).append(key.path()).append("` | ").append(key.type());
      if (written) {
        table.append(isNeeded(marker, key.path()) ? " | yes" : " | ");
      }
      table.append(" | ").append(key.meaning().orElse("").replace("|", "\\|")).append(" |\n");
    }
    return table.toString();
  }

  /** Of a format that is no JSON: what its lines are, not how they are nested. */
  private static String lines(Marker marker) throws IOException {
    StringBuilder table = new StringBuilder("| line | what it says |\n|---|---|\n");
    for (RecordKeys.Key key : keys(marker)) {
      if (!key.path().contains(".")) {
        String name = key.path().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
        table.append("| ").append(name).append(" | ").append(key.meaning().orElse(""));
        table.append(" |\n");
      }
    }
    return table.toString();
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

  /** Whether the program refuses the document as soon as one of its tables lacks the key. */
  private static boolean isNeeded(Marker marker, String key) throws IOException {
    ExampleDocument whole = ExampleDocument.read(marker.written().orElseThrow());
    List<String> without = whole.without(key);
    for (String text : without) {
      if (isRead(text, marker.record().orElseThrow())) {
        return false;
      }
    }
    return !without.isEmpty();
  }

  private static boolean isRead(String json, Class<?> record) throws IOException {
    // JSON is YAML, too.
    Path file = Files.writeString(folder.resolve("document.yaml"), json);
    try {
      Documents.yaml(file, record);
      return true;
    } catch (DocumentException e) {
      return false;
    }
  }

  private static String example(String name, String lines) throws IOException {
    List<String> all = Files.readString(file(name)).lines().toList();
    List<String> shown = new ArrayList<>();
    for (String range :
        lines == null ? List.of("1-" + all.size()) : List.of(lines.split(",", -1))) {
      String[] ends = range.split("-", -1);
      if (!shown.isEmpty()) {
        shown.add("…");
      }
      int last = Integer.parseInt(ends[ends.length - 1]);
      shown.addAll(all.subList(Integer.parseInt(ends[0]) - 1, last));
    }
    return shown.stream()
        .map(FormatsTest::withoutWhatCompressionMakes)
        .map(line -> line.length() > WIDEST ? line.substring(0, WIDEST) + "…" : line)
        .collect(Collectors.joining("\n", "```" + language(name) + "\n", "\n```\n"));
  }

  private static String language(String name) {
    String ending = name.substring(name.lastIndexOf('.') + 1);
    return switch (ending) {
      case "yaml", "json" -> ending;
      case "conf" -> "toml";
      default -> "text";
    };
  }

  /** Digests and sizes, which differ from JDK to JDK. */
  private static String withoutWhatCompressionMakes(String line) {
    return line.replaceAll("\\b[0-9a-f]{64}\\b", "<SHA-256>")
        .replaceAll("(?<=\"(text|gz|xz|size)\":)\\d+", "0")
        .replaceAll("(?<=^<SHA-256> )\\d+(?= )", "<size>");
  }

  private static List<Marker> markers() {
    return MADE.matcher(page).results().map(Marker::of).toList();
  }

  @Test
  void everyKeyHasAMeaning() throws IOException {
    Set<String> without = new TreeSet<>();
    for (Marker marker : markers()) {
      for (RecordKeys.Key key : keys(marker)) {
        if (key.meaning().filter(text -> !text.isEmpty()).isEmpty()) {
          without.add(marker.record().orElseThrow().getName() + ": " + key.path());
        }
      }
    }
    assertThat(without).as("these need a line @param in their record").isEmpty();
  }

  /** What people write is read by the program itself, strictly. */
  @Test
  void theDocumentsThatPeopleWriteAreRead() throws IOException {
    int read = 0;
    for (Marker marker : markers()) {
      if (marker.written().isPresent()) {
        Path file = marker.written().get();
        Class<?> record = marker.record().orElseThrow();
        assertThat(
                file.toString().endsWith(".conf")
                    ? Documents.toml(file, record)
                    : Documents.yaml(file, record))
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
    for (Marker marker : markers()) {
      if (marker.of.filter(FormatsTest::isOfTree).isPresent()) {
        Set<String> paths = documented.computeIfAbsent(marker.of.get(), file -> new HashSet<>());
        // Where the record stands, and the format of the whole, are said in words.
        paths.add(marker.at.replaceFirst("\\[]\\.$", ""));
        paths.add("format");
        keys(marker).forEach(key -> paths.add(marker.at + key.path()));
      }
    }
    assertThat(documented).hasSizeGreaterThan(3);
    for (Map.Entry<String, Set<String>> file : documented.entrySet()) {
      assertThat(file.getValue())
          .as(file.getKey())
          .containsAll(ExampleDocument.read(file(file.getKey())).paths(file.getValue()));
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
