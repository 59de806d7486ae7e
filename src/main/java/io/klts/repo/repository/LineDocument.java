package io.klts.repo.repository;

import io.klts.repo.document.Documents;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
  private final List<String> lines;

  private LineDocument(String name, List<String> lines) {
    this.name = name;
    this.lines = lines;
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
    return new LineDocument(name, text.lines().toList());
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
    List<T> entries = new ArrayList<>();
    int open = lines.indexOf(open(key));
    if (open < 0) {
      if (lines.contains(open(key) + "]}") || lines.contains(open(key) + "],")) {
        return entries;
      }
      throw new IOException(name + ": it is damaged: the list \"" + key + "\" is missing");
    }
    for (int i = open + 1; i < lines.size(); i++) {
      String line = lines.get(i);
      boolean last = !line.endsWith("},");
      String json = line.substring(0, Math.max(0, line.length() - (last ? 2 : 1)));
      entries.add(Documents.json(json, name + ":" + (i + 1), type));
      if (last) {
        return entries;
      }
    }
    throw new IOException(name + ": it is damaged: the list \"" + key + "\" does not end");
  }

  private static String open(String key) {
    return "\"" + key + "\":[";
  }

  /** The bytes of a document with some lists of JSON objects. */
  static byte[] bytes(Map<String, List<String>> lists) {
    StringBuilder text = new StringBuilder(BEGIN);
    lists.forEach(
        (key, entries) -> {
          text.append(",\n").append(open(key));
          if (!entries.isEmpty()) {
            text.append('\n').append(String.join(",\n", entries));
          }
          text.append(']');
        });
    return text.append("}\n").toString().getBytes(StandardCharsets.UTF_8);
  }
}
