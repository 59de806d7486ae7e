package io.klts.repo.repository;

import io.klts.repo.blob.Parallel;
import io.klts.repo.catalogue.Arch;
import io.klts.repo.catalogue.Identity;
import io.klts.repo.catalogue.Minor;
import io.klts.repo.recipe.PackageSpec;
import io.klts.repo.repository.Part.Item;
import io.klts.repo.repository.RpmChannel.Kind;
import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.commons.io.function.IOSupplier;

/** All channels of a tree: one for each minor and one with everything, for rpm and for apt. */
public final class Repository {

  /** The folder of the rpm channels; itself the channel with everything. */
  public static final String RPM_FOLDER = "rpm";

  /** The apt suite with everything. */
  public static final String APT_ALL = "stable";

  /** Where clients of that suite begin. */
  public static final String APT_ROOT = "apt/dists/" + APT_ALL + "/Release";

  private final Identity identity;
  private final String baseUrl;
  private final State state;
  private final SortedSet<String> archs;
  private final UpdateInfo updateInfo;

  /**
   * The channels of a state.
   *
   * @param baseUrl of the tree, for what has to be named by a whole address
   */
  public Repository(Identity identity, String baseUrl, State state) {
    this.identity = identity;
    this.baseUrl = baseUrl;
    this.state = state;
    this.archs = archs(state.releases());
    this.updateInfo = new UpdateInfo(identity, state);
  }

  /** Where an rpm of a channel goes: {@code rpm/v1.28/x86_64/<file name>}. */
  public static String rpmPath(String channel, PackageSpec spec, String fileName) {
    return RPM_FOLDER + "/" + channel + "/" + spec.rpmArch() + "/" + fileName;
  }

  /** Where a Debian package goes: {@code apt/pool/main/k/kubeadm/<file name>}. */
  public static String debPath(PackageSpec spec, String fileName) {
    String name = spec.name();
    // Debian's own pools group libraries by four letters.
    String group = name.startsWith("lib") ? name.substring(0, 4) : name.substring(0, 1);
    return "apt/pool/main/" + group + "/" + name + "/" + fileName;
  }

  /** Whether a file of the tree is a package. */
  public static boolean isPackage(String path) {
    return path.startsWith("apt/pool/") || (path.startsWith("rpm/") && path.endsWith(".rpm"));
  }

  /** What {@code Release} says of changelogs in a tree of some address. */
  public static String changelogs(String baseUrl) {
    return AptSuite.changelogs(baseUrl);
  }

  /** Where apt finds the changelog of a Debian package, which is the same for all architectures. */
  public static String changelogPath(String debPath) {
    String version = debPath.substring(0, debPath.lastIndexOf('_'));
    return version.replace("apt/pool/", AptSuite.CHANGELOGS + "/") + "_changelog";
  }

  /** Whether a file of the tree is a package or goes with one. */
  public static boolean isOfPackage(String path) {
    return isPackage(path) || path.startsWith(AptSuite.CHANGELOGS + "/");
  }

  /** The folders that hold the indexes of a minor's channels, and nothing else. */
  public static List<String> indexFolders(Minor minor) {
    String rpm = RPM_FOLDER + "/" + minor.channel();
    return List.of(rpm + "/repodata", rpm + "/media.1", "apt/dists/" + minor.channel());
  }

  /** The files from which clients of a minor's channels begin. */
  public static List<String> roots(Minor minor) {
    return List.of(repomd(minor.channel()), "apt/dists/" + minor.channel() + "/Release");
  }

  /** Where the index of an rpm channel begins; that with everything has no name. */
  public static String repomd(String channel) {
    return RPM_FOLDER + (channel.isEmpty() ? "" : "/" + channel) + "/repodata/repomd.xml";
  }

  /**
   * Renders the channels of some minors, then the channels with everything.
   *
   * @param minors whose channels are wanted; all are given to render every index
   * @param splice takes what other minors add to the channels with everything from the indexes in
   *     the tree, where they are whole; otherwise all parts are read and rendered
   */
  public List<Index> render(Collection<Minor> minors, boolean splice) throws IOException {
    state.complete();
    if (splice) {
      state.load(minors.stream().map(Part::of).toList());
      state.load(List.of(Part.ADDONS, Part.KEYRING));
      try {
        return render(minors, Optional.of(PublishedPieces.read(state)));
      } catch (IOException e) {
        // What is there is not as it should be: it is made again from the parts.
      }
    }
    state.load(state.parts());
    return render(minors, Optional.empty());
  }

  private List<Index> render(Collection<Minor> minors, Optional<PublishedPieces> published)
      throws IOException {
    Map<String, PartPieces> pieces = pieces(published);
    List<Index> indexes = new ArrayList<>();
    Parallel.map(minors, minor -> channels(minor, pieces.get(Part.of(minor))))
        .forEach(indexes::addAll);
    indexes.addAll(everything(pieces));
    return indexes;
  }

  /**
   * What scanners read of the channels: everything about vulnerabilities, and of some minors what
   * they fix. Only after {@link #render}.
   */
  public List<TreeFile> errata(Collection<Minor> minors) throws IOException {
    OpenVex openVex = new OpenVex(identity, baseUrl, state);
    List<TreeFile> files = new ArrayList<>(new Osv(identity, state).files());
    for (Minor minor : minors) {
      openVex.file(minor).ifPresent(files::add);
    }
    files.addAll(openVex.addons());
    return files;
  }

