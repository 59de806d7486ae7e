package io.klts.repo.catalogue;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A minor version such as 1.28: the unit of a channel and of the version skew policy.
 *
 * @param major not negative
 * @param minor not negative
 */
public record Minor(int major, int minor) implements Comparable<Minor> {

  private static final Pattern TEXT = Pattern.compile("(0|[1-9]\\d{0,5})\\.(0|[1-9]\\d{0,5})");

  /** Reads {@code 1.28}. */
  public static Minor parse(String text) {
    Matcher m = TEXT.matcher(text);
    if (!m.matches()) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not a minor version; expected a form such as 1.28");
    }
    return new Minor(Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2)));
  }

  /** Reads the name of a channel: {@code v1.28}. */
  public static Minor ofChannel(String channel) {
    return parse(channel.startsWith("v") ? channel.substring(1) : channel);
  }

  /** This minor version moved by some minors of the same major, never below X.0. */
  public Minor plus(int minors) {
    return new Minor(major, Math.max(0, minor + minors));
  }

  /** The name of its channel: {@code v1.28}. */
  public String channel() {
    return "v" + this;
  }

  // Not those of the record: Java makes these at run time, which every start would pay for.
  @Override
  public boolean equals(Object other) {
    return other instanceof Minor m && major == m.major && minor == m.minor;
  }

  @Override
  public int hashCode() {
    return 31 * major + minor;
  }

  @Override
  public int compareTo(Minor other) {
    return major != other.major
        ? Integer.compare(major, other.major)
        : Integer.compare(minor, other.minor);
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
