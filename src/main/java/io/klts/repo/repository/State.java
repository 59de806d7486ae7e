package io.klts.repo.repository;

import io.klts.repo.blob.Blob;
import io.klts.repo.blob.Parallel;
import io.klts.repo.blob.Sha256;
import io.klts.repo.catalogue.Fix;
import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.catalogue.Minor;
import io.klts.repo.catalogue.Release;
import io.klts.repo.rpm.RpmPackage;
import io.klts.repo.tree.ListedMirror;
import io.klts.repo.tree.RetiredKey;
import io.klts.repo.tree.Rotation;
import io.klts.repo.tree.Stage;
import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a tree publishes: all that is needed to write every index again, without the packages. It is
 * kept in the tree: {@code packages.json} lists releases and parts, {@code packages/} has three
 * files for each part, which are read when they are needed. So a further release of a minor costs
 * the same however many other minors there are.
 */
public final class State {

  /** Where its first file lies in the tree. */
  public static final String PATH = "packages.json";

  /** What stands for the name of a channel in packages of the channel with everything. */
  public static final String EVERYTHING = Part.EVERYTHING;

  /** The files of the tree. */
  public interface Source {

    /**
     * A file that is known to be what was published; absent if there never was one.
     *
     * @throws IOException if it was damaged or taken away
     */
    Optional<Path> intact(String path) throws IOException;

    /** A file, whatever is in it. */
    Optional<Path> file(String path) throws IOException;
  }

  private static final Source NOTHING =
      new Source() {
        @Override
        public Optional<Path> intact(String path) {
          return Optional.empty();
        }

        @Override
        public Optional<Path> file(String path) {
          return Optional.empty();
        }
      };

  private final Source source;
  private final NavigableMap<LtsVersion, ReleaseEntry> releases = new TreeMap<>();
  private final Map<String, PartEntry> parts = new HashMap<>();
  private List<Splice> splices = new ArrayList<>();
  private Validity validity = Validity.UNLIMITED;
  private Optional<Rotation> rotation = Optional.empty();
  private final List<RetiredKey> retired = new ArrayList<>();
  private final List<ListedMirror> mirrors = new ArrayList<>();
  private final SortedMap<String, Vulnerability> vulnerabilities = new TreeMap<>();
  private final SortedMap<String, SortedMap<LtsVersion, AddonEntry>> addons = new TreeMap<>();
  private boolean olderErrata;
  private Optional<KeyringEntry> keyring = Optional.empty();
  private final SortedMap<Minor, LocalDate> endsOfLife = new TreeMap<>();
  private final Map<String, Part> loaded = new HashMap<>();
  private final SortedSet<String> changed = new TreeSet<>();
  private final List<TreeFile> files = new ArrayList<>();

  private State(Source source) {
    this.source = source;
  }

  /** The state of a tree that was never published. */
  public static State empty() {
    return new State(NOTHING);
  }

  /**
   * The state of a tree; empty for one that was never published.
   *
   * @param source is asked now, and for each part when that is needed
   * @throws IOException if the state is damaged or of a newer format
   */
  public static State read(Source source) throws IOException {
    State state = new State(source);
    Optional<Path> file = source.intact(PATH);
    if (file.isPresent()) {
      LineDocument document = LineDocument.of(file.get());
      for (ReleaseEntry entry : document.list("releases", ReleaseEntry.class)) {
        state.releases.put(LtsVersion.parse(entry.version()), entry);
        state.olderErrata |= entry.packages() == null && entry.withdrawn() == null;
      }
      for (PartEntry entry : document.list("parts", PartEntry.class)) {
        state.parts.put(entry.name(), entry);
      }
      state.splices.addAll(document.list("splices", Splice.class));
      for (ValidityEntry entry : document.list("validity", ValidityEntry.class)) {
        state.validity = entry.validity();
      }
      state.rotation = document.listIfAny("rotation", Rotation.class).stream().findFirst();
      state.retired.addAll(document.listIfAny("retired", RetiredKey.class));
      state.mirrors.addAll(document.listIfAny("mirrors", ListedMirror.class));
      state.keyring = document.listIfAny("keyring", KeyringEntry.class).stream().findFirst();
      for (Vulnerability entry : document.listIfAny("vulnerabilities", Vulnerability.class)) {
        state.vulnerabilities.put(entry.id(), entry);
      }
      for (AddonEntry entry : document.listIfAny("addons", AddonEntry.class)) {
        state.put(entry);
      }
      for (EndOfLife entry : document.listIfAny("endsOfLife", EndOfLife.class)) {
        state.endsOfLife.put(Minor.parse(entry.minor()), LocalDate.parse(entry.day()));
      }
    }
    return state;
  }

