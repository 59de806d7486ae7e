package io.klts.repo.catalogue;

import io.klts.repo.catalogue.CatalogueFile.MinorEntry;
import io.klts.repo.document.Documents;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** All releases that are known, with what they fix and the add-ons that go with each minor. */
public final class Catalogue {

  private final Identity identity;
  private final SortedMap<LtsVersion, Release> releases;
  private final SortedMap<Minor, MinorEntry> minors;
  private final Map<String, SortedMap<LtsVersion, Release>> addons;

  private Catalogue(Identity identity, CatalogueFile file) {
    this.identity = identity;
    this.releases = file.releases();
    this.minors = file.minors();
    this.addons = file.addons();
  }

  /**
   * Reads {@code identity.yaml} and {@code releases.yaml}.
   *
   * @param templates the folder that holds them
   * @throws IOException with file and line, if they do not say what they should
   */
  public static Catalogue load(Path templates) throws IOException {
    return new Catalogue(
        Identity.load(templates),
        Documents.yaml(templates.resolve("releases.yaml"), CatalogueFile.Source.class)
            .checked(templates.resolve("releases.yaml")));
  }

  /** Who publishes. */
  public Identity identity() {
    return identity;
  }

  /** All releases in the order of their versions. */
  public List<Release> releases() {
    return List.copyOf(releases.values());
  }

  /**
   * One release.
   *
   * @throws IOException if it is not in the catalogue, naming the nearest ones that are
   */
  public Release release(LtsVersion version) throws IOException {
    Release release = releases.get(version);
    if (release == null) {
      throw new IOException(
          version.tag()
              + " is not in the catalogue; "
              + known(version.minor())
              + "\n  add it to releases.yaml with its date and fixes, or give a known one");
    }
    return release;
  }

  /** The releases of a package up to and including a version, newest first: its changelog. */
  public List<Release> history(String packageName, LtsVersion version) {
    SortedMap<LtsVersion, Release> line = addons.getOrDefault(packageName, releases);
    return line.values().stream()
        .filter(r -> r.version().minor().equals(version.minor()))
        .filter(r -> r.version().compareTo(version) <= 0)
        .sorted((a, b) -> b.version().compareTo(a.version()))
        .toList();
  }

  /** The versions of an add-on that belong to a minor, oldest first; empty if there are none. */
  public List<Release> addons(Minor minor, String packageName) {
    MinorEntry entry = minors.get(minor);
    SortedSet<LtsVersion> wanted = new TreeSet<>();
    if (entry != null) {
      wanted.addAll(entry.addons().getOrDefault(packageName, List.of()));
    }
    return wanted.stream().map(v -> addons.get(packageName).get(v)).toList();
  }

  /** When the Kubernetes project ended its support for a minor; absent for an unknown minor. */
  public Optional<LocalDate> endOfLife(Minor minor) {
    return Optional.ofNullable(minors.get(minor)).map(MinorEntry::endOfLife);
  }

  private String known(Minor minor) {
    List<String> same =
        releases.keySet().stream()
            .filter(v -> v.minor().equals(minor))
            .map(LtsVersion::tag)
            .toList();
    return same.isEmpty()
        ? "known minors: "
            + new TreeMap<>(minors)
                .keySet().stream().map(Minor::toString).collect(Collectors.joining(" "))
        : "known of " + minor + ": " + String.join(" ", same);
  }
}
