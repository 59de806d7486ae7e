package io.klts.repo.publish;

import io.klts.repo.blob.Blob;
import io.klts.repo.blob.Parallel;
import io.klts.repo.blob.Sha256;
import io.klts.repo.build.BuildPlan;
import io.klts.repo.build.BuiltPackage;
import io.klts.repo.build.PackageBuild;
import io.klts.repo.catalogue.Arch;
import io.klts.repo.catalogue.Identity;
import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.catalogue.Minor;
import io.klts.repo.deb.ChangelogText;
import io.klts.repo.deb.DebPackage;
import io.klts.repo.gate.Gate;
import io.klts.repo.gate.View;
import io.klts.repo.recipe.Format;
import io.klts.repo.recipe.PackageSpec;
import io.klts.repo.repository.Index;
import io.klts.repo.repository.ReleaseEntry;
import io.klts.repo.repository.Repository;
import io.klts.repo.repository.State;
import io.klts.repo.repository.Validity;
import io.klts.repo.rpm.RpmPackage;
import io.klts.repo.signature.JointSigner;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.signature.Signer;
import io.klts.repo.site.Definitions;
import io.klts.repo.site.Installer;
import io.klts.repo.site.MirrorGuide;
import io.klts.repo.site.MirrorLists;
import io.klts.repo.site.Page;
import io.klts.repo.site.Releases;
import io.klts.repo.site.Site;
import io.klts.repo.tree.Generations.Generation;
import io.klts.repo.tree.ListedMirror;
import io.klts.repo.tree.LocalTree;
import io.klts.repo.tree.Manifest;
import io.klts.repo.tree.Rotation;
import io.klts.repo.tree.Stage;
import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Brings a tree from one state to the next. Only what differs is written; a publication that
 * changes nothing leaves every file and the serial as they are.
 */
public final class Publication {

  private final LocalTree tree;
  private final Identity identity;
  private final Definitions definitions;
  private final Site site;
  private final TreeKeys keys;
  private Gate gate;
  private MirrorGuide guide = MirrorGuide.none();
  private State state;
  private boolean fromState;
  private final List<TreeFile> wanted = new ArrayList<>();
  private final NavigableMap<String, Manifest.Entry> entries = new TreeMap<>();
  private final Set<LtsVersion> changed = new HashSet<>();
  private final Set<String> changelogs = new HashSet<>();

  /**
   * A publication of a tree that is open for changes.
   *
   * @param given the keys that can sign; the tree says which of them do. None for an unsigned tree
   * @throws IOException if the tree's state cannot be read
   */
  public Publication(LocalTree tree, Identity identity, Site site, List<Signer> given)
      throws IOException {
    this(tree, identity, site, given, new Gate(Clock.systemUTC()));
  }

  /** A publication that goes through another gate. */
  Publication(LocalTree tree, Identity identity, Site site, List<Signer> given, Gate gate)
      throws IOException {
    this.tree = tree;
    this.identity = identity;
    this.site = site;
    this.definitions = new Definitions(identity, site.baseUrl());
    this.keys = new TreeKeys(tree, given);
    this.gate = gate;
    Optional<Path> file = tree.file(State.PATH);
    if (file.isPresent()) {
      State.checkFormat(file.get());
    }
    this.state = State.read(Sources.present(tree));
  }

  private record Proposed(LocalTree tree, List<TreeFile> changes, SortedSet<String> paths)
      implements View {
    @Override
    public Optional<Blob> present(String path) throws IOException {
      Optional<Path> file = tree.file(path);
      return file.isPresent() ? Optional.of(Blob.of(file.get())) : Optional.empty();
    }
  }

  /** What a publication did. */
  public record Outcome(long serialBefore, long serial, int changed, int kept) {}

