package io.klts.repo.acceptance;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Debian's control format, read independently of the program. */
final class Stanzas {

  private Stanzas() {}

  /** The stanzas of a text, each with its fields; lines that continue a field keep their blank. */
  static List<Map<String, String>> of(String text) {
    List<Map<String, String>> stanzas = new ArrayList<>();
    for (String stanza : text.strip().split("\n\n+", -1)) {
      Map<String, String> fields = new TreeMap<>();
      for (String field : stanza.split("\n(?! )", -1)) {
        int colon = field.indexOf(':');
        if (fields.put(field.substring(0, colon), field.substring(colon + 1).strip()) != null) {
          throw new AssertionError("a field stands twice:\n" + stanza);
        }
      }
      stanzas.add(fields);
    }
    return stanzas;
  }
}
