package io.klts.repo.recipe;

import io.klts.repo.catalogue.LtsVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * For which versions a line of a recipe holds: {@code ">= 1.11, < 1.24"}, where the comma means
 * and. Bounds are upstream versions; a bound without a patch number stands for the first patch.
 */
final class VersionRange {

  private static final Pattern TERM =
      Pattern.compile("(<|<=|=|>=|>) *(\\d{1,6})\\.(\\d{1,6})(?:\\.(\\d{1,6}))?");

  static final VersionRange ALL = new VersionRange(List.of());

  private record Term(String operator, List<Integer> bound) {}

  private final List<Term> terms;

  private VersionRange(List<Term> terms) {
    this.terms = terms;
  }

  static VersionRange parse(String text) {
    List<Term> terms = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      Matcher m = TERM.matcher(part.strip());
      if (!m.matches()) {
        throw new IllegalArgumentException(
            "\"versions\" is \"" + text + "\"; expected a form such as \">= 1.11, < 1.24\"");
      }
      String patch = m.group(4) == null ? "0" : m.group(4);
      terms.add(
          new Term(
              m.group(1),
              List.of(
                  Integer.valueOf(m.group(2)),
                  Integer.valueOf(m.group(3)),
                  Integer.valueOf(patch))));
    }
    return new VersionRange(terms);
  }

  boolean contains(LtsVersion version) {
    List<Integer> upstream = List.of(version.major(), version.minorNumber(), version.patch());
    return terms.stream().allMatch(t -> holds(t.operator, compare(upstream, t.bound)));
  }

  private static int compare(List<Integer> a, List<Integer> b) {
    for (int i = 0; i < a.size(); i++) {
      int order = a.get(i).compareTo(b.get(i));
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  private static boolean holds(String operator, int order) {
    return switch (operator) {
      case "<" -> order < 0;
      case "<=" -> order <= 0;
      case "=" -> order == 0;
      case ">=" -> order >= 0;
      case ">" -> order > 0;
      default -> throw new AssertionError(operator);
    };
  }
}
