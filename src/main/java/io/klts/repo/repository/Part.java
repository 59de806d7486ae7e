package io.klts.repo.repository;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.klts.repo.blob.Parallel;
import io.klts.repo.blob.Sha256;
import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.catalogue.Minor;
import io.klts.repo.repository.RpmChannel.Kind;
import io.klts.repo.rpm.RpmPackage;
import io.klts.repo.tree.TreePath;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.commons.io.function.IOSupplier;

/**
 * A part of the state: the packages of one minor, the add-ons of all minors, or what brings keys
 * and definitions to machines. What the indexes say of its packages is kept word for word, one
 * column for each kind of index: an index of the part is its column, whole. A list beside says
 * which piece of each column is which package's.
 *
 * <p>In the tree these are {@code packages/v1.28-<digest>.gz}, {@code .xz} and {@code .json}.
 */
final class Part {

  /** The part with the packages that are not bound to a minor. */
  static final String ADDONS = "addons";

  /** The part with the packages that tell machines of the tree itself, one set for each channel. */
  static final String KEYRING = "keyring";

  /** What stands for a channel's name in a package of the channel with everything. */
  static final String EVERYTHING = "all";

  /** The key of the list in its document. */
  private static final String LIST = "packages";

  /** Where packages lie. */
  private static final Pattern PLACE =
      Pattern.compile("rpm/[^/]+/[^/]+/[^/]+|apt/pool/.+_[^/_]+\\.deb");

  /** The column of Debian packages that every architecture lists. */
  static final String EVERY_ARCH = "all";

  /**
   * A published package.
   *
   * @param path in the tree: {@code rpm/v1.28/x86_64/….rpm} or {@code apt/pool/main/…/….deb}
   * @param releases those that it belongs to; of one that brings a definition, its channel
   * @param size of the file in bytes
   * @param sha256 of the file
   * @param content equal for the same package under different signatures
   * @param lengths of its pieces of the columns, in bytes
   */
  record Entry(
      String path,
      SortedSet<String> releases,
      long size,
      Sha256 sha256,
      Sha256 content,
      Map<String, Integer> lengths) {

    Entry {
      Present.check(path, "path");
      Present.check(releases, "releases");
      Present.check(sha256, "sha256");
      Present.check(content, "content");
      Present.check(lengths, "lengths");
      TreePath.check(path);
      if (!PLACE.matcher(path).matches()) {
        throw new IllegalArgumentException("\"" + path + "\" is no place for a package");
      }
    }

    boolean isRpm() {
      return path.startsWith(Repository.RPM_FOLDER + "/");
    }

    /** The channel in whose folder an rpm lies: {@code v1.28}. */
    String channel() {
      int start = Repository.RPM_FOLDER.length() + 1;
      return path.substring(start, path.indexOf('/', start));
    }

    /** The channels that list it: an rpm's own, or those of a Debian package's releases. */
    List<String> channels() {
      return isRpm()
          ? List.of(channel())
          : releases.stream().map(Entry::channelOf).distinct().toList();
    }

    private static String channelOf(String release) {
      return release.equals(EVERYTHING) || release.startsWith("v")
          ? release
          : LtsVersion.parse(release).minor().channel();
    }

    /** Whether it belongs to a build; an add-on's version is in the name of its file. */
    boolean isOf(Build build) {
      if (!build.isOfAddon()) {
        return releases.contains(build.version().toString());
      }
      LtsVersion version = build.version();
      return fileName()
          .startsWith(
              isRpm()
                  ? build.source() + "-" + version.rpm() + "-" + LtsVersion.RPM_RELEASE + "."
                  : build.source() + "_" + version.deb() + "_");
    }

    String fileName() {
      return path.substring(path.lastIndexOf('/') + 1);
    }
  }

  /** An entry and its pieces of the columns, by column. */
  record Item(Entry entry, Map<String, byte[]> pieces) {

    private Item with(String release) {
      SortedSet<String> releases = new TreeSet<>(entry.releases);
      releases.add(release);
      return of(releases);
    }

    private Item without(LtsVersion release) {
      SortedSet<String> releases = new TreeSet<>(entry.releases);
      releases.remove(release.toString());
      return of(releases);
    }

    private Item of(SortedSet<String> releases) {
      return new Item(
          new Entry(entry.path, releases, entry.size, entry.sha256, entry.content, entry.lengths),
          pieces);
    }
  }

  private Map<String, Piece> columns;
  private final Optional<IOSupplier<LineDocument>> list;
  private SortedMap<String, Item> items;

  private Part(Map<String, Piece> columns, Optional<IOSupplier<LineDocument>> list) {
    this.columns = columns;
    this.list = list;
  }

  /** A part without packages. */
  static Part empty() {
    return new Part(Map.of(), Optional.empty());
  }

