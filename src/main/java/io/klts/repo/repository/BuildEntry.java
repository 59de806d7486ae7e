package io.klts.repo.repository;

import io.klts.repo.catalogue.LtsVersion;
import java.util.List;
import java.util.SortedSet;

/**
 * A build whose packages are in the indexes, as errata speak of it: a release, or one of an add-on.
 *
 * @param source what was built: {@link #RELEASE} or the name of the add-on
 * @param published the day, as {@code 2026-04-14}
 * @param fixes the vulnerabilities that it fixes; {@code null} if nobody recorded them
 * @param packages their names
 */
record BuildEntry(
    String source,
    String version,
    String published,
    List<String> fixes,
    SortedSet<String> packages) {

  /** The source of the releases themselves, whatever they are of. */
  static final String RELEASE = "release";

  BuildEntry {
    Present.check(source, "source");
    Present.check(version, "version");
    Present.check(published, "published");
    Present.check(packages, "packages");
    LtsVersion.parse(version);
    ReleaseEntry.checkDate(published);
  }

  /** Whether errata announce it: it fixes something. */
  boolean isAnnounced() {
    return fixes != null && !fixes.isEmpty();
  }

  boolean fixes(String cve) {
    return fixes != null && fixes.contains(cve);
  }

  LtsVersion lts() {
    return LtsVersion.parse(version);
  }

  /** The same build with other packages. */
  BuildEntry with(SortedSet<String> names) {
    return new BuildEntry(source, version, published, fixes, names);
  }
}
