package io.klts.repo.catalogue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
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

  /** The document as it is written. */
  record Source(
      Map<String, SourceMinor> minors,
      List<SourceRelease> releases,
      Map<String, List<SourceRelease>> addons,
      Map<String, SourceVulnerability> vulnerabilities) {

    Source {
      require(minors != null && !minors.isEmpty(), "\"minors\" is missing or empty");
      require(releases != null && !releases.isEmpty(), "\"releases\" is missing or empty");
      addons = addons == null ? Map.of() : addons;
      vulnerabilities = vulnerabilities == null ? Map.of() : vulnerabilities;
    }

    CatalogueFile checked(Path file) throws IOException {
      try {
        return check();
      } catch (IllegalArgumentException e) {
        throw new IOException(file + ": " + e.getMessage(), e);
      }
    }

    private CatalogueFile check() {
      Map<String, SortedMap<LtsVersion, Release>> addonReleases = new LinkedHashMap<>();
      addons.forEach((name, list) -> addonReleases.put(name, byVersion(name, list)));
      SortedMap<Minor, MinorEntry> byMinor = new TreeMap<>();
      minors.forEach((minor, entry) -> byMinor.put(Minor.parse(minor), entry.bind(minor)));
      SortedMap<LtsVersion, Release> kubernetes = byVersion("releases", releases);
      for (LtsVersion version : kubernetes.keySet()) {
        require(
            byMinor.containsKey(version.minor()),
            version + ": its minor " + version.minor() + " is not under \"minors\"");
      }
      byMinor.forEach((minor, entry) -> checkAddons(minor, entry, addonReleases));
      return new CatalogueFile(byMinor, kubernetes, addonReleases);
    }

    private SortedMap<LtsVersion, Release> byVersion(String where, List<SourceRelease> list) {
      SortedMap<LtsVersion, Release> sorted = new TreeMap<>();
      for (SourceRelease source : list) {
        Release release = source.bind(vulnerabilities);
        require(
            sorted.put(release.version(), release) == null,
            where + ": " + release.version() + " is listed twice");
      }
      return sorted;
    }

    private static void checkAddons(
        Minor minor, MinorEntry entry, Map<String, SortedMap<LtsVersion, Release>> addons) {
      entry
          .addons()
          .forEach(
              (name, versions) ->
                  versions.forEach(
                      v ->
                          require(
                              addons.getOrDefault(name, new TreeMap<>()).containsKey(v),
                              "minors."
                                  + minor
                                  + ": "
                                  + name
                                  + " "
                                  + v
                                  + " is not under \"addons\"")));
    }
  }

  record SourceMinor(String released, String endOfLife, Map<String, List<String>> addons) {

    MinorEntry bind(String minor) {
      Map<String, List<LtsVersion>> versions = new LinkedHashMap<>();
      if (addons != null) {
        addons.forEach((k, v) -> versions.put(k, v.stream().map(LtsVersion::parse).toList()));
      }
      return new MinorEntry(
          date("minors." + minor + ".released", released),
          date("minors." + minor + ".endOfLife", endOfLife),
          versions);
    }
  }

  record SourceRelease(String version, String published, List<String> fixes) {

    SourceRelease {
      require(version != null, "\"version\" is missing");
      LtsVersion.parse(version);
      date("published", published);
    }

    Release bind(Map<String, SourceVulnerability> vulnerabilities) {
      LtsVersion parsed = LtsVersion.parse(version);
      if (fixes == null) {
        return new Release(parsed, LocalDate.parse(published), Optional.empty());
      }
      List<Fix> bound = new ArrayList<>();
      for (String cve : fixes) {
        SourceVulnerability known = vulnerabilities.get(cve);
        require(known != null, version + ": " + cve + " is not under \"vulnerabilities\"");
        bound.add(known.bind(cve));
      }
      return new Release(parsed, LocalDate.parse(published), Optional.of(List.copyOf(bound)));
    }
  }

  record SourceVulnerability(Double score, String severity) {

    SourceVulnerability {
      require(score == null || (score >= 0 && score <= 10), "\"score\" must be from 0 to 10");
      severity(severity);
    }

    Fix bind(String cve) {
      require(cve.matches("CVE-\\d{4}-\\d{4,}"), "\"" + cve + "\" is not a CVE number");
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

  private static LocalDate date(String key, String text) {
    try {
      return LocalDate.parse(String.valueOf(text));
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
