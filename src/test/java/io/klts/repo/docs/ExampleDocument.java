package io.klts.repo.docs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.toml.TomlFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** A YAML, TOML or JSON document, read without knowing what it is: only which keys it has. */
final class ExampleDocument {

  private final JsonNode root;

  private ExampleDocument(JsonNode root) {
    this.root = root;
  }

  static ExampleDocument read(Path file) throws IOException {
    // JSON is YAML, too.
    ObjectMapper mapper =
        file.toString().endsWith(".conf")
            ? new ObjectMapper(new TomlFactory())
            : new ObjectMapper(new YAMLFactory());
    return new ExampleDocument(mapper.readTree(file.toFile()));
  }

  /**
   * Copies of this document as JSON, in each of which another table lacks a key.
   *
   * @param path of the key, as {@link RecordKeys} has it
   * @return none if a table of its kind does without the key in the document itself
   */
  List<String> without(String path) {
    String key = path.substring(path.lastIndexOf('.') + 1);
    List<String> copies = new ArrayList<>();
    List<ObjectNode> tables = tables(root, path);
    if (tables.stream().allMatch(table -> table.has(key))) {
      for (int i = 0; i < tables.size(); i++) {
        JsonNode copy = root.deepCopy();
        tables(copy, path).get(i).remove(key);
        copies.add(copy.toString());
      }
    }
    return copies;
  }

  /** The tables in which the last key of a path may stand. */
  private static List<ObjectNode> tables(JsonNode from, String path) {
    int dot = path.indexOf('.');
    if (dot < 0) {
      return from instanceof ObjectNode table ? List.of(table) : List.of();
    }
    String step = path.substring(0, dot);
    List<ObjectNode> found = new ArrayList<>();
    for (JsonNode node : nodes(from, step)) {
      found.addAll(tables(node, path.substring(dot + 1)));
    }
    return found;
  }

  private static Iterable<JsonNode> nodes(JsonNode from, String step) {
    if (step.equals("*")) {
      return from;
    }
    if (step.startsWith("*[]")) {
      List<JsonNode> found = new ArrayList<>();
      from.forEach(list -> list.forEach(found::add));
      return found;
    }
    return step.endsWith("[]") ? from.path(step.replace("[]", "")) : List.of(from.path(step));
  }

  /**
   * The paths of all keys. A table whose keys are names is one value, or has a star in the place of
   * its names.
   *
   * @param known paths, from which it is seen which tables have names
   */
  Set<String> paths(Set<String> known) {
    Set<String> paths = new TreeSet<>();
    collect(root, "", known, paths);
    return paths;
  }

  private static void collect(JsonNode node, String at, Set<String> known, Set<String> paths) {
    if (node.isArray()) {
      node.forEach(element -> collect(element, at + "[]", known, paths));
    } else if (node.isObject()) {
      String before = at.isEmpty() ? "" : at + ".";
      boolean named = hasNames(at, known);
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        String path = before + (named ? "*" : field.getKey());
        if (!named) {
          paths.add(path);
        }
        collect(field.getValue(), path, known, paths);
      }
    }
  }

  private static boolean hasNames(String table, Set<String> known) {
    return !table.isEmpty()
        && known.contains(table)
        && known.stream()
            .filter(path -> path.startsWith(table + "."))
            .allMatch(path -> path.startsWith(table + ".*"));
  }
}