  /**
   * Adds a release, or more of it. Nothing is visible until {@link #commit}.
   *
   * @throws IOException if one of the packages is in the tree with other content
   */
  public void add(BuildPlan plan, List<BuiltPackage> packages) throws IOException {
    LtsVersion release = plan.release().version();
    changed.add(release);
    plan.endOfLife().ifPresent(day -> setEndOfLife(release.minor(), day));
    state.add(plan.release(), plan.archs().stream().map(Arch::go).toList());
    for (BuiltPackage built : packages) {
      if (!built.spec().version().equals(release)) {
        state.addAddon(built.spec().name(), built.spec().history().get(0));
      }
      if (built.spec().format() == Format.RPM) {
        addRpm(release, built);
      } else {
        addDeb(release, built);
      }
    }
  }

  /** The names of the add-ons of which a minor's channel has packages already. */
  public Set<String> addons(Minor minor) throws IOException {
    return state.addons(minor.channel());
  }

  private boolean isChanged(Minor minor) {
    return changed.stream().anyMatch(release -> release.minor().equals(minor));
  }

  /** The pages of all releases of the minor say it. */
  private void setEndOfLife(Minor minor, LocalDate day) {
    if (!state.endOfLife(minor).equals(Optional.of(day))) {
      state.setEndOfLife(minor, day);
      state.releases(minor).forEach(r -> changed.add(LtsVersion.parse(r.version())));
    }
  }

  private void addRpm(LtsVersion release, BuiltPackage built) throws IOException {
    PackageSpec spec = built.spec();
    RpmPackage rpm = RpmPackage.read(built.file());
    String path =
        Repository.rpmPath(release.minor().channel(), spec, built.file().getFileName().toString());
    // The older file stays if only its signature is another: clients may have it.
    if (state.add(release, spec.version(), path, rpm).equals(rpm.sha256())) {
      wanted.add(new TreeFile(path, Stage.PAYLOAD, Blob.of(built.file()), rpm.sha256()));
    }
  }

  private void addDeb(LtsVersion release, BuiltPackage built) throws IOException {
    DebPackage deb = DebPackage.read(built.file());
    String path = Repository.debPath(built.spec(), built.file().getFileName().toString());
    PackageSpec spec = built.spec();
    state.add(
        release,
        spec.version(),
        path,
        spec.debArch(),
        deb.size(),
        deb.sha256(),
        deb.control().toString());
    wanted.add(new TreeFile(path, Stage.PAYLOAD, Blob.of(built.file()), deb.sha256()));
    addChangelog(Repository.changelogPath(path), spec);
  }

  /** One for all architectures: the first one stays, as do packages. */
  private void addChangelog(String path, PackageSpec spec) {
    TreeFile file =
        TreeFile.of(path, Stage.PAYLOAD, ChangelogText.of(spec).getBytes(StandardCharsets.UTF_8));
    Manifest.Entry before = tree.manifest().entries().get(path);
    if ((before == null || before.sha256().equals(file.sha256())) && changelogs.add(path)) {
      want(file);
    }
  }

  /**
   * Takes a release out of every index; its files stay where they are. Nothing is visible until
   * {@link #commit}.
   *
   * @throws IOException if it is not published, or withdrawn for another reason
   */
  public void withdraw(LtsVersion release, String reason) throws IOException {
    state.withdraw(release, reason);
    changed.add(release);
    fromState = true;
  }

  /**
   * Lets names that apt shows and compares, such as {@code Origin}, be others than before: each
   * client is asked whether it agrees.
   */
  public void allowReleaseInfoChange() {
    gate = gate.allowingReleaseInfoChange();
  }

  /**
   * Says in the tree how it is mirrored. Nothing is visible until {@link #commit}.
   *
   * @param templates the folder of templates; without {@code mirroring/} in it nothing is said
   * @param rsync where the tree can be copied from by rsync
   */
  public void guide(Path templates, Optional<String> rsync) throws IOException {
    guide = MirrorGuide.load(templates, rsync);
  }

  /**
   * Gives all indexes a new date and new signatures, and a time for which they hold. Nothing is
   * visible until {@link #commitAll}.
   *
   * @param validDays 0 for no limit
   */
  public void refresh(Instant now, int validDays) {
    state.setValidity(new Validity(now.truncatedTo(ChronoUnit.SECONDS), validDays));
  }

