package io.klts.repo.gate;

/** How rpm, yum, dnf and zypper order versions: {@code rpmvercmp}. */
final class RpmOrder {

  private RpmOrder() {}

  /** Compares version and release, such as {@code 1.28.15.lts.2-1}. */
  static int compare(String one, String two) {
    int dash = one.lastIndexOf('-');
    int other = two.lastIndexOf('-');
    int versions = compareParts(one.substring(0, dash), two.substring(0, other));
    return versions != 0
        ? versions
        : compareParts(one.substring(dash + 1), two.substring(other + 1));
  }

  /** Segments of digits or letters, one by one; what is between them only separates. */
  static int compareParts(String one, String two) {
    int i = 0;
    int j = 0;
    while (i < one.length() || j < two.length()) {
      i = skip(one, i);
      j = skip(two, j);
      char a = at(one, i);
      char b = at(two, j);
      if (a == '~' || b == '~') {
        if (a != b) {
          return a == '~' ? -1 : 1;
        }
        i++;
        j++;
      } else if (a == '^' || b == '^') {
        if (a != b) {
          // A caret is newer than the end, and older than anything else.
          return a == '^' ? (b == 0 ? 1 : -1) : (a == 0 ? -1 : 1);
        }
        i++;
        j++;
      } else if (a == 0 || b == 0) {
        return Boolean.compare(a != 0, b != 0);
      } else {
        boolean digits = isDigit(a);
        if (digits != isDigit(b)) {
          return digits ? 1 : -1; // a number is newer than a word
        }
        int endA = end(one, i, digits);
        int endB = end(two, j, digits);
        int order = segments(one.substring(i, endA), two.substring(j, endB), digits);
        if (order != 0) {
          return order;
        }
        i = endA;
        j = endB;
      }
    }
    return 0;
  }

  private static int segments(String one, String two, boolean digits) {
    if (!digits) {
      return Integer.signum(one.compareTo(two));
    }
    String a = one.replaceFirst("^0+", "");
    String b = two.replaceFirst("^0+", "");
    int lengths = Integer.compare(a.length(), b.length());
    return lengths != 0 ? lengths : Integer.signum(a.compareTo(b));
  }

  private static int skip(String text, int from) {
    int at = from;
    while (at < text.length() && !isSegment(text.charAt(at)) && "~^".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    return at;
  }

  private static int end(String text, int from, boolean digits) {
    int at = from;
    while (at < text.length() && isSegment(text.charAt(at)) && isDigit(text.charAt(at)) == digits) {
      at++;
    }
    return at;
  }

  private static char at(String text, int index) {
    return index < text.length() ? text.charAt(index) : 0;
  }

  private static boolean isSegment(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