  /**
   * Refuses a state of another format, whatever else is in it.
   *
   * @throws IOException also if it does not say its format
   */
  public static void checkFormat(Path file) throws IOException {
    LineDocument.checkFormat(file);
  }

  /** The files of the state that may differ from those in the tree: of parts that were changed. */
  public List<TreeFile> files() throws IOException {
    List<TreeFile> all = new ArrayList<>(files);
    all.add(TreeFile.of(PATH, Stage.INDEX, bytes()));
    return all;
  }

  private static TreeFile payload(String path, byte[] bytes, Sha256 sha256) {
    return new TreeFile(path, Stage.PAYLOAD, Blob.of(bytes), sha256);
  }

  /** The files of the parts that were not changed, and their digests. */
  public Map<String, Sha256> unchanged() {
    Map<String, Sha256> unchanged = new LinkedHashMap<>();
    for (PartEntry part : parts.values()) {
      if (!changed.contains(part.name())) {
        unchanged.put(Part.columnsPath(part.name(), part.columns()), part.columns());
        unchanged.put(Part.stanzasPath(part.name(), part.stanzas()), part.stanzas());
        unchanged.put(Part.listPath(part.name(), part.list()), part.list());
      }
    }
    return unchanged;
  }

  private byte[] bytes() throws IOException {
    Map<String, Collection<?>> lists = new LinkedHashMap<>();
    lists.put("releases", releases.values());
    lists.put("parts", parts().stream().map(parts::get).filter(Objects::nonNull).toList());
    lists.put("splices", splices);
    lists.put(
        "validity",
        validity.isUnlimited()
            ? List.of()
            : List.of(new ValidityEntry(validity.asOf().toString(), validity.validDays())));
    if (rotation.isPresent()) {
      lists.put("rotation", List.of(rotation.get()));
    }
    if (!retired.isEmpty()) {
      lists.put("retired", retired);
    }
    if (!mirrors.isEmpty()) {
      lists.put("mirrors", mirrors);
    }
    if (keyring.isPresent()) {
      lists.put("keyring", List.of(keyring.get()));
    }
    if (!vulnerabilities.isEmpty()) {
      lists.put("vulnerabilities", vulnerabilities.values());
    }
    if (!addons.isEmpty()) {
      lists.put("addons", addons());
    }
    SortedSet<Minor> minors = minors();
    List<EndOfLife> ends =
        endsOfLife.entrySet().stream()
            .filter(end -> minors.contains(end.getKey()))
            .map(end -> new EndOfLife(end.getKey().toString(), end.getValue().toString()))
            .toList();
    if (!ends.isEmpty()) {
      lists.put("endsOfLife", ends);
    }
    return LineDocument.bytes(lists);
  }

  /**
   * Adds a release, or further architectures of it.
   *
   * @throws IOException if it was withdrawn
   */
  public void add(Release release, Collection<String> archs) throws IOException {
    LtsVersion version = release.version();
    ReleaseEntry known = releases.get(version);
    SortedSet<String> all = new TreeSet<>(archs);
    if (known != null) {
      requireNotWithdrawn(known);
      all.addAll(known.archs());
    }
    announce(release);
    releases.put(
        version,
        new ReleaseEntry(
            version.toString(),
            release.published().toString(),
            all,
            null,
            fixes(release),
            new TreeSet<>()));
    change(version, version);
  }

  /** Adds a release of an add-on, whose packages are added beside those of Kubernetes. */
  public void addAddon(String name, Release release) throws IOException {
    announce(release);
    put(
        new AddonEntry(
            name,
            release.version().toString(),
            release.published().toString(),
            fixes(release),
            new TreeSet<>()));
    change(Part.ADDONS);
  }

  private static List<String> fixes(Release release) {
    return release.fixes().map(fixes -> fixes.stream().map(Fix::cve).toList()).orElse(null);
  }

