package io.klts.repo.order;

import java.util.Comparator;

/** How package managers sort versions. */
public enum VersionOrder implements Comparator<String> {
  /** rpm's: {@code [epoch:]version[-release]}. A side without release leaves it open. */
  RPM {
    @Override
    public int compare(String a, String b) {
      Parts left = Parts.of(a);
      Parts right = Parts.of(b);
      int order = compareNumbers(left.epoch(), right.epoch());
      if (order == 0) {
        order = rpm(left.version(), right.version());
      }
      boolean open = left.revision().isEmpty() || right.revision().isEmpty();
      return order != 0 || open ? order : rpm(left.revision(), right.revision());
    }
  },
  /** dpkg's: {@code [epoch:]version[-revision]} (Debian Policy 5.6.12). */
  DEB {
    @Override
    public int compare(String a, String b) {
      Parts left = Parts.of(a);
      Parts right = Parts.of(b);
      int order = compareNumbers(left.epoch(), right.epoch());
      if (order == 0) {
        order = deb(left.version(), right.version());
      }
      return order != 0 ? order : deb(left.revision(), right.revision());
    }
  };

  private record Parts(String epoch, String version, String revision) {
    static Parts of(String text) {
      int colon = text.indexOf(':');
      int dash = text.lastIndexOf('-');
      return new Parts(
          colon < 0 ? "0" : text.substring(0, colon),
          text.substring(colon + 1, dash <= colon ? text.length() : dash),
          dash <= colon ? "" : text.substring(dash + 1));
    }
  }

  /** rpmvercmp of rpm 4.15 and later. */
  private static int rpm(String a, String b) {
    int i = 0;
    int j = 0;
    while (i < a.length() || j < b.length()) {
      i = skipSeparators(a, i);
      j = skipSeparators(b, j);
      char x = at(a, i);
      char y = at(b, j);
      if (x == '~' || y == '~') {
        if (x != y) {
          return x == '~' ? -1 : 1;
        }
      } else if (x == '^' || y == '^') {
        if (x != y) {
          return x == '^' ? (y == 0 ? 1 : -1) : (x == 0 ? -1 : 1);
        }
      } else if (x == 0 || y == 0) {
        break;
      } else {
        int endA = end(a, i, isDigit(x));
        int endB = end(b, j, isDigit(x));
        if (endB == j) {
          return isDigit(x) ? 1 : -1;
        }
        int order =
            isDigit(x)
                ? compareNumbers(a.substring(i, endA), b.substring(j, endB))
                : Integer.signum(a.substring(i, endA).compareTo(b.substring(j, endB)));
        if (order != 0) {
          return order;
        }
        i = endA;
        j = endB;
        continue;
      }
      i++;
      j++;
    }
    return Boolean.compare(i < a.length(), j < b.length());
  }

  private static int skipSeparators(String text, int from) {
    int i = from;
    while (i < text.length()
        && !isDigit(text.charAt(i))
        && !isLetter(text.charAt(i))
        && "~^".indexOf(text.charAt(i)) < 0) {
      i++;
    }
    return i;
  }

  private static int end(String text, int from, boolean digits) {
    int i = from;
    while (i < text.length() && (digits ? isDigit(text.charAt(i)) : isLetter(text.charAt(i)))) {
      i++;
    }
    return i;
  }

  private static int deb(String a, String b) {
    int i = 0;
    int j = 0;
    while (i < a.length() || j < b.length()) {
      while (isText(a, i) || isText(b, j)) {
        int order = Integer.compare(weight(at(a, i)), weight(at(b, j)));
        if (order != 0) {
          return order;
        }
        i++;
        j++;
      }
      int endA = end(a, Math.min(i, a.length()), true);
      int endB = end(b, Math.min(j, b.length()), true);
      int order =
          compareNumbers(
              a.substring(Math.min(i, endA), endA), b.substring(Math.min(j, endB), endB));
      if (order != 0) {
        return order;
      }
      i = endA;
      j = endB;
    }
    return 0;
  }

  private static boolean isText(String text, int i) {
    return i < text.length() && !isDigit(text.charAt(i));
  }

  /** A tilde before the end, the end and digits before letters, letters before all others. */
  private static int weight(char c) {
    if (c == '~') {
      return -1;
    }
    if (c == 0 || isDigit(c)) {
      return 0;
    }
    return isLetter(c) ? c : c + 256;
  }

  /** Of any length. */
  private static int compareNumbers(String a, String b) {
    String x = a.replaceFirst("^0+", "");
    String y = b.replaceFirst("^0+", "");
    int order = Integer.compare(x.length(), y.length());
    return order != 0 ? order : Integer.signum(x.compareTo(y));
  }

  private static char at(String text, int i) {
    return i < text.length() ? text.charAt(i) : 0;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }
}