  /**
   * Tells of other mirrors than before: clients are sent to those without a fault. Nothing is
   * visible until {@link #commit}.
   *
   * @param mirrors without the origin, which is always the last
   */
  public void list(List<ListedMirror> mirrors) {
    state.setMirrors(mirrors);
  }

  /**
   * Goes back to what was published under an earlier serial. The dates of the indexes do not go
   * back, because clients take that for an attack, and neither does a change of keys. Nothing is
   * visible until {@link #commitAll}.
   *
   * @throws IOException if that generation, or one of its packages, is not kept any more
   */
  public void rollback(long serial) throws IOException {
    Generation generation = tree.generations().of(serial);
    State present = state;
    state = State.read(Sources.of(tree, generation));
    state.keepWhatIsNoContent(present);
    fromState = true;
    state.releases().forEach(release -> changed.add(LtsVersion.parse(release.version())));
    state.packages(
        true,
        (path, sha256, size) -> {
          if (tree.file(path).filter(file -> file.toFile().length() == size).isEmpty()) {
            throw new IOException(
                path
                    + " of serial "
                    + serial
                    + " is not in the tree any more\n  nothing was changed; restore it from a copy"
                    + " of the tree, or publish its release again");
          }
        });
  }

  /**
   * Who signs the tree as it is to be.
   *
   * @throws IOException if a key is needed that was not given
   */
  public JointSigner signers() throws IOException {
    return keys.signers(state);
  }

  /**
   * Begins a change of keys: publishes the next one. Nothing is visible until {@link #commitAll}.
   *
   * @param next absent to go back to this step
   * @throws IOException if this cannot be the next step, or not with that key
   */
  public void announce(Optional<PublicKey> next, Instant now) throws IOException {
    keys.announce(state, next, now);
  }

  /**
   * Brings a change of keys to another step. Nothing is visible until {@link #commitAll}.
   *
   * @throws IOException if that would leave a step out
   */
  public void rotate(Rotation.Step step, Instant now) throws IOException {
    keys.move(state, step, now);
  }

  /**
   * Ends a change of keys: the old one signs no more.
   *
   * @throws IOException if it is not at its last step
   */
  public void retire(Instant now) throws IOException {
    keys.retire(state, now);
  }

  /**
   * Gives up a change of keys.
   *
   * @throws IOException if it is beyond its first step
   */
  public void cancelRotation(Instant now) throws IOException {
    keys.cancel(state, now);
  }

  /**
   * The serial before the present one.
   *
   * @throws IOException if nothing was published before, or it is not kept any more
   */
  public long previousSerial() throws IOException {
    return tree.generations().before(tree.manifest().serial()).serial();
  }

  private List<Releases.Entry> releases() {
    List<Releases.Entry> releases = new ArrayList<>();
    for (Minor minor : state.minors()) {
      String channel = minor.channel();
      String endOfLife = state.endOfLife(minor).map(LocalDate::toString).orElse(null);
      for (ReleaseEntry r : state.releases(minor)) {
        releases.add(
            new Releases.Entry(
                r.version(),
                channel,
                r.published(),
                endOfLife,
                r.archs(),
                r.fixes(),
                r.withdrawn()));
      }
    }
    return releases;
  }

  /**
   * Renders, signs and makes visible what the added releases change: their channels and the ones
   * with everything. The indexes of other channels are not touched, unless they are missing, under
   * another key, with older errata, of another address, or an earlier run died over them.
   */
  public Outcome commit() throws IOException {
    if (renewKeyring() || tree.unfinished() || state.hasOlderErrata() || hasMoved()) {
      return commit(state.minors(), false);
    }
    SortedSet<Minor> minors = state.minors();
    List<String> signing = signers().fingerprints();
    minors.removeIf(minor -> !isChanged(minor) && keep(minor, signing));
    return commit(minors, true);
  }

