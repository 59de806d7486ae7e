package io.klts.repo.repository;

import io.klts.repo.blob.Sha256;
import io.klts.repo.catalogue.Arch;
import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.catalogue.Minor;
import io.klts.repo.document.Documents;
import io.klts.repo.rpm.RpmPackage;
import io.klts.repo.tree.TreePath;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

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

  private final SortedMap<LtsVersion, Line<ReleaseEntry>> releases = new TreeMap<>();
  private final SortedMap<String, Line<RpmEntry>> rpms = new TreeMap<>();
  private final SortedMap<String, Line<DebEntry>> debs = new TreeMap<>();

  /** An entry and its JSON, which is written again as it was read. */
  private record Line<T>(T value, String json) {

    static <T> Line<T> of(T value) throws IOException {
      return new Line<>(value, Documents.jsonLine(value));
    }
  }

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
    checkFormat(file);
    List<String> lines = Files.readAllLines(file);
    State state = new State();
    parse(file, lines, "releases", ReleaseEntry.class)
        .forEach(l -> state.releases.put(LtsVersion.parse(l.value.version), l));
    parse(file, lines, "rpm", RpmEntry.class).forEach(l -> state.rpms.put(l.value.path, l));
    parse(file, lines, "deb", DebEntry.class).forEach(l -> state.debs.put(l.value.path, l));
    return state;
  }

  /**
   * Refuses a document of another format by its begin: a newer one may have anything behind it.
   *
   * @throws IOException also if it does not say its format
   */
  public static void checkFormat(Path file) throws IOException {
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

  /**
   * The entries of one list: the lines between the one that opens it and the one that ends with a
   * bracket. On all processors, because this is most of the work of adding a release.
   */
  private static <T> List<Line<T>> parse(Path file, List<String> lines, String key, Class<T> type)
      throws IOException {
    int open = lines.indexOf(open(key));
    if (open < 0) {
      if (lines.contains(open(key) + "]}") || lines.contains(open(key) + "],")) {
        return List.of();
      }
      throw new IOException(file + ": it is damaged: the list \"" + key + "\" is missing");
    }
    int end = open + 1;
    while (end < lines.size() && lines.get(end).endsWith("},")) {
      end++;
    }
    if (end == lines.size()) {
      throw new IOException(file + ": it is damaged: the list \"" + key + "\" does not end");
    }
    try {
      return IntStream.rangeClosed(open + 1, end)
          .parallel()
          .mapToObj(i -> line(file + ":" + (i + 1), lines.get(i), type))
          .toList();
    } catch (UncheckedIOException e) {
      throw new IOException(e.getCause().getMessage(), e);
    }
  }

  private static <T> Line<T> line(String place, String text, Class<T> type) {
    String json = text.substring(0, Math.max(0, text.length() - (text.endsWith("},") ? 1 : 2)));
    try {
      return new Line<>(Documents.json(json, place, type), json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String open(String key) {
    return "\"" + key + "\":[";
  }

  /** The document: one line an entry, so that differences can be read and sent. */
  public byte[] bytes() {
    StringBuilder text = new StringBuilder("{\"format\":").append(FORMAT);
    append(text, "releases", releases.values());
    append(text, "rpm", rpms.values());
    append(text, "deb", debs.values());
    return text.append("}\n").toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void append(StringBuilder text, String key, Collection<? extends Line<?>> lines) {
    text.append(",\n").append(open(key));
    String separator = "\n";
    for (Line<?> line : lines) {
      text.append(separator).append(line.json);
      separator = ",\n";
    }
    text.append(']');
  }

  /** Adds a release, or further architectures of it. */
  public void add(LtsVersion version, String published, Collection<String> archs)
      throws IOException {
    Line<ReleaseEntry> known = releases.get(version);
    SortedSet<String> all = new TreeSet<>(archs);
    if (known != null) {
      all.addAll(known.value.archs);
    }
    releases.put(version, Line.of(new ReleaseEntry(version.toString(), published, all)));
  }

  /**
   * Adds an rpm to a release.
   *
   * @return the entry that is in the state now: the older one, if that is the same package, perhaps
   *     under another signature
   * @throws IOException if there is another package under its path
   */
  public RpmEntry add(LtsVersion release, String path, RpmPackage rpm) throws IOException {
    Optional<RpmEntry> known = Optional.ofNullable(rpms.get(path)).map(Line::value);
    if (known.isPresent() && !known.get().rpm.content().equals(rpm.content())) {
      throw otherBytes(path, known.get().rpm.content(), rpm.content());
    }
    RpmEntry entry =
        new RpmEntry(
            path,
            with(release, known.map(RpmEntry::releases)),
            known.map(RpmEntry::rpm).orElse(rpm));
    rpms.put(path, Line.of(entry));
    return entry;
  }

  /**
   * Adds a Debian package to a release.
   *
   * @throws IOException if there is another package under its path
   */
  public void add(LtsVersion release, String path, long size, Sha256 sha256, String control)
      throws IOException {
    Optional<DebEntry> known = Optional.ofNullable(debs.get(path)).map(Line::value);
    if (known.isPresent() && !known.get().sha256.equals(sha256)) {
      throw otherBytes(path, known.get().sha256, sha256);
    }
    SortedSet<String> all = with(release, known.map(DebEntry::releases));
    debs.put(path, Line.of(new DebEntry(path, all, size, sha256, control)));
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

  /** The releases in the order of their versions. */
  public List<ReleaseEntry> releases() {
    return values(releases.values());
  }

  /** All rpms by path. */
  public List<RpmEntry> rpms() {
    return values(rpms.values());
  }

  /** All Debian packages by path. */
  public List<DebEntry> debs() {
    return values(debs.values());
  }

  private static <T> List<T> values(Collection<Line<T>> lines) {
    return lines.stream().map(Line::value).toList();
  }

  /** The minors that have a release: each is a channel. */
  public SortedSet<Minor> minors() {
    SortedSet<Minor> minors = new TreeSet<>();
    releases.keySet().forEach(v -> minors.add(v.minor()));
    return minors;
  }
}
