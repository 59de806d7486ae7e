package io.klts.repo.gate;

/** How dpkg and apt order versions without an epoch (deb-version(7)). */
final class DebOrder {

  private DebOrder() {}

  /** Compares upstream versions, then revisions. */
  static int compare(String one, String two) {
    int versions = compareParts(version(one), version(two));
    return versions != 0 ? versions : compareParts(revision(one), revision(two));
  }

  private static String version(String text) {
    int dash = text.lastIndexOf('-');
    return dash < 0 ? text : text.substring(0, dash);
  }

  private static String revision(String text) {
    int dash = text.lastIndexOf('-');
    return dash < 0 ? "" : text.substring(dash + 1);
  }

  /** Text without digits, then a number, and so on in turn. */
  private static int compareParts(String one, String two) {
    int i = 0;
    int j = 0;
    while (i < one.length() || j < two.length()) {
      while (isWord(one, i) || isWord(two, j)) {
        int order = Integer.compare(weight(one, i), weight(two, j));
        if (order != 0) {
          return order;
        }
        i++;
        j++;
      }
      int endA = number(one, i);
      int endB = number(two, j);
      int order = Long.compare(value(one, i, endA), value(two, j, endB));
      if (order != 0) {
        return order;
      }
      i = endA;
      j = endB;
    }
    return 0;
  }

  private static boolean isWord(String text, int at) {
    return at < text.length() && !isDigit(text.charAt(at));
  }

  /** A tilde is before the end, letters are before other characters. */
  private static int weight(String text, int at) {
    if (at >= text.length() || isDigit(text.charAt(at))) {
      return 0;
    }
    char c = text.charAt(at);
    if (c == '~') {
      return -1;
    }
    return Character.isLetter(c) ? c : c + 256;
  }

  private static int number(String text, int from) {
    int at = from;
    while (at < text.length() && isDigit(text.charAt(at))) {
      at++;
    }
    return at;
  }

  private static long value(String text, int from, int to) {
    return from >= to ? 0 : Long.parseLong(text.substring(from, Math.min(to, from + 18)));
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
