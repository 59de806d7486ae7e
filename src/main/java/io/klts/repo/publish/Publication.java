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
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
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
  private final Draft draft;
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
    this.draft = new Draft(tree);
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
      draft.offer(new TreeFile(path, Stage.PAYLOAD, Blob.of(built.file()), rpm.sha256()));
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
    draft.offer(new TreeFile(path, Stage.PAYLOAD, Blob.of(built.file()), deb.sha256()));
    addChangelog(Repository.changelogPath(path), spec);
  }

  /** One for all architectures: the first one stays, as do packages. */
  private void addChangelog(String path, PackageSpec spec) {
    TreeFile file =
        TreeFile.of(path, Stage.PAYLOAD, ChangelogText.of(spec).getBytes(StandardCharsets.UTF_8));
    Manifest.Entry before = tree.manifest().entries().get(path);
    if ((before == null || before.sha256().equals(file.sha256())) && changelogs.add(path)) {
      draft.add(file);
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
    minors.removeIf(minor -> !isChanged(minor) && draft.keepChannel(identity, minor, signing));
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
      draft.offer(new TreeFile(one.path(), Stage.PAYLOAD, Blob.of(file), sha256));
    }
  }

  private Outcome commit(SortedSet<Minor> minors, boolean splice) throws IOException {
    JointSigner signers = signers();
    List<PublicKey> published = keys.published(state);
    Repository repository = new Repository(identity, site.baseUrl(), state);
    List<Index> indexes = repository.render(minors, splice);
    if (!fromState && !tree.unfinished()) {
      draft.keepPackages();
    }
    draft.keepState(state.unchanged());
    state.packages(fromState || tree.unfinished(), draft::keepPackage);
    List<String> channels = state.minors().stream().map(Minor::channel).toList();
    Releases releases = new Releases(releases(), state.date());
    MirrorLists lists = new MirrorLists(identity, site.baseUrl(), state.mirrors());
    Page.Content content =
        new Page.Content(
            identity, site.baseUrl(), releases, lists.mirrors(), published, guide.isPublished());
    Map<String, Manifest.Entry> kept = new HashMap<>();
    // What takes longest begins first.
    Parallel.all(
            () -> site.page().files(content),
            () -> site.page().files(content, releasesWithNewPages(content, splice, kept)),
            state::files,
            () -> releases.files(),
            () -> repository.errata(minors),
            () -> definitions.files(channels, published))
        .forEach(files -> files.forEach(draft::add));
    kept.forEach(draft::list);
    installer(releases, lists, published).ifPresent(draft::add);
    new Roots(tree, signers, draft).add(indexes);
    mirrorLists(lists).forEach(draft::add);
    guide.files(identity, site.baseUrl(), figures()).forEach(draft::add);
    List<TreeFile> missing = draft.missing();
    Manifest before = tree.manifest();
    draft.keepTimestamp();
    Manifest same = draft.manifest(before.serial(), state.validUntil(), signers.fingerprints());
    boolean stamped = signers.isEmpty() || draft.entries().containsKey(Timestamp.PATH);
    if (missing.isEmpty() && stamped && same.equals(before)) {
      if (tree.unfinished()) {
        tree.put(List.of(), List.of(), () -> {});
      }
      return new Outcome(before.serial(), before.serial(), 0, draft.entries().size());
    }
    return put(before.serial() + 1, missing, signers);
  }

  /**
   * The releases whose pages are made. Pages of others are kept if one of them is as it would be
   * made now.
   *
   * @param trusting that what the manifest lists is there
   * @param kept gets the pages that are kept
   */
  private List<Releases.Entry> releasesWithNewPages(
      Page.Content content, boolean trusting, Map<String, Manifest.Entry> kept) throws IOException {
    List<Releases.Entry> all = content.releases().entries();
    List<Releases.Entry> anew = new ArrayList<>();
    List<Releases.Entry> others = new ArrayList<>();
    for (Releases.Entry release : all) {
      (changed.contains(LtsVersion.parse(release.version())) ? anew : others).add(release);
    }
    SortedMap<String, Manifest.Entry> before = tree.manifest().entries();
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
      kept.clear();
    }
    return right ? anew : all;
  }

  private Outcome put(long serial, List<TreeFile> missing, JointSigner signers) throws IOException {
    List<TreeFile> changes = new ArrayList<>(missing);
    if (!signers.isEmpty()) {
      changes.add(timestamp(serial, signers));
    }
    int changed = changes.size();
    Manifest next = draft.manifest(serial, state.validUntil(), signers.fingerprints());
    changes.addAll(files(next, signers));
    View proposed = new Proposed(tree, changes, draft.entries().navigableKeySet());
    tree.put(changes, List.of(State.PATH), () -> gate.pass(proposed, !signers.isEmpty()));
    return new Outcome(serial - 1, serial, changed, draft.entries().size() - changed);
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
    for (Map.Entry<String, Manifest.Entry> file : draft.entries().entrySet()) {
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
        draft.entries().size(),
        packageBytes,
        days.size(),
        days.stream().filter(day -> day.compareTo(yearBefore) > 0).count(),
        newest);
  }

  private MirrorLists.Channel channel(String name, Instant date) {
    Manifest.Entry repomd = draft.entries().get(Repository.repomd(name));
    return new MirrorLists.Channel(name, repomd.sha256(), repomd.size(), date);
  }

  private TreeFile timestamp(long serial, JointSigner signers) throws IOException {
    byte[] text = new Timestamp(serial, state.date(), state.validUntil(), draft.entries()).text();
    TreeFile file =
        TreeFile.of(Timestamp.PATH, Stage.ROOT, signers.clearsigned(text, state.date()));
    draft.list(file.path(), Manifest.Entry.of(file));
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