  /** The names of the add-ons of which a channel has packages. */
  public SortedSet<String> addons(String channel) throws IOException {
    load(List.of(Part.ADDONS));
    SortedSet<String> names = new TreeSet<>();
    for (Part.Item item : part(Part.ADDONS).items().values()) {
      if (item.entry().channels().contains(channel)) {
        names.add(ChannelPackage.fileName(item.entry()).name());
      }
    }
    return names;
  }

  /** Notes what a release fixes. */
  private void announce(Release release) {
    for (Fix fix : release.fixes().orElse(List.of())) {
      Vulnerability now = Vulnerability.of(fix);
      Vulnerability before = vulnerabilities.put(now.id(), now);
      // Other channels may have it, too.
      olderErrata |= before != null && !before.equals(now);
    }
  }

  private void put(AddonEntry addon) {
    addons
        .computeIfAbsent(addon.name(), name -> new TreeMap<>())
        .put(LtsVersion.parse(addon.version()), addon);
  }

  private static void requireNotWithdrawn(ReleaseEntry release) throws IOException {
    if (release.withdrawn() != null) {
      throw new IOException(
          release.version()
              + " was withdrawn: "
              + release.withdrawn()
              + "\n  nothing was changed; publish what replaces it under a new version");
    }
  }

  /**
   * Takes a release out of every index. Its entry stays, with the reason. Once more for the same
   * reason changes nothing: so a run that died over it can be repeated.
   *
   * @throws IOException if it is not published, or withdrawn for another reason
   */
  public void withdraw(LtsVersion version, String reason) throws IOException {
    if (reason.isBlank() || reason.chars().anyMatch(c -> c < ' ')) {
      throw new IOException("the reason must be one line of text\n  nothing was changed");
    }
    ReleaseEntry known = releases.get(version);
    if (known == null) {
      throw new IOException(
          version.tag()
              + " is not in this tree; published: "
              + releases.keySet().stream().map(LtsVersion::tag).collect(Collectors.joining(" "))
              + "\n  nothing was changed");
    }
    if (reason.equals(known.withdrawn())) {
      return;
    }
    requireNotWithdrawn(known);
    releases.put(version, known.withdrawn(reason));
    for (String name : List.of(Part.of(version.minor()), Part.ADDONS)) {
      load(List.of(name));
      if (part(name).remove(version)) {
        changed.add(name);
      }
    }
  }

  /**
   * How long indexes hold, as the document has it.
   *
   * @param asOf no index has an earlier date
   * @param validDays clients refuse or warn after so many days; 0 for no limit
   */
  private record ValidityEntry(String asOf, int validDays) {

    ValidityEntry {
      Present.check(asOf, "asOf");
    }

    Validity validity() throws IOException {
      try {
        return new Validity(Instant.parse(asOf), validDays);
      } catch (DateTimeException e) {
        throw new IOException(PATH + ": it is damaged: \"" + asOf + "\" is not a time", e);
      }
    }
  }

  /** From when on, and for how long, the indexes are good. */
  public Validity validity() {
    return validity;
  }

  /** Sets {@link #validity()}. */
  public void setValidity(Validity validity) {
    this.validity = validity;
  }

  /** When the first index of a channel ends; absent if none does. */
  public Optional<Instant> validUntil() {
    return validity.validDays() == 0
        ? Optional.empty()
        : minors().stream()
            .map(minor -> date(releases(minor)))
            .min(Comparator.naturalOrder())
            .map(date -> date.plus(validity.validDays(), ChronoUnit.DAYS));
  }

  /**
   * The end of a minor, as the document has it.
   *
   * @param minor such as {@code 1.28}
   * @param day on which upstream ended its support
   */
  private record EndOfLife(String minor, String day) {

    EndOfLife {
      Present.check(minor, "minor");
      Present.check(day, "day");
      Minor.parse(minor);
      ReleaseEntry.checkDate(day);
    }
  }

  /** When upstream ended its support for a minor; absent if nobody recorded it. */
  public Optional<LocalDate> endOfLife(Minor minor) {
    return Optional.ofNullable(endsOfLife.get(minor));
  }

  /** Sets {@link #endOfLife}. */
  public void setEndOfLife(Minor minor, LocalDate day) {
    endsOfLife.put(minor, day);
  }

  /** The change of keys that is under way. */
  public Optional<Rotation> rotation() {
    return rotation;
  }

