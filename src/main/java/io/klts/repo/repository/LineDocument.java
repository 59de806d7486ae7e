package io.klts.repo.repository;

import io.klts.repo.document.Documents;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * JSON with one line for each entry of its lists: what changed can be seen, and an entry that did
 * not change is written again as it was read.
 */
final class LineDocument {

  private static final int FORMAT = 1;

  /** How every document begins. */
  static final String BEGIN = "{\"format\":" + FORMAT;

  private static final Pattern FIRST_KEY =
      Pattern.compile("^\\s*\\{\\s*\"format\"\\s*:\\s*(\\d{1,9})\\b");

  private final Path file;
  private final List<String> lines;

  private LineDocument(Path file, List<String> lines) {
    this.file = file;
    this.lines = lines;
  }

  /**
   * Reads a document.
   *
   * @throws IOException if it is damaged or of a newer format
   */
  static LineDocument read(Path file) throws IOException {
    checkFormat(file);
    return new LineDocument(file, Files.readAllLines(file));
  }

  /**
   * Refuses a document of another format by its begin: a newer one may have anything behind it.
   *
   * @throws IOException also if it does not say its format
   */
  static void checkFormat(Path file) throws IOException {
    int format = format(file);
    if (format != FORMAT) {
      throw new IOException(
          file
              + ": the state has format "
              + format
              + ", this program knows format "
              + FORMAT
              + "\n  nothing was changed; use the program version that wrote the tree, or a newer one");
    }
  }

  private static int format(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      String start = new String(in.readNBytes(100), StandardCharsets.UTF_8);
      Matcher m = FIRST_KEY.matcher(start);
      if (!m.find()) {
        throw new IOException(
            file
                + ": it is damaged: it does not begin with "
                + BEGIN
                + "\n  nothing was changed; restore it from a copy of the tree");
      }
      return Integer.parseInt(m.group(1));
    }
  }

  /**
   * Reads a list: the lines between the one that opens it and the one that ends with a bracket.
   *
   * @param entry is given each entry and its JSON
   */
  <T> void list(String key, Class<T> type, BiConsumer<T, String> entry) throws IOException {
    int open = lines.indexOf(open(key));
    if (open < 0) {
      if (lines.contains(open(key) + "]}") || lines.contains(open(key) + "],")) {
        return;
      }
      throw new IOException(file + ": it is damaged: the list \"" + key + "\" is missing");
    }
    for (int i = open + 1; i < lines.size(); i++) {
      String line = lines.get(i);
      boolean last = !line.endsWith("},");
      String json = line.substring(0, Math.max(0, line.length() - (last ? 2 : 1)));
      entry.accept(Documents.json(json, file + ":" + (i + 1), type), json);
      if (last) {
        return;
      }
    }
    throw new IOException(file + ": it is damaged: the list \"" + key + "\" does not end");
  }

  private static String open(String key) {
    return "\"" + key + "\":[";
  }

  /** Appends a list to the document in {@code text}. */
  static void append(StringBuilder text, String key, Stream<String> entries) {
    text.append(",\n").append(open(key));
    String separator = "\n";
    for (Iterator<String> i = entries.iterator(); i.hasNext(); separator = ",\n") {
      text.append(separator).append(i.next());
    }
    text.append(']');
  }
}
