package io.klts.repo.catalogue;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The version of a long-term support build: an upstream version, the flavour of the rebuild and a
 * number that grows with each rebuild, such as {@code 1.28.15-lts.2}.
 *
 * <p>The two package worlds order the same text differently: dpkg sorts {@code 1.28.15-lts.2} above
 * upstream's {@code 1.28.15-1.1}, rpm sorts a release {@code lts.2} below every release that begins
 * with a digit. So the rpm spelling moves the flavour into the version: {@code 1.28.15.lts.2-1} is
 * above every upstream build of 1.28.15 and below 1.28.16.
 *
 * @param flavour lower-case letters, {@code lts} for the ordinary builds
 */
public record LtsVersion(int major, int minorNumber, int patch, String flavour, int build)
    implements Comparable<LtsVersion> {

  private static final String NUMBER = "(0|[1-9]\\d{0,5})";
  private static final Pattern TEXT =
      Pattern.compile(
          "v?" + NUMBER + "\\." + NUMBER + "\\." + NUMBER + "-([a-z]{1,16})\\." + NUMBER);

  /** Those that were read: a tree names each of its releases in many places. */
  private static final Map<String, LtsVersion> READ = new ConcurrentHashMap<>();

  /** The release of every rpm: what changes is in the version. */
  public static final String RPM_RELEASE = "1";

  /**
   * Reads {@code v1.28.15-lts.2} or the same without {@code v}.
   *
   * @throws IllegalArgumentException for anything else, with the expected form
   */
  public static LtsVersion parse(String text) {
    return READ.computeIfAbsent(text, LtsVersion::read);
  }

  private static LtsVersion read(String text) {
    Matcher m = TEXT.matcher(text);
    if (!m.matches()) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not an LTS version; expected a form such as v1.28.15-lts.2");
    }
    return new LtsVersion(
        Integer.parseInt(m.group(1)),
        Integer.parseInt(m.group(2)),
        Integer.parseInt(m.group(3)),
        m.group(4),
        Integer.parseInt(m.group(5)));
  }

  /** The minor version, which names the channel. */
  public Minor minor() {
    return new Minor(major, minorNumber);
  }

  /** The upstream version that was built: {@code 1.28.15}. */
  public String upstream() {
    return major + "." + minorNumber + "." + patch;
  }

  /** The tag of the release: {@code v1.28.15-lts.2}. */
  public String tag() {
    return "v" + this;
  }

  /** The version of a Debian package: {@code 1.28.15-lts.2}. */
  public String deb() {
    return toString();
  }

  /** The Version of an rpm, whose Release is {@link #RPM_RELEASE}: {@code 1.28.15.lts.2}. */
  public String rpm() {
    return upstream() + "." + flavour + "." + build;
  }

  /** By number, then flavour, then build; the same order as rpm's and dpkg's. */
  @Override
  public int compareTo(LtsVersion other) {
    // Not with a chain of comparators: trees are sorted by this.
    int order = Integer.compare(major, other.major);
    order = order != 0 ? order : Integer.compare(minorNumber, other.minorNumber);
    order = order != 0 ? order : Integer.compare(patch, other.patch);
    order = order != 0 ? order : flavour.compareTo(other.flavour);
    return order != 0 ? order : Integer.compare(build, other.build);
  }

  // Not those of the record: Java makes these at run time, which every start would pay for.
  @Override
  public boolean equals(Object other) {
    return other instanceof LtsVersion version && compareTo(version) == 0;
  }

  @Override
  public int hashCode() {
    return ((major * 31 + minorNumber) * 31 + patch) * 31 + build;
  }

  @Override
  public String toString() {
    return upstream() + "-" + flavour + "." + build;
  }
}
