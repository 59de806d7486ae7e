package io.klts.repo.document;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the line of a key in a TOML file: Jackson reads TOML as a whole and forgets where things
 * were. It knows tables, arrays of tables and keys, each on a line of its own; what is inside of an
 * inline table or of a long string it does not find.
 */
final class TomlLines {

  private static final Pattern LINE =
      Pattern.compile("\\s*(\\[\\[|\\[|)\\s*([A-Za-z0-9_.\"-]+)\\s*(]]|]|=).*");

  private final Map<String, Integer> lines = new HashMap<>();

  private TomlLines(Path file) throws IOException {
    Map<String, Integer> elements = new HashMap<>();
    String table = "";
    int number = 0;
    for (String line : Files.readAllLines(file)) {
      number++;
      Matcher m = LINE.matcher(line);
      if (!m.matches()) {
        continue;
      }
      String key = m.group(2).replace("\"", "");
      if (m.group(1).equals("[[")) {
        table = key + "[" + (elements.merge(key, 1, Integer::sum) - 1) + "]";
      } else if (m.group(1).equals("[")) {
        table = key;
      }
      String path = m.group(1).isEmpty() && !table.isEmpty() ? table + "." + key : key;
      lines.putIfAbsent(m.group(1).equals("[[") ? table : path, number);
    }
  }

  /** The line of a key such as {@code mirror[2].url}, counted from 1; 0 if it is not found. */
  static int of(Path file, String path) throws IOException {
    return new TomlLines(file).lines.getOrDefault(path, 0);
  }
}