  /** Where scanners find what a minor fixes; there is no such file if it fixes nothing. */
  public static String errata(Identity identity, Minor minor) {
    return OpenVex.path(identity, minor);
  }

  /** What each part adds to the channels with everything, in the order of the parts. */
  private Map<String, PartPieces> pieces(Optional<PublishedPieces> published) throws IOException {
    List<String> names = state.parts();
    List<PartPieces> rendered =
        Parallel.map(
            names,
            name ->
                published.isPresent() && !state.isChanged(name)
                    ? published.get().of(name)
                    : rendered(name));
    Map<String, PartPieces> pieces = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      pieces.put(names.get(i), rendered.get(i));
    }
    return pieces;
  }

  private PartPieces rendered(String name) throws IOException {
    Part part = state.part(name);
    if (name.equals(Part.KEYRING)) {
      return PartPieces.ofKeyring(part, archs);
    }
    Piece updates = updateInfo.of(name, part::entries);
    return name.equals(Part.ADDONS)
        ? PartPieces.ofAddons(part, archs, updates)
        : PartPieces.ofMinor(name, part, archs, updates);
  }

  /**
   * The two channels of a minor: its own packages, then the add-ons that it needs, then those that
   * bring its keys and definitions.
   */
  private List<Index> channels(Minor minor, PartPieces own) throws IOException {
    String channel = minor.channel();
    List<ReleaseEntry> releases = state.releases(minor);
    Piece primary = state.part(Part.of(minor)).column(Kind.PRIMARY.type());
    List<Item> addons = state.part(Part.ADDONS).inChannel(channel);
    List<Item> items = new ArrayList<>(addons);
    items.addAll(state.part(Part.KEYRING).inChannel(channel));
    Map<String, byte[]> others = new HashMap<>(Part.join(items));
    Piece advisories = updateInfo.of(Part.ADDONS, build -> Part.entries(addons, build));
    others.put(Kind.UPDATEINFO.type(), advisories.text());
    int rpms = state.rpms(Part.of(minor)) + Part.rpms(items);
    Map<Kind, Document> documents = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      Piece piece = kind == Kind.PRIMARY ? primary : own.of(kind.type());
      Piece more = Piece.of(others.getOrDefault(kind.type(), new byte[0]));
      documents.put(kind, kind.document(rpms, List.of(piece, more)));
    }
    Piece forAll = Piece.of(others.getOrDefault(Part.EVERY_ARCH, new byte[0])).withXz();
    SortedMap<String, Document> packages = new TreeMap<>();
    for (String arch : archs(releases)) {
      Piece more = Piece.of(others.getOrDefault(arch, new byte[0])).withXz();
      packages.put(arch, new Document(List.of(own.of(arch), more, forAll)));
    }
    return List.of(
        rpmChannel(channel, releases).index(documents), suite(channel, releases).index(packages));
  }

  /** The channels with everything; notes in the state how they are put together. */
  private List<Index> everything(Map<String, PartPieces> parts) throws IOException {
    Map<Kind, Document> documents = new EnumMap<>(Kind.class);
    SortedMap<String, Document> packages = new TreeMap<>();
    List<Splice> splices = new ArrayList<>();
    List<IOSupplier<Document>> work = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      work.add(() -> kind.document(state.rpms(), column(parts, kind.type())));
    }
    for (String arch : archs) {
      work.add(() -> new Document(column(parts, arch)));
    }
    Iterator<Document> made = Parallel.map(work, IOSupplier::get).iterator();
    for (Kind kind : Kind.values()) {
      Document document = made.next();
      documents.put(kind, document);
      Map<String, PieceSizes> sizes = new LinkedHashMap<>();
      sizes.put("", PieceSizes.of(kind.head(state.rpms())));
      String gz = RPM_FOLDER + "/" + RpmChannel.location(kind.type(), document);
      splices.add(new Splice(kind.type(), gz, addSizes(sizes, parts, kind.type())));
    }
    for (String arch : archs) {
      packages.put(arch, made.next());
      String gz = AptSuite.packagesGz(APT_ALL, arch);
      splices.add(new Splice(arch, gz, addSizes(new LinkedHashMap<>(), parts, arch)));
    }
    state.spliced(splices);
    return List.of(
        rpmChannel("", state.releases()).index(documents),
        suite(APT_ALL, state.releases()).index(packages));
  }

  private RpmChannel rpmChannel(String channel, List<ReleaseEntry> releases) {
    String folder = channel.isEmpty() ? RPM_FOLDER : RPM_FOLDER + "/" + channel;
    String name = (identity.name() + " " + channel).strip();
    return new RpmChannel(folder, name, state.date(releases), state.validity().validDays());
  }

  private static List<Piece> column(Map<String, PartPieces> parts, String column) {
    return parts.values().stream().map(part -> part.of(column)).toList();
  }

  private static Map<String, PieceSizes> addSizes(
      Map<String, PieceSizes> sizes, Map<String, PartPieces> parts, String column) {
    parts.forEach((name, part) -> sizes.put(name, PieceSizes.of(part.of(column))));
    return sizes;
  }

  private AptSuite suite(String name, List<ReleaseEntry> releases) {
    return new AptSuite(
        name, identity, baseUrl, state.date(releases), state.validity().validDays());
  }

  private static SortedSet<String> archs(Collection<ReleaseEntry> releases) {
    SortedSet<String> archs = new TreeSet<>();
    for (ReleaseEntry release : releases) {
      release.archs().forEach(a -> archs.add(Arch.find(a).orElseThrow().deb()));
    }
    return archs;
  }
}