  /**
   * A part as it was written.
   *
   * @param gz the columns
   * @param xz those columns that are indexes of apt
   * @param sizes of the columns, in their order
   * @param list is read when single packages are asked for
   * @throws IOException if the columns are not as they should be
   */
  static Part of(byte[] gz, byte[] xz, Map<String, PieceSizes> sizes, IOSupplier<LineDocument> list)
      throws IOException {
    Map<String, Piece> columns = Document.pieces(gz, xz, sizes);
    for (Map.Entry<String, Piece> column : columns.entrySet()) {
      column.setValue(column.getValue().inMemory());
    }
    return new Part(columns, Optional.of(list));
  }

  /** The part of a minor: the name of its channel. */
  static String of(Minor minor) {
    return minor.channel();
  }

  /** Where the columns of a part lie in the tree: for each content another place. */
  static String columnsPath(String name, Sha256 sha256) {
    return "packages/" + name + "-" + sha256 + ".gz";
  }

  /** Where those columns lie that are indexes of apt: for each content another place. */
  static String stanzasPath(String name, Sha256 sha256) {
    return "packages/" + name + "-" + sha256 + ".xz";
  }

  /** Where the list of a part lies in the tree: for each content another place. */
  static String listPath(String name, Sha256 sha256) {
    return "packages/" + name + "-" + sha256 + ".json";
  }

  /** What all packages say in one kind of index; a part without such packages says nothing. */
  Piece column(String name) {
    return columns.getOrDefault(name, Piece.EMPTY);
  }

  /** Sizes of the columns, in their order. */
  Map<String, PieceSizes> sizes() {
    Map<String, PieceSizes> sizes = new LinkedHashMap<>();
    columns.forEach((name, column) -> sizes.put(name, PieceSizes.of(column)));
    return sizes;
  }

  private static Map<String, Integer> lengths(Map<String, byte[]> pieces) {
    Map<String, Integer> lengths = new LinkedHashMap<>();
    pieces.forEach((name, piece) -> lengths.put(name, piece.length));
    return lengths;
  }

  /** The packages by path. */
  SortedMap<String, Item> items() throws IOException {
    if (items == null) {
      items = new TreeMap<>();
      if (list.isPresent()) {
        Map<String, ByteBuffer> rest = new LinkedHashMap<>();
        for (Map.Entry<String, Piece> column : columns.entrySet()) {
          rest.put(column.getKey(), ByteBuffer.wrap(column.getValue().text()));
        }
        for (Entry entry : list.get().get().list(LIST, Entry.class)) {
          items.put(entry.path, item(entry, rest));
        }
      }
    }
    return items;
  }

  /** The packages of a build by path; of a part that is not changed it reads no others. */
  List<Entry> entries(Build build) throws IOException {
    if (items != null || list.isEmpty() || build.isOfAddon()) {
      return entries(items().values(), build);
    }
    String version = "\"" + build.version() + "\"";
    return list.get().get().list(LIST, version, Entry.class).stream()
        .filter(entry -> entry.isOf(build))
        .toList();
  }

  /** Those of some packages that are of a build. */
  static List<Entry> entries(Collection<Item> items, Build build) {
    return items.stream().map(Item::entry).filter(entry -> entry.isOf(build)).toList();
  }

  private static Item item(Entry entry, Map<String, ByteBuffer> rest) throws IOException {
    Map<String, byte[]> pieces = new LinkedHashMap<>();
    for (Map.Entry<String, Integer> length : entry.lengths.entrySet()) {
      ByteBuffer column = rest.get(length.getKey());
      if (column == null || length.getValue() < 0 || length.getValue() > column.remaining()) {
        throw new IOException(entry.path + ": its texts are not in the state");
      }
      byte[] piece = new byte[length.getValue()];
      column.get(piece);
      pieces.put(length.getKey(), piece);
    }
    return new Item(entry, pieces);
  }

  /** The columns, one after the other. */
  Document columns() throws IOException {
    return new Document(List.copyOf(columns.values()));
  }

  /** The stanzas of all architectures, one after the other. */
  Document stanzas() throws IOException {
    return new Document(
        columns.entrySet().stream()
            .filter(column -> !Kind.isType(column.getKey()))
            .map(Map.Entry::getValue)
            .toList());
  }

  /** The list as a document. */
  byte[] list() throws IOException {
    return LineDocument.bytes(Map.of(LIST, items().values().stream().map(Item::entry).toList()));
  }

