package io.klts.repo.recipe;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a package asks of others, or offers them.
 *
 * @param alternatives one of them is enough
 */
public record Relation(Kind kind, List<Capability> alternatives) {

  /** The kinds that both formats have; {@code REPLACES} is an rpm's Obsoletes. */
  public enum Kind {
    REQUIRES,
    RECOMMENDS,
    SUGGESTS,
    CONFLICTS,
    REPLACES,
    PROVIDES
  }

  /**
   * A name, perhaps with a bound on its version.
   *
   * @param bound absent if any version will do
   */
  public record Capability(String name, Optional<Bound> bound) {
    @Override
    public String toString() {
      return name + bound.map(b -> " " + b.operator + " " + b.version).orElse("");
    }
  }

  /**
   * A bound on a version.
   *
   * @param operator one of {@code <}, {@code <=}, {@code =}, {@code >=}, {@code >}
   */
  public record Bound(String operator, String version) {}

  private static final Pattern CAPABILITY =
      Pattern.compile(
          "([A-Za-z0-9/][A-Za-z0-9+._()/-]*)(?: *(<=|>=|<|=|>) *([0-9][A-Za-z0-9.+~-]*))?");

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return String.join(" | ", alternatives.stream().map(Capability::toString).toList());
  }

  /** Reads {@code name}, {@code name >= 1.2} or, with several of them, {@code a | b}. */
  public static Relation parse(Kind kind, String text) {
    return new Relation(kind, Arrays.stream(text.split("\\|", -1)).map(Relation::one).toList());
  }

  private static Capability one(String text) {
    Matcher m = CAPABILITY.matcher(text.strip());
    if (!m.matches()) {
      throw new IllegalArgumentException(
          "\"" + text.strip() + "\" is not a relation; expected a form such as \"name >= 1.2\"");
    }
    return new Capability(
        m.group(1),
        m.group(2) == null ? Optional.empty() : Optional.of(new Bound(m.group(2), m.group(3))));
  }
}