  /** Sets {@link #rotation()}. */
  public void setRotation(Optional<Rotation> rotation) {
    this.rotation = rotation;
  }

  /** The keys that signed once, in the order in which they were retired. */
  public List<RetiredKey> retired() {
    return List.copyOf(retired);
  }

  /** Adds to {@link #retired()}. */
  public void retire(RetiredKey key) {
    retired.add(key);
  }

  /** The mirrors by their priority: those to which clients are sent, and those with a fault. */
  public List<ListedMirror> mirrors() {
    return List.copyOf(mirrors);
  }

  /** Sets {@link #mirrors()}. */
  public void setMirrors(List<ListedMirror> listed) {
    mirrors.clear();
    mirrors.addAll(listed);
    mirrors.sort(Comparator.comparing(ListedMirror::priority).thenComparing(ListedMirror::name));
  }

  /**
   * Takes over from a later state what is no content: how keys stand, from when on indexes are
   * good, where mirrors are, and what upstream did.
   */
  public void keepWhatIsNoContent(State later) {
    validity = new Validity(later.date(), later.validity.validDays());
    rotation = later.rotation;
    retired.clear();
    retired.addAll(later.retired);
    setMirrors(later.mirrors());
    endsOfLife.putAll(later.endsOfLife);
    keyring = later.keyring;
    if (later.parts.containsKey(Part.KEYRING)) {
      parts.put(Part.KEYRING, later.parts.get(Part.KEYRING));
    }
  }

  /** What machines are told of the tree by packages; absent if there are none yet. */
  public Optional<KeyringEntry> keyring() {
    return keyring;
  }

  /** Sets {@link #keyring()}. */
  public void setKeyring(KeyringEntry entry) {
    keyring = Optional.of(entry);
  }

  /** The channels that have packages which bring keys and definitions. */
  public SortedSet<String> keyringChannels() throws IOException {
    load(List.of(Part.KEYRING));
    SortedSet<String> channels = new TreeSet<>();
    part(Part.KEYRING).items().values().forEach(i -> channels.addAll(i.entry().channels()));
    return channels;
  }

  /**
   * Takes all packages out that bring keys and definitions, but for some.
   *
   * @return those that are there now
   */
  public Set<String> retainKeyring(Collection<String> paths) throws IOException {
    load(List.of(Part.KEYRING));
    if (part(Part.KEYRING).retain(paths)) {
      changed.add(Part.KEYRING);
    }
    return Set.copyOf(part(Part.KEYRING).items().keySet());
  }

  /**
   * Adds an rpm that brings keys and definitions.
   *
   * @param channel that lists it: the name of a minor's, or {@link #EVERYTHING}
   */
  public void addKeyring(String channel, String path, RpmPackage rpm) throws IOException {
    change(Part.KEYRING).add(channel, path, rpm);
  }

  /**
   * Adds a Debian package that brings keys and definitions.
   *
   * @param channel that lists it: the name of a minor's, or {@link #EVERYTHING}
   */
  public void addKeyring(String channel, String path, long size, Sha256 sha256, String control)
      throws IOException {
    change(Part.KEYRING).add(channel, path, Part.EVERY_ARCH, size, sha256, control);
  }

  /** The date of indexes of some releases: the same content has the same date everywhere. */
  Instant date(Collection<ReleaseEntry> releases) {
    Instant newest =
        newest(releases)
            .map(day -> day.atStartOfDay(ZoneOffset.UTC).toInstant())
            .orElse(Instant.EPOCH);
    return newest.isAfter(validity.asOf()) ? newest : validity.asOf();
  }

  /** The date of the indexes of a minor's channels. */
  public Instant date(Minor minor) {
    return date(releases(minor));
  }

  /** The date of the whole tree. */
  public Instant date() {
    return date(releases.values());
  }

  /**
   * Adds an rpm to a release.
   *
   * @param version of the package: another than the release's for an add-on
   * @return the digest of the file that the state has now: of the older one, if that is the same
   *     package under another signature
   * @throws IOException if there is another package under its path
   */
  public Sha256 add(LtsVersion release, LtsVersion version, String path, RpmPackage rpm)
      throws IOException {
    return change(release, version).add(release.toString(), path, rpm).sha256();
  }