  /** Whether the indexes that are there name another address than the tree has now. */
  private boolean hasMoved() throws IOException {
    Optional<Path> release = tree.file(Repository.APT_ROOT);
    return release.isPresent()
        && !Files.readString(release.get(), StandardCharsets.ISO_8859_1)
            .contains(Repository.changelogs(site.baseUrl()));
  }

  /** Like {@link #commit}, for all channels: what is right already stays. */
  public Outcome commitAll() throws IOException {
    renewKeyring();
    return commit(state.minors(), false);
  }

  /**
   * Brings the packages up to date that bring keys and definitions to machines; true if there is a
   * new version of them, which all channels have to list.
   */
  private boolean renewKeyring() throws IOException {
    List<PublicKey> published = keys.published(state);
    if (published.isEmpty()) {
      return false;
    }
    Keyring keyring = new Keyring(identity, site.baseUrl(), state, published);
    boolean renewed = !state.keyring().equals(Optional.of(keyring.entry()));
    SortedSet<String> channels = new TreeSet<>(List.of(State.EVERYTHING));
    state.minors().forEach(minor -> channels.add(minor.channel()));
    if (!renewed && state.keyringChannels().equals(channels)) {
      return false;
    }
    List<Keyring.Channelled> packages = keyring.packages(state.minors());
    Set<String> present =
        state.retainKeyring(packages.stream().map(Keyring.Channelled::path).toList());
    addKeyring(packages.stream().filter(one -> !present.contains(one.path())).toList());
    state.setKeyring(keyring.entry());
    // Older ones leave the manifest, too.
    fromState |= renewed;
    return renewed;
  }

  private void addKeyring(List<Keyring.Channelled> packages) throws IOException {
    if (packages.isEmpty()) {
      return;
    }
    Path folder = tree.scratch().resolve("keyring");
    List<PackageSpec> specs = packages.stream().map(Keyring.Channelled::spec).toList();
    List<BuiltPackage> built = PackageBuild.ofTexts(specs, signers().primary(), folder);
    for (int i = 0; i < built.size(); i++) {
      Keyring.Channelled one = packages.get(i);
      Path file = built.get(i).file();
      Sha256 sha256;
      if (one.spec().format() == Format.RPM) {
        RpmPackage rpm = RpmPackage.read(file);
        state.addKeyring(one.channel(), one.path(), rpm);
        sha256 = rpm.sha256();
      } else {
        DebPackage deb = DebPackage.read(file);
        String control = deb.control().toString();
        state.addKeyring(one.channel(), one.path(), deb.size(), deb.sha256(), control);
        addChangelog(Repository.changelogPath(one.path()), one.spec());
        sha256 = deb.sha256();
      }
      wanted.add(new TreeFile(one.path(), Stage.PAYLOAD, Blob.of(file), sha256));
    }
  }

  private Outcome commit(SortedSet<Minor> minors, boolean splice) throws IOException {
    JointSigner signers = signers();
    List<PublicKey> published = keys.published(state);
    Repository repository = new Repository(identity, site.baseUrl(), state);
    List<Index> indexes = repository.render(minors, splice);
    keepWhatIsNotChanged();
    state.packages(fromState || tree.unfinished(), this::keepPackage);
    List<String> channels = state.minors().stream().map(Minor::channel).toList();
    Releases releases = new Releases(releases(), state.date());
    MirrorLists lists = new MirrorLists(identity, site.baseUrl(), state.mirrors());
    Page.Content content =
        new Page.Content(
            identity, site.baseUrl(), releases, lists.mirrors(), published, guide.isPublished());
    List<Releases.Entry> anew = releasesWithNewPages(content, splice);
    Parallel.all(
            state::files,
            () -> definitions.files(channels, published),
            () -> releases.files(),
            () -> repository.errata(minors),
            () -> site.page().files(content),
            () -> site.page().files(content, anew))
        .forEach(files -> files.forEach(this::want));
    installer(releases, lists, published).ifPresent(this::want);
    Map<String, TreeFile> signatures = signatures(indexes, signers);
    for (Index index : indexes) {
      index.files().forEach(this::want);
      root(index, signatures, signers);
    }
    mirrorLists(lists).forEach(this::want);
    guide.files(identity, site.baseUrl(), figures()).forEach(this::want);
    List<TreeFile> missing = tree.missing(wanted);
    Manifest before = tree.manifest();
    keepTimestamp();
    Manifest same =
        new Manifest(before.serial(), state.validUntil(), signers.fingerprints(), entries);
    boolean stamped = signers.isEmpty() || entries.containsKey(Timestamp.PATH);
    if (missing.isEmpty() && stamped && same.equals(before)) {
      if (tree.unfinished()) {
        tree.put(List.of(), List.of(), () -> {});
      }
      return new Outcome(before.serial(), before.serial(), 0, entries.size());
    }
    return put(before.serial() + 1, missing, signers);
  }

