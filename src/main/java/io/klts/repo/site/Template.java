package io.klts.repo.site;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * HTML or XML with holes. <code>{{name}}</code> takes a text, which is escaped, always: there is no
 * way to fill in markup. <code>{{#name}} … {{/name}}</code> is there once for each map of a list,
 * or once if the value is another map, and not at all without a value; inside, the names of that
 * map come first. <code>{{^name}} … {{/name}}</code> is there only without a value.
 *
 * <p>A name that nobody gave a value is no fault: it is absent.
 */
final class Template {

  private static final Pattern HOLE = Pattern.compile("\\{\\{([#^/]?)([A-Za-z0-9]+)}}\n?");

  /** A piece of a template. */
  private interface Part {
    void append(ByteArrayOutputStream out, Scope scope);
  }

  /** What names mean: inside of a section its own, and then those around it. */
  private record Scope(Map<String, ?> values, Scope outer) {

    Object get(String name) {
      Object value = values.get(name);
      return value == null && outer != null ? outer.get(name) : value;
    }
  }

  private final List<Part> parts;

  private Template(List<Part> parts) {
    this.parts = parts;
  }

  /**
   * Reads a template.
   *
   * @throws IllegalArgumentException if its sections do not end as they begin
   */
  static Template of(String text) {
    Matcher holes = HOLE.matcher(text);
    Reader reader = new Reader(text, holes);
    List<Part> parts = reader.parts("");
    return new Template(parts);
  }

  /** The text in UTF-8, with its holes filled. */
  byte[] fill(Map<String, ?> values) {
    // In bytes from the start on: what is no hole is encoded once, however many pages have it.
    ByteArrayOutputStream out = new ByteArrayOutputStream(8192);
    Scope scope = new Scope(values, null);
    parts.forEach(part -> part.append(out, scope));
    return out.toByteArray();
  }

  private static final class Reader {

    private final String text;
    private final Matcher holes;
    private int at;

    Reader(String text, Matcher holes) {
      this.text = text;
      this.holes = holes;
    }

    /** Up to the end of a section, or of all. */
    List<Part> parts(String section) {
      List<Part> parts = new ArrayList<>();
      while (holes.find()) {
        String kind = holes.group(1);
        String name = holes.group(2);
        literal(parts, holes.start());
        // The line break after a hole is text, after the mark of a section it is not.
        at = kind.isEmpty() ? holes.end(2) + "}}".length() : holes.end();
        switch (kind) {
          case "#" -> parts.add(section(name, parts(name)));
          case "^" -> parts.add(inverted(name, parts(name)));
          case "/" -> {
            require(name.equals(section), "{{/" + name + "}} ends {{#" + section + "}}");
            return parts;
          }
          default -> parts.add((out, scope) -> out.writeBytes(escaped(scope.get(name))));
        }
      }
      require(section.isEmpty(), "{{#" + section + "}} has no end");
      literal(parts, text.length());
      return parts;
    }

    private void literal(List<Part> parts, int end) {
      byte[] literal = text.substring(at, end).getBytes(UTF_8);
      parts.add((out, scope) -> out.writeBytes(literal));
      at = end;
    }

    private static void require(boolean good, String fault) {
      if (!good) {
        throw new IllegalArgumentException(fault);
      }
    }
  }

  private static Part section(String name, List<Part> parts) {
    return (out, scope) -> {
      Object value = scope.get(name);
      if (value instanceof Collection<?> list) {
        list.forEach(entry -> append(out, parts, entry, scope));
      } else if (value != null) {
        append(out, parts, value, scope);
      }
    };
  }

  private static void append(
      ByteArrayOutputStream out, List<Part> parts, Object value, Scope scope) {
    Scope inner = new Scope(value instanceof Map<?, ?> map ? names(map) : Map.of(), scope);
    parts.forEach(part -> part.append(out, inner));
  }

  @SuppressWarnings("unchecked") // All maps here are filled by Page, with names as keys.
  private static Map<String, ?> names(Map<?, ?> map) {
    return (Map<String, ?>) map;
  }

  private static Part inverted(String name, List<Part> parts) {
    return (out, scope) -> {
      Object value = scope.get(name);
      if (value == null || (value instanceof Collection<?> list && list.isEmpty())) {
        append(out, parts, Map.of(), scope);
      }
    };
  }

  /** As text or as the value of an attribute, in HTML and in XML. */
  private static byte[] escaped(Object value) {
    String text = value == null ? "" : value.toString();
    StringBuilder escaped = null;
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      String other = escaped(text.charAt(i));
      if (other != null) {
        escaped = escaped == null ? new StringBuilder() : escaped;
        escaped.append(text, from, i).append(other);
        from = i + 1;
      }
    }
    return (escaped == null ? text : escaped.append(text, from, text.length()).toString())
        .getBytes(UTF_8);
  }

  /** What stands for a character; {@code null} for the character itself. */
  private static String escaped(char c) {
    return switch (c) {
      case '&' -> "&amp;";
      case '<' -> "&lt;";
      case '>' -> "&gt;";
      case '"' -> "&quot;";
      case '\'' -> "&#39;";
      // No text of XML may have these.
      case '\uFFFE', '\uFFFF' -> "\uFFFD";
      default -> null;
    };
  }
}
