package io.klts.repo.repository;

import io.klts.repo.catalogue.Identity;
import io.klts.repo.catalogue.Minor;
import io.klts.repo.document.Documents;
import io.klts.repo.recipe.Format;
import io.klts.repo.tree.Stage;
import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The errata for scanners, in the Open Source Vulnerability format: a document for each
 * vulnerability, {@code osv/KLTS-CVE-2024-10220.json}. In the lines that fix it, a build is in a
 * range unless it is recorded to fix it: nothing is called fixed that nobody called so.
 */
final class Osv {

  /** Of the format: later ones take no names of databases and ecosystems that they do not list. */
  private static final String SCHEMA_VERSION = "1.6.1";

  private final Identity identity;
  private final State state;
  private final Advisories advisories;

  Osv(Identity identity, State state) {
    this.identity = identity;
    this.state = state;
    this.advisories = new Advisories(identity, state);
  }

  /** One source in one minor version: what its range is about. */
  private record Line(String source, Minor minor, List<Build> builds) {

    boolean fixes(String cve) {
      return builds.stream().anyMatch(build -> build.fixes(cve));
    }

    SortedSet<String> packages() {
      SortedSet<String> packages = new TreeSet<>();
      builds.forEach(build -> packages.addAll(build.packages()));
      return packages;
    }
  }

  /** The documents of all vulnerabilities that a build in the indexes fixes. */
  List<TreeFile> files() throws IOException {
    List<Build> builds = state.builds();
    List<Line> lines = lines(builds);
    SortedSet<String> cves = new TreeSet<>();
    for (Build build : builds) {
      if (build.isAnnounced()) {
        cves.addAll(build.fixes());
      }
    }
    List<TreeFile> files = new ArrayList<>();
    for (String cve : cves) {
      List<Line> fixing = lines.stream().filter(line -> line.fixes(cve)).toList();
      files.add(
          TreeFile.of(
              "osv/" + id(cve) + ".json",
              Stage.INDEX,
              Documents.prettyJson(document(cve, fixing))));
    }
    return files;
  }

  private static List<Line> lines(List<Build> builds) {
    SortedMap<String, SortedMap<Minor, List<Build>>> lines = new TreeMap<>();
    for (Build build : builds) {
      lines
          .computeIfAbsent(build.source(), source -> new TreeMap<>())
          .computeIfAbsent(build.version().minor(), minor -> new ArrayList<>())
          .add(build);
    }
    List<Line> all = new ArrayList<>();
    lines.forEach(
        (source, minors) ->
            minors.forEach((minor, ofMinor) -> all.add(new Line(source, minor, ofMinor))));
    return all;
  }

  private String id(String cve) {
    return advisories.prefix() + "-" + cve;
  }

  private Map<String, Object> document(String cve, List<Line> lines) {
    List<Build> fixing =
        lines.stream()
            .flatMap(line -> line.builds.stream())
            .filter(build -> build.fixes(cve))
            .toList();
    SortedSet<String> days =
        fixing.stream().map(Build::published).collect(Collectors.toCollection(TreeSet::new));
    String sources =
        lines.stream()
            .map(line -> advisories.name(line.source))
            .distinct()
            .collect(Collectors.joining(", "));
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("schema_version", SCHEMA_VERSION);
    document.put("id", id(cve));
    document.put("modified", Advisories.time(days.last()));
    document.put("published", Advisories.time(days.first()));
    document.put("aliases", List.of(cve));
    document.put("related", fixing.stream().map(advisories::id).toList());
    document.put("summary", cve + " in " + sources);
    document.put(
        "details",
        "Which "
            + identity.name()
            + " builds fix "
            + cve
            + ". Of the lines named here, a build that is not recorded to fix it is in a range,"
            + " also where nobody recorded what it fixes. Nothing is said of other lines.");
    document.put("affected", affected(cve, lines));
    document.put("references", List.of(ordered("type", "ADVISORY", "url", Advisories.url(cve))));
    state.vulnerability(cve).ifPresent(known -> document.put("database_specific", severity(known)));
    return document;
  }

  /** The format's own severity wants all metrics of CVSS, of which the catalogue has the score. */
  private static Map<String, Object> severity(Vulnerability vulnerability) {
    Map<String, Object> severity = new LinkedHashMap<>();
    severity.put("severity", vulnerability.severity().name());
    if (vulnerability.score() >= 0) {
      severity.put("cvss_base_score", vulnerability.score());
    }
    return severity;
  }

  private List<Map<String, Object>> affected(String cve, List<Line> lines) {
    SortedSet<String> names = new TreeSet<>();
    lines.forEach(line -> names.addAll(line.packages()));
    List<Map<String, Object>> affected = new ArrayList<>();
    for (Format format : Format.values()) {
      for (String name : names) {
        affected.add(
            affected(
                cve,
                name,
                lines.stream().filter(line -> line.packages().contains(name)).toList(),
                new Purl(identity, format)));
      }
    }
    return affected;
  }

  private Map<String, Object> affected(String cve, String name, List<Line> lines, Purl purl) {
    List<Object> ranges = new ArrayList<>();
    List<String> versions = new ArrayList<>();
    for (Line line : lines) {
      // Older than every build of the line, by rpm's order and by dpkg's.
      Optional<String> introduced = Optional.of(line.minor.toString());
      String last = "";
      for (Build build : line.builds) {
        last = purl.version(build.version());
        if (!build.fixes(cve)) {
          versions.add(last);
          introduced = Optional.of(introduced.orElse(last));
        } else if (introduced.isPresent()) {
          ranges.add(range(introduced.get(), "fixed", last));
          introduced = Optional.empty();
        }
      }
      // Without an end it would reach into the next line.
      if (introduced.isPresent()) {
        ranges.add(range(introduced.get(), "last_affected", last));
      }
    }
    String ecosystem = advisories.prefix() + ":" + purl.format().name().toLowerCase(Locale.ROOT);
    Map<String, Object> named = ordered("ecosystem", ecosystem, "name", name);
    named.put("purl", purl.of(name));
    Map<String, Object> affected = ordered("package", named, "ranges", ranges);
    if (!versions.isEmpty()) {
      affected.put("versions", versions);
    }
    return affected;
  }

  private static Map<String, Object> range(String introduced, String end, String version) {
    return ordered(
        "type",
        "ECOSYSTEM",
        "events",
        List.of(Map.of("introduced", introduced), Map.of(end, version)));
  }

  private static Map<String, Object> ordered(String a, Object first, String b, Object second) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(a, first);
    map.put(b, second);
    return map;
  }
}