  /**
   * Keeps the pages of releases that are what they were, if one of them is as it would be made now;
   * returns those whose pages are made.
   *
   * @param trusting that what the manifest lists is there
   */
  private List<Releases.Entry> releasesWithNewPages(Page.Content content, boolean trusting)
      throws IOException {
    List<Releases.Entry> all = content.releases().entries();
    List<Releases.Entry> anew = new ArrayList<>();
    List<Releases.Entry> others = new ArrayList<>();
    for (Releases.Entry release : all) {
      (changed.contains(LtsVersion.parse(release.version())) ? anew : others).add(release);
    }
    SortedMap<String, Manifest.Entry> before = tree.manifest().entries();
    SortedMap<String, Manifest.Entry> kept = new TreeMap<>();
    boolean right = !tree.unfinished() && !state.hasOlderErrata();
    for (Releases.Entry release : others) {
      for (String path : site.page().paths(release)) {
        Manifest.Entry page = before.get(path);
        right = right && page != null && (trusting || tree.hasSize(path, page.size()));
        kept.put(path, page);
      }
    }
    for (TreeFile page : site.page().files(content, others.stream().limit(1).toList())) {
      right &= tree.manifest().has(page);
    }
    if (!right) {
      return all;
    }
    entries.putAll(kept);
    return anew;
  }

  private Outcome put(long serial, List<TreeFile> missing, JointSigner signers) throws IOException {
    List<TreeFile> changes = new ArrayList<>(missing);
    if (!signers.isEmpty()) {
      changes.add(timestamp(serial, signers));
    }
    int changed = changes.size();
    Manifest next = new Manifest(serial, state.validUntil(), signers.fingerprints(), entries);
    changes.addAll(files(next, signers));
    View proposed = new Proposed(tree, changes, entries.navigableKeySet());
    tree.put(changes, List.of(State.PATH), () -> gate.pass(proposed, !signers.isEmpty()));
    return new Outcome(serial - 1, serial, changed, entries.size() - changed);
  }

  /** Of the roots as they are in the manifest now, so that they are the last to be made. */
  private List<TreeFile> mirrorLists(MirrorLists lists) throws IOException {
    List<MirrorLists.Channel> channels = new ArrayList<>();
    List<String> suites = new ArrayList<>();
    for (Minor minor : state.minors()) {
      channels.add(channel(minor.channel(), state.date(minor)));
      suites.add(minor.channel());
    }
    channels.add(channel("", state.date()));
    suites.add(Repository.APT_ALL);
    return lists.files(channels, suites);
  }

  private Optional<TreeFile> installer(
      Releases releases, MirrorLists lists, List<PublicKey> published) throws IOException {
    SortedMap<String, LtsVersion> latest = releases.latest();
    Map<String, LtsVersion> channels = new LinkedHashMap<>();
    for (Minor minor : state.minors()) {
      if (latest.containsKey(minor.channel())) {
        channels.put(minor.channel(), latest.get(minor.channel()));
      }
    }
    if (latest.containsKey(Releases.ALL)) {
      channels.put(Releases.ALL, latest.get(Releases.ALL));
    }
    return site.installer()
        .file(
            new Installer.Settings(identity, site.baseUrl(), lists.mirrors(), channels, published));
  }

