package io.klts.repo.deb;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A control paragraph: fields in order (deb-control(5)). A value may have several lines; each
 * further one begins with a blank.
 */
public final class Control {

  private final Map<String, String> fields = new LinkedHashMap<>();

  /** Sets a field, unless the value is empty. */
  Control set(String name, String value) {
    if (!value.isEmpty()) {
      fields.put(name, value);
    }
    return this;
  }

  /**
   * Reads one paragraph.
   *
   * @throws IllegalArgumentException if a line is neither a field nor a continuation
   */
  public static Control parse(String text) {
    Control control = new Control();
    String last = null;
    for (String line : text.split("\n", -1)) {
      if (line.isEmpty()) {
        continue;
      }
      int colon = line.indexOf(':');
      if (line.charAt(0) == ' ' || line.charAt(0) == '\t') {
        if (last == null) {
          throw new IllegalArgumentException("a control paragraph begins with a continuation line");
        }
        control.fields.merge(last, line, (a, b) -> a + "\n" + b);
      } else if (colon > 0) {
        last = line.substring(0, colon);
        if (control.fields.put(last, line.substring(colon + 1).strip()) != null) {
          throw new IllegalArgumentException("a control paragraph has " + last + " twice");
        }
      } else {
        throw new IllegalArgumentException("\"" + line + "\" is no line of a control paragraph");
      }
    }
    return control;
  }

  /** A field's value, or "" if it is missing. */
  public String get(String name) {
    return fields.getOrDefault(name, "");
  }

  /** All fields in order. */
  public Map<String, String> fields() {
    return Collections.unmodifiableMap(fields);
  }

  /** The paragraph's text; ends with a new line. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    fields.forEach((name, value) -> text.append(name).append(": ").append(value).append('\n'));
    return text.toString();
  }
}