  /**
   * Adds an rpm to a release.
   *
   * @param release its version, or the name of a channel
   * @return the entry that is in the state now: the older one, if that is the same package, perhaps
   *     under another signature
   * @throws IOException if there is another package under its path
   */
  Entry add(String release, String path, RpmPackage rpm) throws IOException {
    Map<String, byte[]> pieces = new LinkedHashMap<>();
    String href = path.substring(path.indexOf('/', Repository.RPM_FOLDER.length() + 1) + 1);
    pieces.put(Kind.PRIMARY.type(), RpmElements.primary(rpm, href).getBytes(UTF_8));
    pieces.put(Kind.FILELISTS.type(), RpmElements.filelists(rpm).getBytes(UTF_8));
    pieces.put(Kind.OTHER.type(), RpmElements.other(rpm).getBytes(UTF_8));
    return add(release, path, rpm.size(), rpm.sha256(), rpm.content(), pieces);
  }

  /**
   * Adds a Debian package to a release.
   *
   * @param release its version, or the name of a channel
   * @param arch Debian's name of its architecture
   * @throws IOException if there is another package under its path
   */
  void add(String release, String path, String arch, long size, Sha256 sha256, String control)
      throws IOException {
    String stanza = AptSuite.stanza(control, path, size, sha256);
    add(release, path, size, sha256, sha256, Map.of(arch, stanza.getBytes(UTF_8)));
  }

  private Entry add(
      String release,
      String path,
      long size,
      Sha256 sha256,
      Sha256 content,
      Map<String, byte[]> pieces)
      throws IOException {
    Item known = items().get(path);
    if (known != null && !known.entry.content.equals(content)) {
      throw otherBytes(path, known.entry.content, content);
    }
    Item item =
        known != null
            ? known
            : new Item(
                new Entry(path, new TreeSet<>(), size, sha256, content, lengths(pieces)), pieces);
    items.put(path, item.with(release));
    columns = null;
    return item.entry;
  }

  /** The packages that a channel lists. */
  List<Item> inChannel(String channel) throws IOException {
    return items().values().stream()
        .filter(item -> item.entry.channels().contains(channel))
        .toList();
  }

  /** Takes out all packages but some; false if there were no others. */
  boolean retain(Collection<String> paths) throws IOException {
    boolean changed = items().keySet().retainAll(paths);
    columns = changed ? null : columns;
    return changed;
  }

  /** The names of the packages of a build. */
  SortedSet<String> names(Build build) throws IOException {
    SortedSet<String> names = new TreeSet<>();
    for (Entry entry : entries(build)) {
      names.add(ChannelPackage.fileName(entry).name());
    }
    return names;
  }

  /** The names of the packages of each release. */
  SortedMap<String, SortedSet<String>> namesByRelease() throws IOException {
    SortedMap<String, SortedSet<String>> names = new TreeMap<>();
    for (Item item : items().values()) {
      String name = ChannelPackage.fileName(item.entry).name();
      for (String release : item.entry.releases) {
        names.computeIfAbsent(release, r -> new TreeSet<>()).add(name);
      }
    }
    return names;
  }

  /** Takes a release out, and the packages that are in no other one; false if it had none. */
  boolean remove(LtsVersion release) throws IOException {
    List<Item> ofRelease =
        items().values().stream()
            .filter(item -> item.entry.releases.contains(release.toString()))
            .toList();
    for (Item item : ofRelease) {
      if (item.entry.releases.size() == 1) {
        items.remove(item.entry.path);
      } else {
        items.put(item.entry.path, item.without(release));
      }
      columns = null;
    }
    return !ofRelease.isEmpty();
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

  /** Ends a series of changes: until then there are no columns. */
  void join() throws IOException {
    if (columns == null) {
      Map<String, byte[]> texts = join(items.values());
      Iterator<Piece> pieces = Parallel.map(texts.entrySet(), Part::column).iterator();
      columns = new LinkedHashMap<>();
      texts.keySet().forEach(name -> columns.put(name, pieces.next()));
    }
  }

  private static Piece column(Map.Entry<String, byte[]> text) throws IOException {
    Piece piece = Piece.of(text.getValue());
    return Kind.isType(text.getKey()) ? piece : piece.withXz();
  }

  /** The columns of some packages. */
  static Map<String, byte[]> join(Iterable<Item> items) {
    SortedMap<String, ByteArrayOutputStream> joined = new TreeMap<>();
    for (Item item : items) {
      item.pieces.forEach(
          (name, piece) ->
              joined.computeIfAbsent(name, n -> new ByteArrayOutputStream()).writeBytes(piece));
    }
    Map<String, byte[]> columns = new LinkedHashMap<>();
    joined.forEach((name, column) -> columns.put(name, column.toByteArray()));
    return columns;
  }

  /** How many rpms there are, each file once. */
  static int rpms(Collection<Item> items) {
    return (int)
        items.stream().filter(i -> i.entry.isRpm()).map(i -> i.entry.fileName()).distinct().count();
  }
}
