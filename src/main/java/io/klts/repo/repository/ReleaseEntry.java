package io.klts.repo.repository;

import io.klts.repo.catalogue.Arch;
import io.klts.repo.catalogue.LtsVersion;
import java.time.YearMonth;
import java.util.List;
import java.util.SortedSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A published release.
 *
 * @param version such as {@code 1.28.15-lts.2}
 * @param published the day, as {@code 2026-04-14}
 * @param archs Go's names of its architectures
 * @param withdrawn why it is in no index any more; {@code null} if it is
 * @param fixes the vulnerabilities that it fixes; {@code null} if there are none or nobody recorded
 *     them
 * @param packages their names; {@code null} if it was withdrawn, or in a tree that is older than
 *     errata
 */
public record ReleaseEntry(
    String version,
    String published,
    SortedSet<String> archs,
    String withdrawn,
    List<String> fixes,
    SortedSet<String> packages) {

  public ReleaseEntry {
    Present.check(version, "version");
    Present.check(published, "published");
    Present.check(archs, "archs");
    LtsVersion.parse(version);
    checkDate(published);
    archs.forEach(ReleaseEntry::checkArch);
  }

  /** The same release with other packages. */
  ReleaseEntry with(SortedSet<String> names) {
    return new ReleaseEntry(version, published, archs, withdrawn, fixes, names);
  }

  /** The same release, in no index any more. */
  ReleaseEntry withdrawn(String reason) {
    return new ReleaseEntry(version, published, archs, reason, fixes, null);
  }

  Build build() {
    return new Build(Build.RELEASE, LtsVersion.parse(version), published, fixes, packages);
  }

  private static final Pattern DATE =
      Pattern.compile("(\\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])");

  static void checkDate(String text) {
    Matcher date = DATE.matcher(text);
    if (!date.matches() || Integer.parseInt(date.group(3)) > daysOfMonth(date)) {
      throw new IllegalArgumentException("\"" + text + "\" is not a date");
    }
  }

  private static int daysOfMonth(Matcher date) {
    int year = Integer.parseInt(date.group(1));
    int month = Integer.parseInt(date.group(2));
    return YearMonth.of(year, month).lengthOfMonth();
  }

  private static void checkArch(String name) {
    if (Arch.find(name).isEmpty()) {
      throw new IllegalArgumentException("\"" + name + "\" is not an architecture");
    }
  }
}