  /** Of everything but what says them. */
  private MirrorGuide.Figures figures() {
    long bytes = 0;
    long packageBytes = 0;
    for (Map.Entry<String, Manifest.Entry> file : entries.entrySet()) {
      long size = file.getValue().size();
      bytes += size;
      packageBytes += Repository.isPackage(file.getKey()) ? size : 0;
    }
    // As texts, which sort as the days do.
    List<String> days =
        state.releases().stream()
            .filter(release -> release.withdrawn() == null)
            .map(ReleaseEntry::published)
            .sorted()
            .toList();
    String newest = days.isEmpty() ? LocalDate.EPOCH.toString() : days.get(days.size() - 1);
    String yearBefore = LocalDate.parse(newest).minusYears(1).toString();
    return new MirrorGuide.Figures(
        bytes,
        entries.size(),
        packageBytes,
        days.size(),
        days.stream().filter(day -> day.compareTo(yearBefore) > 0).count(),
        newest);
  }

  private MirrorLists.Channel channel(String name, Instant date) {
    Manifest.Entry repomd = entries.get(Repository.repomd(name));
    return new MirrorLists.Channel(name, repomd.sha256(), repomd.size(), date);
  }

  /** Takes over packages and parts of the state that are as they were. */
  private void keepWhatIsNotChanged() throws IOException {
    SortedMap<String, Manifest.Entry> before = tree.manifest().entries();
    if (!fromState && !tree.unfinished()) {
      before.forEach(
          (path, entry) -> {
            if (Repository.isOfPackage(path)) {
              entries.put(path, entry);
            }
          });
    }
    for (Map.Entry<String, Sha256> file : state.unchanged().entrySet()) {
      Optional<Path> there = tree.file(file.getKey());
      if (there.isPresent()) {
        payload(file.getKey(), file.getValue(), Files.size(there.get()));
      }
    }
  }

  /** Takes over a channel's indexes as the manifest has them; false if they must be rendered. */
  private boolean keep(Minor minor, List<String> signing) {
    SortedMap<String, Manifest.Entry> before = tree.manifest().entries();
    NavigableMap<String, Manifest.Entry> kept = new TreeMap<>();
    for (String folder : Repository.indexFolders(minor)) {
      // All paths that begin with the folder: '0' follows '/' in ASCII.
      kept.putAll(before.subMap(folder + "/", folder + "0"));
    }
    String errata = Repository.errata(identity, minor);
    if (before.containsKey(errata)) {
      kept.put(errata, before.get(errata));
    }
    boolean complete =
        tree.manifest().keys().equals(signing)
            && Repository.roots(minor).stream().allMatch(kept::containsKey);
    if (complete) {
      entries.putAll(kept);
    }
    return complete;
  }

  /** Notes a package and, where there is one, its changelog. */
  private void keepPackage(String path, Sha256 sha256, long size) throws IOException {
    payload(path, sha256, size);
    String changelog = path.endsWith(".deb") ? Repository.changelogPath(path) : "";
    if (!changelog.isEmpty() && !entries.containsKey(changelog)) {
      Optional<Path> there = tree.file(changelog);
      if (there.isPresent()) {
        payload(changelog, Sha256.of(there.get()), Files.size(there.get()));
      }
    }
  }

  private void payload(String path, Sha256 sha256, long size) {
    entries.put(path, new Manifest.Entry(sha256, size, Stage.PAYLOAD));
  }

  private void want(TreeFile file) {
    wanted.add(file);
    entries.put(file.path(), Manifest.Entry.of(file));
  }

