package io.klts.repo.repository;

import io.klts.repo.blob.Sha256;
import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.catalogue.Minor;
import io.klts.repo.document.Documents;
import io.klts.repo.rpm.RpmPackage;
import io.klts.repo.tree.TreePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A part of the state that is read and written on its own: the packages of one minor, or the
 * add-ons of all minors. It holds of each package what the indexes say of it, word for word.
 */
final class Part {

  /** The part with the packages that are not bound to a minor. */
  static final String ADDONS = "addons";

  private final SortedMap<String, Line<RpmEntry>> rpms = new TreeMap<>();
  private final SortedMap<String, Line<DebEntry>> debs = new TreeMap<>();

  /** An entry and its JSON, which is written again as it was read. */
  private record Line<T>(T value, String json) {

    static <T> Line<T> of(T value) throws IOException {
      return new Line<>(value, Documents.jsonLine(value));
    }
  }

  /**
   * A published rpm.
   *
   * @param path in the tree: {@code rpm/v1.28/x86_64/….rpm}
   * @param releases those that it belongs to
   * @param size of the file in bytes
   * @param content equal for the same package under different signatures
   * @param primary its element of {@code primary.xml}, seen from its minor's channel
   * @param filelists its element of {@code filelists.xml}
   * @param other its element of {@code other.xml}
   */
  record RpmEntry(
      String path,
      SortedSet<String> releases,
      long size,
      Sha256 sha256,
      Sha256 content,
      String primary,
      String filelists,
      String other) {

    RpmEntry {
      present(path, "path");
      present(releases, "releases");
      present(sha256, "sha256");
      present(content, "content");
      present(primary, "primary");
      present(filelists, "filelists");
      present(other, "other");
      TreePath.check(path);
      if (!path.matches("rpm/[^/]+/[^/]+/[^/]+")) {
        throw new IllegalArgumentException("\"" + path + "\" is no place for an rpm");
      }
    }

    static RpmEntry of(String path, SortedSet<String> releases, RpmPackage rpm) {
      return new RpmEntry(
          path,
          releases,
          rpm.size(),
          rpm.sha256(),
          rpm.content(),
          RpmElements.primary(rpm, path.substring(channelEnd(path) + 1)),
          RpmElements.filelists(rpm),
          RpmElements.other(rpm));
    }

    RpmEntry with(SortedSet<String> all) {
      return new RpmEntry(path, all, size, sha256, content, primary, filelists, other);
    }

    /** The channel in whose folder it lies: {@code v1.28}. */
    String channel() {
      return path.substring(path.indexOf('/') + 1, channelEnd(path));
    }

    String fileName() {
      return path.substring(path.lastIndexOf('/') + 1);
    }

    private static int channelEnd(String path) {
      return path.indexOf('/', path.indexOf('/') + 1);
    }
  }

  /**
   * A published Debian package.
   *
   * @param path in the tree: {@code apt/pool/main/…/….deb}
   * @param releases those that it belongs to
   * @param size of the file in bytes
   * @param control its control paragraph
   */
  record DebEntry(
      String path, SortedSet<String> releases, long size, Sha256 sha256, String control) {

    DebEntry {
      present(path, "path");
      present(releases, "releases");
      present(sha256, "sha256");
      present(control, "control");
      TreePath.check(path);
    }

    DebEntry with(SortedSet<String> all) {
      return new DebEntry(path, all, size, sha256, control);
    }

    /** Debian's name of its architecture. */
    String arch() {
      return path.substring(path.lastIndexOf('_') + 1, path.length() - ".deb".length());
    }
  }

  private static void present(Object value, String key) {
    if (value == null) {
      throw new IllegalArgumentException("\"" + key + "\" is missing");
    }
  }

  /** The part of a minor: the name of its channel. */
  static String of(Minor minor) {
    return minor.channel();
  }

  /** Where a part lies in the tree. */
  static String path(String name) {
    return "packages/" + name + ".json";
  }

  /**
   * Reads what {@link #bytes} wrote.
   *
   * @throws IOException if it is damaged
   */
  static Part read(Path file) throws IOException {
    LineDocument document = LineDocument.read(file);
    Part part = new Part();
    document.list("rpm", RpmEntry.class, (e, json) -> part.rpms.put(e.path, new Line<>(e, json)));
    document.list("deb", DebEntry.class, (e, json) -> part.debs.put(e.path, new Line<>(e, json)));
    return part;
  }

  /** The document: one line a package, so that differences can be read and sent. */
  byte[] bytes() {
    StringBuilder text = new StringBuilder(LineDocument.BEGIN);
    LineDocument.append(text, "rpm", json(rpms.values()));
    LineDocument.append(text, "deb", json(debs.values()));
    return text.append("}\n").toString().getBytes(StandardCharsets.UTF_8);
  }

  private static Stream<String> json(Collection<? extends Line<?>> lines) {
    return lines.stream().map(Line::json);
  }

  /**
   * Adds an rpm to a release.
   *
   * @return the entry that is in the state now: the older one, if that is the same package, perhaps
   *     under another signature
   * @throws IOException if there is another package under its path
   */
  RpmEntry add(LtsVersion release, String path, RpmPackage rpm) throws IOException {
    Optional<RpmEntry> known = Optional.ofNullable(rpms.get(path)).map(Line::value);
    if (known.isPresent() && !known.get().content.equals(rpm.content())) {
      throw otherBytes(path, known.get().content, rpm.content());
    }
    SortedSet<String> releases = with(release, known.map(RpmEntry::releases));
    RpmEntry entry =
        known.isPresent() ? known.get().with(releases) : RpmEntry.of(path, releases, rpm);
    rpms.put(path, Line.of(entry));
    return entry;
  }

  /**
   * Adds a Debian package to a release.
   *
   * @throws IOException if there is another package under its path
   */
  void add(LtsVersion release, String path, long size, Sha256 sha256, String control)
      throws IOException {
    Optional<DebEntry> known = Optional.ofNullable(debs.get(path)).map(Line::value);
    if (known.isPresent() && !known.get().sha256.equals(sha256)) {
      throw otherBytes(path, known.get().sha256, sha256);
    }
    SortedSet<String> releases = with(release, known.map(DebEntry::releases));
    debs.put(path, Line.of(new DebEntry(path, releases, size, sha256, control)));
  }

  private static SortedSet<String> with(LtsVersion release, Optional<SortedSet<String>> releases) {
    SortedSet<String> all = new TreeSet<>(releases.orElse(new TreeSet<>()));
    all.add(release.toString());
    return all;
  }

  private static IOException otherBytes(String path, Sha256 expected, Sha256 found) {
    return new IOException(
        path
            + " is published with other bytes: content "
            + expected
            + ", this build has "
            + found
            + "\n  nothing was changed; clients keep what they have under this version: give the new"
            + " build a new version, or build from the same binaries and recipes");
  }

  /** All rpms by path. */
  List<RpmEntry> rpms() {
    return rpms.values().stream().map(Line::value).toList();
  }

  /** All Debian packages by path. */
  List<DebEntry> debs() {
    return debs.values().stream().map(Line::value).toList();
  }
}
