package io.klts.repo.repository;

import io.klts.repo.blob.Sha256;
import io.klts.repo.catalogue.Arch;
import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.catalogue.Minor;
import io.klts.repo.document.Documents;
import io.klts.repo.rpm.RpmPackage;
import io.klts.repo.tree.TreePath;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a tree publishes: all that is needed to write every index again, without the packages. It is
 * kept in the tree as {@code packages.json}.
 */
public final class State {

  /** Where it lies in the tree. */
  public static final String PATH = "packages.json";

  private static final int FORMAT = 1;
  private static final Pattern FIRST_KEY =
      Pattern.compile("^\\s*\\{\\s*\"format\"\\s*:\\s*(\\d{1,9})\\b");

  private final SortedMap<LtsVersion, ReleaseEntry> releases = new TreeMap<>();
  private final SortedMap<String, RpmEntry> rpms = new TreeMap<>();
  private final SortedMap<String, DebEntry> debs = new TreeMap<>();

  /** The document. */
  private record Source(
      int format, List<ReleaseEntry> releases, List<RpmEntry> rpm, List<DebEntry> deb) {}

  /**
   * A published release.
   *
   * @param published the day, as {@code 2026-04-14}
   */
  public record ReleaseEntry(String version, String published, SortedSet<String> archs) {

    public ReleaseEntry {
      present(version, "version");
      present(published, "published");
      present(archs, "archs");
      LtsVersion.parse(version);
      checkDate(published);
      archs.forEach(State::checkArch);
    }
  }

  /**
   * A published rpm.
   *
   * @param path in the tree: {@code rpm/v1.28/x86_64/….rpm}
   * @param releases those that it belongs to
   */
  public record RpmEntry(String path, SortedSet<String> releases, RpmPackage rpm) {

    public RpmEntry {
      present(path, "path");
      present(releases, "releases");
      present(rpm, "rpm");
      TreePath.check(path);
    }
  }

  /**
   * A published Debian package.
   *
   * @param path in the tree: {@code apt/pool/main/…/….deb}
   * @param releases those that it belongs to
   * @param control its control paragraph
   */
  public record DebEntry(
      String path, SortedSet<String> releases, long size, Sha256 sha256, String control) {

    public DebEntry {
      present(path, "path");
      present(releases, "releases");
      present(sha256, "sha256");
      present(control, "control");
      TreePath.check(path);
    }
  }

  private static void present(Object value, String key) {
    if (value == null) {
      throw new IllegalArgumentException("\"" + key + "\" is missing");
    }
  }

  private static void checkDate(String text) {
    try {
      LocalDate.parse(text);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException("\"" + text + "\" is not a date", e);
    }
  }

  private static void checkArch(String name) {
    if (Arch.find(name).isEmpty()) {
      throw new IllegalArgumentException("\"" + name + "\" is not an architecture");
    }
  }

  /** The state of a tree that was never published. */
  public State() {}

  /**
   * Reads {@code packages.json}.
   *
   * @throws IOException if it is damaged or of a newer format
   */
  public static State read(Path file) throws IOException {
    // First, because a newer format may have anything behind this number.
    int format = format(file);
    if (format != FORMAT) {
      throw new IOException(
          file
              + ": the state has format "
              + format
              + ", this program knows format "
              + FORMAT
              + "\n  nothing was changed; use the program version that wrote the tree, or a newer one");
    }
    Source source;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      source = Documents.json(in, file.toString(), Source.class);
    }
    State state = new State();
    orEmpty(source.releases).forEach(r -> state.releases.put(LtsVersion.parse(r.version), r));
    orEmpty(source.rpm).forEach(r -> state.rpms.put(r.path, r));
    orEmpty(source.deb).forEach(d -> state.debs.put(d.path, d));
    return state;
  }

  private static int format(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      String start = new String(in.readNBytes(100), StandardCharsets.UTF_8);
      Matcher m = FIRST_KEY.matcher(start);
      if (!m.find()) {
        throw new IOException(
            file
                + ": it is damaged: it does not begin with {\"format\":"
                + FORMAT
                + "\n  nothing was changed; restore it from a copy of the tree");
      }
      return Integer.parseInt(m.group(1));
    }
  }

  private static <T> List<T> orEmpty(List<T> list) {
    return list == null ? List.of() : list;
  }

  /** The document: one line a package, so that differences can be read and sent. */
  public byte[] bytes() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    write(out, "{\"format\":" + FORMAT);
    writeLines(out, "releases", releases.values());
    writeLines(out, "rpm", rpms.values());
    writeLines(out, "deb", debs.values());
    write(out, "}\n");
    return out.toByteArray();
  }

  private static void writeLines(ByteArrayOutputStream out, String key, Collection<?> values)
      throws IOException {
    write(out, ",\n\"" + key + "\":[");
    for (Iterator<?> i = values.iterator(); i.hasNext(); ) {
      write(out, "\n");
      Documents.writeJson(i.next(), out);
      write(out, i.hasNext() ? "," : "");
    }
    write(out, "]");
  }

  private static void write(ByteArrayOutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds a release, or further architectures of it. */
  public void add(LtsVersion version, String published, Collection<String> archs) {
    ReleaseEntry known = releases.get(version);
    SortedSet<String> all = new TreeSet<>(archs);
    if (known != null) {
      all.addAll(known.archs);
    }
    releases.put(version, new ReleaseEntry(version.toString(), published, all));
  }

  /**
   * Adds an rpm to a release.
   *
   * @return the entry that is in the state now: the older one, if that is the same package, perhaps
   *     under another signature
   * @throws IOException if there is another package under its path
   */
  public RpmEntry add(LtsVersion release, String path, RpmPackage rpm) throws IOException {
    RpmEntry known = rpms.get(path);
    if (known != null && !known.rpm.content().equals(rpm.content())) {
      throw otherBytes(path, known.rpm.content(), rpm.content());
    }
    RpmEntry entry =
        new RpmEntry(
            path,
            with(release, known == null ? List.of() : known.releases),
            known == null ? rpm : known.rpm);
    rpms.put(path, entry);
    return entry;
  }

  /**
   * Adds a Debian package to a release.
   *
   * @throws IOException if there is another package under its path
   */
  public void add(LtsVersion release, String path, long size, Sha256 sha256, String control)
      throws IOException {
    DebEntry known = debs.get(path);
    if (known != null && !known.sha256.equals(sha256)) {
      throw otherBytes(path, known.sha256, sha256);
    }
    debs.put(
        path,
        new DebEntry(
            path,
            with(release, known == null ? List.of() : known.releases),
            size,
            sha256,
            control));
  }

  private static SortedSet<String> with(LtsVersion release, Collection<String> releases) {
    SortedSet<String> all = new TreeSet<>(releases);
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

  /** The releases in the order of their versions. */
  public Collection<ReleaseEntry> releases() {
    return releases.values();
  }

  /** All rpms by path. */
  public Collection<RpmEntry> rpms() {
    return rpms.values();
  }

  /** All Debian packages by path. */
  public Collection<DebEntry> debs() {
    return debs.values();
  }

  /** The minors that have a release: each is a channel. */
  public SortedSet<Minor> minors() {
    SortedSet<Minor> minors = new TreeSet<>();
    releases.keySet().forEach(v -> minors.add(v.minor()));
    return minors;
  }

  /** The releases of a minor. */
  public SortedSet<String> releases(Minor minor) {
    SortedSet<String> names = new TreeSet<>();
    releases.keySet().stream()
        .filter(v -> v.minor().equals(minor))
        .forEach(v -> names.add(v.toString()));
    return names;
  }
}
