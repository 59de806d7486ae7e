package io.klts.repo.catalogue;

import io.klts.repo.document.DocumentException;
import io.klts.repo.document.Located;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** {@code releases.yaml}, checked: every version parses, every reference has its target. */
record CatalogueFile(
    SortedMap<Minor, MinorEntry> minors,
    SortedMap<LtsVersion, Release> releases,
    Map<String, SortedMap<LtsVersion, Release>> addons) {

  /** What holds for all releases of a minor. */
  record MinorEntry(
      LocalDate released, LocalDate endOfLife, Map<String, List<LtsVersion>> addons) {}

  /**
   * The document as it is written.
   *
   * @param minors by minor version, such as {@code 1.28}
   * @param releases all releases of the product, in any order
   * @param addons by the name of their recipe, the releases of packages with versions of their own
   * @param vulnerabilities by CVE number, all that some release fixes
   */
  record Source(
      Map<String, Located<SourceMinor>> minors,
      List<Located<SourceRelease>> releases,
      Map<String, List<Located<SourceRelease>>> addons,
      Map<String, SourceVulnerability> vulnerabilities) {

    Source {
      require(minors != null && !minors.isEmpty(), "\"minors\" is missing or empty");
      require(releases != null && !releases.isEmpty(), "\"releases\" is missing or empty");
      addons = addons == null ? Map.of() : addons;
      vulnerabilities = vulnerabilities == null ? Map.of() : vulnerabilities;
      minors.keySet().forEach(Minor::parse);
      vulnerabilities
          .keySet()
          .forEach(
              cve ->
                  require(
                      cve.matches("CVE-\\d{4}-\\d{4,}"), "\"" + cve + "\" is not a CVE number"));
    }

    /** What no part can see of itself: whether each is there once, and all that it refers to. */
    CatalogueFile checked(Path file) throws IOException {
      List<Located<String>> faults = new ArrayList<>();
      Map<String, SortedMap<LtsVersion, Release>> addonReleases = new LinkedHashMap<>();
      addons.forEach((name, list) -> addonReleases.put(name, byVersion(list, faults)));
      SortedMap<Minor, MinorEntry> byMinor = new TreeMap<>();
      minors.forEach((minor, entry) -> byMinor.put(Minor.parse(minor), entry.value().bind()));
      SortedMap<LtsVersion, Release> kubernetes = byVersion(releases, faults);
      releases.forEach(release -> checkMinor(release, faults));
      minors.values().forEach(entry -> checkAddons(entry, addonReleases, faults));
      if (!faults.isEmpty()) {
        throw DocumentException.of(file, faults);
      }
      return new CatalogueFile(byMinor, kubernetes, addonReleases);
    }

    private SortedMap<LtsVersion, Release> byVersion(
        List<Located<SourceRelease>> list, List<Located<String>> faults) {
      SortedMap<LtsVersion, Release> sorted = new TreeMap<>();
      for (Located<SourceRelease> source : list) {
        for (String cve : source.value().unknown(vulnerabilities)) {
          faults.add(new Located<>(cve + " is not under \"vulnerabilities\"", source.line()));
        }
        Release release = source.value().bind(vulnerabilities);
        if (sorted.put(release.version(), release) != null) {
          faults.add(new Located<>(release.version() + " is listed twice", source.line()));
        }
      }
      return sorted;
    }

    private void checkMinor(Located<SourceRelease> release, List<Located<String>> faults) {
      String minor = LtsVersion.parse(release.value().version()).minor().toString();
      if (!minors.containsKey(minor)) {
        faults.add(
            new Located<>(
                release.value().version() + ": its minor " + minor + " is not under \"minors\"",
                release.line()));
      }
    }

    private static void checkAddons(
        Located<SourceMinor> minor,
        Map<String, SortedMap<LtsVersion, Release>> addons,
        List<Located<String>> faults) {
      minor
          .value()
          .bind()
          .addons()
          .forEach(
              (name, versions) -> {
                for (LtsVersion version : versions) {
                  if (!addons
                      .getOrDefault(name, Collections.emptySortedMap())
                      .containsKey(version)) {
                    faults.add(
                        new Located<>(
                            name + " " + version + " is not under \"addons\"", minor.line()));
                  }
                }
              });
    }
  }

  /**
   * What holds for all releases of a minor.
   *
   * @param released the day of its first release upstream, as {@code 2023-08-15}
   * @param endOfLife the day on which upstream ended its support
   * @param addons by name, the releases of add-ons that its channel offers
   */
  record SourceMinor(String released, String endOfLife, Map<String, List<String>> addons) {

    SourceMinor {
      date("released", released);
      date("endOfLife", endOfLife);
      addons = addons == null ? Map.of() : addons;
      addons.values().forEach(versions -> versions.forEach(LtsVersion::parse));
    }

    MinorEntry bind() {
      Map<String, List<LtsVersion>> versions = new LinkedHashMap<>();
      addons.forEach((k, v) -> versions.put(k, v.stream().map(LtsVersion::parse).toList()));
      return new MinorEntry(LocalDate.parse(released), LocalDate.parse(endOfLife), versions);
    }
  }

  /**
   * A release.
   *
   * @param version such as {@code 1.28.15-lts.2}
   * @param published the day of its publication, which is the date of all that is made of it
   * @param fixes CVE numbers that it fixes on top of upstream's last patch release; an empty list
   *     if it fixes none, absent if nobody recorded them
   */
  record SourceRelease(String version, String published, List<String> fixes) {

    SourceRelease {
      require(version != null, "\"version\" is missing");
      LtsVersion.parse(version);
      date("published", published);
    }

    List<String> unknown(Map<String, SourceVulnerability> vulnerabilities) {
      return fixes == null
          ? List.of()
          : fixes.stream().filter(cve -> !vulnerabilities.containsKey(cve)).toList();
    }

    /** The release, with those of its fixes that are known. */
    Release bind(Map<String, SourceVulnerability> vulnerabilities) {
      Optional<List<Fix>> bound =
          Optional.ofNullable(fixes)
              .map(
                  cves ->
                      cves.stream()
                          .filter(vulnerabilities::containsKey)
                          .map(cve -> vulnerabilities.get(cve).bind(cve))
                          .toList());
      return new Release(LtsVersion.parse(version), LocalDate.parse(published), bound);
    }
  }

  /**
   * What is known of a vulnerability.
   *
   * @param score CVSS base score, from 0 to 10
   * @param severity {@code low}, {@code medium}, {@code high} or {@code critical}
   */
  record SourceVulnerability(Double score, String severity) {

    SourceVulnerability {
      require(score == null || (score >= 0 && score <= 10), "\"score\" must be from 0 to 10");
      severity(severity);
    }

    Fix bind(String cve) {
      return new Fix(cve, score == null ? -1 : score, severity(severity));
    }

    private static Fix.Severity severity(String text) {
      try {
        return Fix.Severity.valueOf(String.valueOf(text).toUpperCase(Locale.ROOT));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "\"severity\" is " + text + "; expected low, medium, high or critical", e);
      }
    }
  }

  private static void date(String key, String text) {
    try {
      LocalDate.parse(String.valueOf(text));
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "\"" + key + "\" is " + text + "; expected a date such as 2026-04-14", e);
    }
  }

  private static void require(boolean good, String message) {
    if (!good) {
      throw new IllegalArgumentException(message);
    }
  }
}
