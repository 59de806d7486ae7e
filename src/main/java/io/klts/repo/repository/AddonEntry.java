package io.klts.repo.repository;

import io.klts.repo.catalogue.LtsVersion;
import java.util.List;
import java.util.SortedSet;

/**
 * A published release of an add-on.
 *
 * @param name of the add-on
 * @param version such as {@code 1.7.30-lts.0}
 * @param published the day, as {@code 2026-04-14}
 * @param fixes the vulnerabilities that it fixes; {@code null} if nobody recorded them
 * @param packages their names
 */
record AddonEntry(
    String name, String version, String published, List<String> fixes, SortedSet<String> packages) {

  AddonEntry {
    Present.check(name, "name");
    Present.check(version, "version");
    Present.check(published, "published");
    Present.check(packages, "packages");
    LtsVersion.parse(version);
    ReleaseEntry.checkDate(published);
  }

  Build build() {
    return new Build(name, LtsVersion.parse(version), published, fixes, packages);
  }

  /** The same release with other packages. */
  AddonEntry with(SortedSet<String> names) {
    return new AddonEntry(name, version, published, fixes, names);
  }
}