  /** What has to be signed anew, side by side: signing keeps a processor busy for a while. */
  private Map<String, TreeFile> signatures(List<Index> indexes, JointSigner signers)
      throws IOException {
    record Wanted(Index index, Index.Signature signature) {}
    List<Wanted> all = new ArrayList<>();
    if (!signers.isEmpty()) {
      for (Index index : indexes) {
        if (!isSigned(index, signers)) {
          index.signatures().forEach(signature -> all.add(new Wanted(index, signature)));
        }
      }
    }
    Map<String, TreeFile> signatures = new HashMap<>();
    Parallel.map(all, one -> sign(one.index, one.signature, signers))
        .forEach(file -> signatures.put(file.path(), file));
    return signatures;
  }

  private static TreeFile sign(Index index, Index.Signature signature, JointSigner signers)
      throws IOException {
    Blob root = index.root().content();
    byte[] bytes =
        signature.form() == Index.Form.DETACHED
            ? signers.detached(root, index.date())
            : signers.clearsigned(root.bytes(), index.date());
    return TreeFile.of(signature.path(), Stage.ROOT, bytes);
  }

  /**
   * A root and its signatures, of which those that are not new are kept: signing again would give
   * the same bytes. Detached signatures go first, so that they and the root change back to back and
   * the root last; a clearsigned form is what clients look at first, so it goes after everything.
   */
  private void root(Index index, Map<String, TreeFile> signatures, JointSigner signers)
      throws IOException {
    signed(index, Index.Form.DETACHED, signatures, signers);
    want(index.root());
    signed(index, Index.Form.CLEARSIGNED, signatures, signers);
    // zypper finds the key beside the index that it verifies. Of two keys that it finds there it
    // would want the one of the first signature, and not of the last.
    if (!signers.isEmpty() && index.root().path().endsWith("/repomd.xml")) {
      byte[] armored = signers.primary().orElseThrow().key().armored();
      want(TreeFile.of(index.root().path() + ".key", Stage.INDEX, armored));
    }
  }

  private void signed(
      Index index, Index.Form form, Map<String, TreeFile> signatures, JointSigner signers) {
    for (Index.Signature signature : index.signatures()) {
      TreeFile made = signatures.get(signature.path());
      if (signature.form() == form && made != null) {
        want(made);
      } else if (signature.form() == form && !signers.isEmpty()) {
        entries.put(signature.path(), tree.manifest().entries().get(signature.path()));
      }
    }
  }

  private boolean isSigned(Index index, JointSigner signers) {
    Manifest manifest = tree.manifest();
    return !tree.unfinished()
        && manifest.keys().equals(signers.fingerprints())
        && manifest.has(index.root())
        && index.signatures().stream()
            .map(Index.Signature::path)
            .allMatch(p -> manifest.entries().containsKey(p) && tree.file(p).isPresent());
  }

  /** Takes over the one that is there: as long as nothing else changes, neither does its serial. */
  private void keepTimestamp() throws IOException {
    Manifest.Entry entry = tree.manifest().entries().get(Timestamp.PATH);
    Optional<Path> file = tree.file(Timestamp.PATH);
    if (entry != null && file.isPresent()) {
      TreeFile present =
          new TreeFile(Timestamp.PATH, Stage.ROOT, Blob.of(file.get()), entry.sha256());
      if (tree.missing(List.of(present)).isEmpty()) {
        entries.put(Timestamp.PATH, entry);
      }
    }
  }

  private TreeFile timestamp(long serial, JointSigner signers) throws IOException {
    byte[] text = new Timestamp(serial, state.date(), state.validUntil(), entries).text();
    TreeFile file =
        TreeFile.of(Timestamp.PATH, Stage.ROOT, signers.clearsigned(text, state.date()));
    entries.put(file.path(), Manifest.Entry.of(file));
    return file;
  }

  private List<TreeFile> files(Manifest manifest, JointSigner signers) throws IOException {
    TreeFile text = TreeFile.of(Manifest.PATH, Stage.ROOT, manifest.bytes());
    if (signers.isEmpty()) {
      return List.of(text);
    }
    byte[] signature = signers.detached(text.content(), state.date());
    return List.of(TreeFile.of(Manifest.SIGNATURE_PATH, Stage.ROOT, signature), text);
  }
}
