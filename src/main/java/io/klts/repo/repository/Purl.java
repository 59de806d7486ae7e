package io.klts.repo.repository;

import io.klts.repo.catalogue.Identity;
import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.recipe.Format;
import java.util.Locale;

/** Package URLs of our packages: their namespace is who publishes, whatever the distribution. */
record Purl(Identity identity, Format format) {

  /** Of all versions: {@code pkg:rpm/klts/kubelet}. */
  String of(String name) {
    return "pkg:" + format.name().toLowerCase(Locale.ROOT) + "/" + identity.id() + "/" + name;
  }

  /** Of one, for every architecture: {@code pkg:deb/klts/kubelet@1.28.15-lts.2}. */
  String of(String name, LtsVersion version) {
    return of(name) + "@" + version(version);
  }

  /** A version as the format spells it, with the release of an rpm. */
  String version(LtsVersion version) {
    return format == Format.RPM ? version.rpm() + "-" + LtsVersion.RPM_RELEASE : version.deb();
  }
}