  /**
   * Adds a Debian package to a release.
   *
   * @param version of the package: another than the release's for an add-on
   * @param arch Debian's name of its architecture
   * @throws IOException if there is another package under its path
   */
  public void add(
      LtsVersion release,
      LtsVersion version,
      String path,
      String arch,
      long size,
      Sha256 sha256,
      String control)
      throws IOException {
    change(release, version).add(release.toString(), path, arch, size, sha256, control);
  }

  private Part change(LtsVersion release, LtsVersion version) throws IOException {
    return change(version.equals(release) ? Part.of(release.minor()) : Part.ADDONS);
  }

  private Part change(String name) throws IOException {
    changed.add(name);
    load(List.of(name));
    return part(name);
  }

  /** Is told the path, digest and size of each package. */
  @FunctionalInterface
  public interface PackageVisitor {
    void visit(String path, Sha256 sha256, long size) throws IOException;
  }

  /**
   * Visits the packages of parts.
   *
   * @param all those of parts that were not changed, too
   */
  public void packages(boolean all, PackageVisitor visitor) throws IOException {
    for (String name : parts()) {
      if (all || changed.contains(name)) {
        load(List.of(name));
        for (Part.Item item : part(name).items().values()) {
          Part.Entry entry = item.entry();
          visitor.visit(entry.path(), entry.sha256(), entry.size());
        }
      }
    }
  }

  /** All packages of all channels, by channel: a package is listed once for each that has it. */
  public List<ChannelPackage> listed() throws IOException {
    load(parts());
    List<ChannelPackage> listed = new ArrayList<>();
    for (String name : parts()) {
      for (Part.Item item : part(name).items().values()) {
        listed.addAll(ChannelPackage.of(item.entry()));
      }
    }
    Collections.sort(listed);
    return listed;
  }

  /** Reads some parts, several at once. */
  void load(Collection<String> names) throws IOException {
    List<String> missing = names.stream().filter(name -> !loaded.containsKey(name)).toList();
    List<Part> read = Parallel.map(missing, this::readPart);
    for (int i = 0; i < read.size(); i++) {
      loaded.put(missing.get(i), read.get(i));
    }
  }

  /** A part that has been read or changed. */
  Part part(String name) {
    return loaded.get(name);
  }

  private Part readPart(String name) throws IOException {
    if (!parts.containsKey(name)) {
      return Part.empty();
    }
    PartEntry entry = parts.get(name);
    byte[] gz = published(Part.columnsPath(name, entry.columns()), entry.columns());
    byte[] xz = published(Part.stanzasPath(name, entry.stanzas()), entry.stanzas());
    String list = Part.listPath(name, entry.list());
    return Part.of(
        gz, xz, entry.sizes(), () -> LineDocument.of(list, published(list, entry.list())));
  }

  /** A file whose digest this state knows. */
  private byte[] published(String path, Sha256 sha256) throws IOException {
    Optional<Path> file = source.file(path);
    byte[] bytes = file.isPresent() ? Files.readAllBytes(file.get()) : new byte[0];
    if (!Sha256.of(bytes).equals(sha256)) {
      throw new IOException(
          path
              + (file.isPresent() ? " is damaged" : " is missing")
              + ": "
              + PATH
              + " says that it has the SHA-256 of its name"
              + "\n  nothing was changed; restore the tree from a copy of it");
    }
    return bytes;
  }

  /** Ends the changes: joins and counts what was added. */
  void complete() throws IOException {
    findPackages();
    for (String name : changed) {
      Part part = part(name);
      part.join();
      byte[] columns = part.columns().gz();
      byte[] stanzas = part.stanzas().xz();
      byte[] list = part.list();
      PartEntry entry =
          new PartEntry(
              name,
              rpms(name, part),
              Sha256.of(columns),
              Sha256.of(stanzas),
              Sha256.of(list),
              part.sizes());
      files.add(payload(Part.columnsPath(name, entry.columns()), columns, entry.columns()));
      files.add(payload(Part.stanzasPath(name, entry.stanzas()), stanzas, entry.stanzas()));
      files.add(payload(Part.listPath(name, entry.list()), list, entry.list()));
      parts.put(name, entry);
    }
  }

  private static int rpms(String name, Part part) throws IOException {
    return Part.rpms(
        name.equals(Part.KEYRING) ? part.inChannel(Part.EVERYTHING) : part.items().values());
  }

  /**
   * Whether channels are to have other errata than they have, though none of their releases
   * changed: the severity of a vulnerability is another, or the tree is older than errata.
   */
  public boolean hasOlderErrata() {
    return olderErrata;
  }

