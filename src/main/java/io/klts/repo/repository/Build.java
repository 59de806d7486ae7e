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
record Build(
    String source,
    LtsVersion version,
    String published,
    List<String> fixes,
    SortedSet<String> packages) {

  /** The source of the releases themselves, whatever they are of. */
  static final String RELEASE = "release";

  boolean isOfAddon() {
    return !source.equals(RELEASE);
  }

  /** Whether errata announce it: it fixes something. */
  boolean isAnnounced() {
    return fixes != null && !fixes.isEmpty();
  }

  boolean fixes(String cve) {
    return fixes != null && fixes.contains(cve);
  }
}
