package io.klts.repo.repository;

import io.klts.repo.document.Documents;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** JSON with one line for each entry of its lists, so that differences can be read and sent. */
final class LineDocument {

  private static final int FORMAT = 1;
  private static final String BEGIN = "{\"format\":" + FORMAT;
  private static final Pattern FIRST_KEY =
      Pattern.compile("^\\s*\\{\\s*\"format\"\\s*:\\s*(\\d{1,9})\\b");

  private final String name;
  private final String text;

  private LineDocument(String name, String text) {
    this.name = name;
    this.text = text;
  }

  /**
   * Reads a document.
   *
   * @throws IOException if it does not say its format, or one that only newer programs know
   */
  static LineDocument of(Path file) throws IOException {
    return of(file.toString(), Files.readAllBytes(file));
  }

  /** Reads a document from memory; {@code name} stands for it in messages. */
  static LineDocument of(String name, byte[] bytes) throws IOException {
    String text = new String(bytes, StandardCharsets.UTF_8);
    checkFormat(name, text);
    return new LineDocument(name, text);
  }

  /** Looks at the begin of a file only. */
  static void checkFormat(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      checkFormat(file.toString(), new String(in.readNBytes(100), StandardCharsets.UTF_8));
    }
  }

  private static void checkFormat(String name, String text) throws IOException {
    Matcher m = FIRST_KEY.matcher(text);
    if (!m.find()) {
      throw new IOException(
          name
              + ": it is damaged: it does not begin with "
              + BEGIN
              + "\n  nothing was changed; restore it from a copy of the tree");
    }
    int format = Integer.parseInt(m.group(1));
    if (format != FORMAT) {
      throw new IOException(
          name
              + ": the state has format "
              + format
              + ", this program knows format "
              + FORMAT
              + "\n  nothing was changed; use the program version that wrote the tree, or a newer one");
    }
  }

  /**
   * Reads a list: the lines between the one that opens it and the one that ends with a bracket.
   *
   * @throws IOException if the document is damaged
   */
  <T> List<T> list(String key, Class<T> type) throws IOException {
    int begin = begin(key);
    return text.startsWith("[]", begin)
        ? List.of()
        : parsed(text.substring(begin, end(key, begin)), begin, type);
  }

  /** Like {@link #list}, but only those entries whose lines have some text in them. */
  <T> List<T> list(String key, String having, Class<T> type) throws IOException {
    int begin = begin(key);
    int end = text.startsWith("[]", begin) ? begin : end(key, begin) - 1;
    List<T> found = new ArrayList<>();
    int at = text.indexOf(having, begin);
    while (at >= 0 && at < end) {
      int line = text.lastIndexOf('\n', at) + 1;
      int comma = text.indexOf(",\n", at);
      int next = comma < 0 ? end : Math.min(comma, end);
      found.addAll(parsed("[" + text.substring(line, next) + "]", line, type));
      at = text.indexOf(having, next);
    }
    return found;
  }

  /** Where the bracket is that opens a list. */
  private int begin(String key) throws IOException {
    int open = text.indexOf("\n" + open(key)) + 1;
    if (open == 0) {
      throw new IOException(name + ": it is damaged: the list \"" + key + "\" is missing");
    }
    return open + open(key).length() - 1;
  }

  /** The place behind the bracket that ends a list which has entries. */
  private int end(String key, int begin) throws IOException {
    // No text in JSON has a new line, so that only the end of a list looks like this.
    int end = text.indexOf("}]", begin);
    while (end >= 0 && text.indexOf('\n', end) != end + 3) {
      end = text.indexOf("}]", end + 1);
    }
    if (end < 0) {
      throw new IOException(name + ": it is damaged: the list \"" + key + "\" does not end");
    }
    return end + 2;
  }

  private <T> List<T> parsed(String json, int begin, Class<T> type) throws IOException {
    return Documents.jsonList(
        json, name, () -> (int) text.substring(0, begin).lines().count(), type);
  }

  /** Like {@link #list}, for one that documents have only where there is something in it. */
  <T> List<T> listIfAny(String key, Class<T> type) throws IOException {
    return text.contains("\n" + open(key)) ? list(key, type) : List.of();
  }

  private static String open(String key) {
    return "\"" + key + "\":[";
  }

  /** The bytes of a document with some lists of JSON objects. */
  static byte[] bytes(Map<String, ? extends Collection<?>> lists) throws IOException {
    StringBuilder text = new StringBuilder(BEGIN);
    for (Map.Entry<String, ? extends Collection<?>> list : lists.entrySet()) {
      text.append(",\n").append(open(list.getKey()));
      if (!list.getValue().isEmpty()) {
        text.append('\n').append(Documents.jsonLines(list.getValue()));
      }
      text.append(']');
    }
    return text.append("}\n").toString().getBytes(StandardCharsets.UTF_8);
  }
}
