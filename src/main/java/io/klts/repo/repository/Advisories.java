package io.klts.repo.repository;

import io.klts.repo.catalogue.Fix.Severity;
import io.klts.repo.catalogue.Identity;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What every form of the errata says alike: names, severities, where to read more. */
record Advisories(Identity identity, State state) {

  /**
   * The name of the advisory of a build: {@code KLTS-1.28.15-lts.2}, {@code
   * KLTS-containerd-1.3.10-lts.1}. It never changes, whatever else is published.
   */
  String id(Build build) {
    String source = build.isOfAddon() ? build.source() + "-" : "";
    return prefix() + "-" + source + build.version();
  }

  /** How names that others must not have begin. */
  String prefix() {
    return identity.id().toUpperCase(Locale.ROOT);
  }

  /** As people read it: {@code Kubernetes 1.28.15-lts.2}. */
  String title(Build build) {
    return name(build.source()) + " " + build.version();
  }

  /** What was built, as people write it. */
  String name(String source) {
    return source.equals(Build.RELEASE) ? identity.product() : source;
  }

  /** The begin of a day. */
  static String time(String day) {
    return day + "T00:00:00Z";
  }

  /** Where a vulnerability is described. */
  static String url(String cve) {
    return "https://www.cve.org/CVERecord?id=" + cve;
  }

  /** The highest severity of what a build fixes; absent if none is known. */
  Optional<Severity> severity(Build build) {
    return known(build).stream().map(Vulnerability::severity).max(Severity::compareTo);
  }

  private List<Vulnerability> known(Build build) {
    return build.fixes().stream().map(state::vulnerability).flatMap(Optional::stream).toList();
  }

  /** The address in the maintainer's line. */
  String address() {
    String maintainer = identity.maintainer();
    return maintainer.substring(maintainer.indexOf('<') + 1, maintainer.indexOf('>'));
  }
}