  /** Finds which packages the builds of changed parts have; drops those of add-ons with none. */
  private void findPackages() throws IOException {
    if (olderErrata) {
      load(parts());
    }
    for (String name : olderErrata ? parts() : changed) {
      if (name.equals(Part.ADDONS)) {
        for (AddonEntry addon : addons()) {
          put(addon.with(part(name).names(addon.build())));
        }
      } else if (!name.equals(Part.KEYRING)) {
        findPackages(Minor.ofChannel(name), part(name).namesByRelease());
      }
    }
    addons.values().forEach(ofName -> ofName.values().removeIf(a -> a.packages().isEmpty()));
    addons.values().removeIf(Map::isEmpty);
  }

  private void findPackages(Minor minor, Map<String, SortedSet<String>> names) {
    releases
        .subMap(first(minor), first(next(minor)))
        .replaceAll(
            (version, release) ->
                release.withdrawn() == null ? release.with(names.get(release.version())) : release);
  }

  private List<AddonEntry> addons() {
    return addons.values().stream().flatMap(ofName -> ofName.values().stream()).toList();
  }

  /** The builds that the indexes have: the releases, then those of each add-on. */
  List<Build> builds() {
    return Stream.concat(builds(releases.values()), addons().stream().map(AddonEntry::build))
        .toList();
  }

  /** The builds of a part, in the same order. */
  List<Build> builds(String part) {
    return part.equals(Part.ADDONS)
        ? addons().stream().map(AddonEntry::build).toList()
        : builds(releases(Minor.ofChannel(part))).toList();
  }

  private static Stream<Build> builds(Collection<ReleaseEntry> releases) {
    return releases.stream().filter(release -> release.packages() != null).map(ReleaseEntry::build);
  }

  /** What is known of a vulnerability; absent in trees that are older than errata. */
  Optional<Vulnerability> vulnerability(String id) {
    return Optional.ofNullable(vulnerabilities.get(id));
  }

  boolean isChanged(String part) {
    return changed.contains(part);
  }

  Source source() {
    return source;
  }

  /** How many rpms of a part the channel with everything lists. */
  int rpms(String part) {
    return parts.containsKey(part) ? parts.get(part).rpms() : 0;
  }

  /** How many rpms the channel with everything lists. */
  int rpms() {
    return parts.values().stream().mapToInt(PartEntry::rpms).sum();
  }

  List<Splice> splices() {
    return List.copyOf(splices);
  }

  /** Notes how the indexes of everything are put together now. */
  void spliced(List<Splice> all) {
    splices = all;
  }

  /** The releases in the order of their versions. */
  public List<ReleaseEntry> releases() {
    return List.copyOf(releases.values());
  }

  /** The releases of a minor in the order of their versions. */
  public List<ReleaseEntry> releases(Minor minor) {
    return List.copyOf(releases.subMap(first(minor), first(next(minor))).values());
  }

  private static Minor next(Minor minor) {
    return new Minor(minor.major(), minor.minor() + 1);
  }

  /** No version of a minor comes before it. */
  private static LtsVersion first(Minor minor) {
    return new LtsVersion(minor.major(), minor.minor(), 0, "", 0);
  }

  /** The day of publication of the newest of some releases: such days sort as texts. */
  private static Optional<LocalDate> newest(Collection<ReleaseEntry> releases) {
    return releases.stream()
        .map(ReleaseEntry::published)
        .max(Comparator.naturalOrder())
        .map(LocalDate::parse);
  }

  /** The minors that have a release: each is a channel. */
  public SortedSet<Minor> minors() {
    SortedSet<Minor> minors = new TreeSet<>();
    // From one minor to the next, past its releases: there are many more of these.
    LtsVersion version = releases.isEmpty() ? null : releases.firstKey();
    while (version != null) {
      minors.add(version.minor());
      version = releases.ceilingKey(first(next(version.minor())));
    }
    return minors;
  }

  /** All parts: those of the minors in their order, the add-ons, what brings keys. */
  List<String> parts() {
    List<String> parts = new ArrayList<>();
    minors().forEach(minor -> parts.add(Part.of(minor)));
    parts.add(Part.ADDONS);
    parts.add(Part.KEYRING);
    return parts;
  }
}
