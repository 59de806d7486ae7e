package io.klts.repo.mirror;

import io.klts.repo.blob.Blob;
import io.klts.repo.blob.Parallel;
import io.klts.repo.blob.Sha256;
import io.klts.repo.mirror.Offer.Offers;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.store.Limits;
import io.klts.repo.tree.CopyNote;
import io.klts.repo.tree.LocalTree;
import io.klts.repo.tree.Manifest;
import io.klts.repo.tree.Prune;
import io.klts.repo.tree.StoredTree;
import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Brings a copy of a tree in a folder of this machine up to date. Nothing is believed before its
 * signature and digest are checked, and whoever reads the copy finds, at every moment, a tree that
 * was published.
 */
public final class Pull {

  /** Where downloads lie until all of them are there, inside the copy's folder for work. */
  private static final String INCOMING = "incoming";

  /** A tree may change while it is copied; after so many changes something else is wrong. */
  private static final int CHANGES = 3;

  /**
   * What is wanted.
   *
   * @param folder of the copy
   * @param keys to believe besides those that the copy knows
   * @param from the sources, the first choice first
   * @param forceOlder takes a tree that is older than the copy's
   * @param forceExpired takes a tree whose end is past
   * @param keep how many earlier generations stay in any case
   * @param age how long a generation stays after it was superseded
   * @param patience how long to wait while another run changes the copy
   */
  public record Order(
      Path folder,
      List<PublicKey> keys,
      List<Upstream> from,
      Selection selection,
      boolean forceOlder,
      boolean forceExpired,
      int keep,
      Duration age,
      Limits limits,
      Duration patience) {}

  /** Is told how it goes. */
  public interface Listener {

    /** Something that a person should know. */
    void note(String what, String text);

    /** Bytes will come; is told from any thread how many have. */
    Steps begin(long bytes);

    /** How far it is. */
    interface Steps extends AutoCloseable {
      void add(long bytes);

      @Override
      void close();
    }
  }

  /**
   * What came of it, or would.
   *
   * @param from the source that had the newest tree
   * @param serialBefore 0 for a new copy
   * @param files that were put in place
   * @param bytes that were fetched
   * @param removed files of earlier states that went
   * @param leftOut files that the copy leaves out on purpose
   */
  public record Result(
      String from,
      long serialBefore,
      long serial,
      int files,
      long bytes,
      int removed,
      int leftOut) {}

  private final Order order;
  private final Listener listener;
  private final InstantSource clock;

  public Pull(Order order, Listener listener, InstantSource clock) {
    this.order = order;
    this.listener = listener;
    this.clock = clock;
  }

  /** The copy as it is. */
  private record Copy(Optional<StoredTree> tree, CopyNote note) {

    Manifest manifest() {
      return tree.map(StoredTree::manifest).orElse(Manifest.empty());
    }

    long serial() {
      return Math.max(note.serial(), note.serial() == 0 ? 0 : manifest().serial());
    }
  }

  /**
   * Pulls. If nothing changed, that costs two requests for each source, and nothing is written, but
   * what is old enough goes.
   *
   * @throws IOException if there is nothing to be believed, or something cannot be had or written
   */
  public Result run() throws IOException {
    return run(false);
  }

  /** Says what {@link #run} would do, and changes nothing. */
  public Result plan() throws IOException {
    return run(true);
  }

  private Result run(boolean dry) throws IOException {
    LocalTree.checkUsable(order.folder());
    for (int change = 1; ; change++) {
      Copy copy = look();
      Offers offers = ask(copy);
      Offer best = offers.best();
      if (isUpToDate(copy, best)) {
        int removed = dry ? 0 : prune(copy.tree.orElseThrow(), copy.note);
        return result(best, copy, 0, 0, removed, copy.note.leftOut().size());
      }
      if (dry) {
        return plan(offers, copy);
      }
      try {
        return change(offers);
      } catch (IOException e) {
        if (change == CHANGES || !hasMovedOn(copy, best)) {
          throw e;
        }
        listener.note("again", "the tree changed while it was copied");
      }
    }
  }

  private static Result result(
      Offer best, Copy copy, int files, long bytes, int removed, int leftOut) {
    return new Result(
        best.from().name(),
        copy.manifest().serial(),
        best.manifest().serial(),
        files,
        bytes,
        removed,
        leftOut);
  }

  private boolean hasMovedOn(Copy copy, Offer best) {
    try {
      return ask(copy).best().manifest().serial() > best.manifest().serial();
    } catch (IOException e) {
      return false;
    }
  }

  private Copy look() throws IOException {
    Path folder = order.folder();
    if (CopyNote.isPublishedTo(folder)) {
      throw new IOException(
          folder
              + " is a tree that is published to: what is in its .klts folder is not of a copy"
              + "\n  nothing was changed; give another folder, or take .klts away if it is to become"
              + " a copy");
    }
    boolean there = Files.exists(folder.resolve(Manifest.PATH)) || CopyNote.of(folder).isPresent();
    Optional<StoredTree> tree =
        there ? Optional.of(StoredTree.look(folder, found -> found)) : Optional.empty();
    return new Copy(tree, CopyNote.of(folder).orElse(CopyNote.blank()));
  }

  private Offers ask(Copy copy) throws IOException {
    Trust trust =
        Trust.of(order.keys(), copy.tree, copy.note, clock.instant(), order.forceExpired());
    Offers offers = Offer.ask(order.from(), trust);
    offers.failures().forEach(failure -> listener.note("skipped", failure));
    Offer best = offers.best();
    long serial = best.manifest().serial();
    if (serial < copy.serial() && !order.forceOlder()) {
      throw new IOException(
          best.from().name()
              + " has serial "
              + serial
              + ", and "
              + order.folder()
              + " was at serial "
              + copy.serial()
              + " already: the source is behind, or somebody hides what is new"
              + "\n  nothing was changed; wait, take another source, or give --force-older if the"
              + " tree was really set back");
    }
    boolean other =
        (serial == copy.note.serial()
                && copy.note.manifest().filter(d -> !d.equals(best.text().sha256())).isPresent())
            || (serial == copy.manifest().serial()
                && copy.note.serial() > 0
                && !isThere(best.text()));
    if (other) {
      throw new IOException(
          best.from().name()
              + " has another tree of serial "
              + serial
              + " than "
              + order.folder()
              + ", both signed\n  nothing was changed; ask those who sign the tree");
    }
    return offers;
  }

  /** Whether the copy has this very file. */
  private boolean isThere(TreeFile file) throws IOException {
    return hasSize(file.path(), file.content().size())
        && Arrays.equals(
            Files.readAllBytes(order.folder().resolve(file.path())), file.content().bytes());
  }

  private boolean isUpToDate(Copy copy, Offer best) throws IOException {
    if (copy.note.serial() != best.manifest().serial()
        || copy.tree.isEmpty()
        || copy.tree.get().unfinished()
        || !copy.note.filter().equals(order.selection().words())
        || !isThere(best.text())
        || !isThere(best.signature())) {
      return false;
    }
    for (Map.Entry<String, Manifest.Entry> file : best.manifest().entries().entrySet()) {
      if (copy.note.wants(file.getKey()) && !hasSize(file.getKey(), file.getValue().size())) {
        return false;
      }
    }
    return true;
  }

  private boolean hasSize(String path, long size) {
    Path file = order.folder().resolve(path);
    // In this order: the size of a file that is not there is 0, without an exception.
    return file.toFile().length() == size && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
  }

  /** The files of an offer that are wanted. */
  private static SortedMap<String, Manifest.Entry> without(Offer offer, Set<String> leftOut) {
    SortedMap<String, Manifest.Entry> files = new TreeMap<>(offer.manifest().entries());
    files.keySet().removeAll(leftOut);
    return files;
  }

  private Result plan(Offers offers, Copy copy) throws IOException {
    Path temporary = Files.createTempDirectory("klts-repo-pull");
    try {
      Downloads downloads = new Downloads(temporary, offers.sources(), order.limits(), n -> {});
      Set<String> leftOut = leftOut(offers.best(), downloads);
      Map<String, Manifest.Entry> missing = missing(copy, without(offers.best(), leftOut));
      return result(
          offers.best(), copy, missing.size(), downloads.missing(missing), 0, leftOut.size());
    } finally {
      new Downloads(temporary, List.of(), order.limits(), n -> {}).forgetOthers(Map.of());
      Files.delete(temporary);
    }
  }

  private Set<String> leftOut(Offer offer, Downloads downloads) throws IOException {
    SortedMap<String, Manifest.Entry> entries = offer.manifest().entries();
    return order
        .selection()
        .leftOut(entries.keySet(), path -> proven(path, entries.get(path), downloads));
  }

  /** A file of the tree that the copy has already, or that is fetched for the question. */
  private Optional<Path> proven(String path, Manifest.Entry entry, Downloads downloads)
      throws IOException {
    if (entry == null) {
      return Optional.empty();
    }
    Path there = order.folder().resolve(path);
    boolean has = hasSize(path, entry.size()) && Sha256.of(there).equals(entry.sha256());
    return Optional.of(has ? there : downloads.fetch(path, entry));
  }

  private Result change(Offers offers) throws IOException {
    Offer best = offers.best();
    Result result;
    try (LocalTree tree =
        LocalTree.open(
            order.folder(),
            order.patience(),
            holder -> listener.note("waiting", "another run changes the copy: " + holder))) {
      Optional<CopyNote> noted = CopyNote.of(order.folder());
      if (noted.isEmpty()) {
        CopyNote.blank().write(tree);
      }
      Copy copy = new Copy(Optional.of(tree), noted.orElse(CopyNote.blank()));
      boolean late = copy.serial() > best.manifest().serial() && !order.forceOlder();
      if (late || isUpToDate(copy, best)) {
        // Another run was quicker.
        return result(best, copy, 0, 0, 0, copy.note.leftOut().size());
      }
      result = change(tree, copy, offers);
    }
    return new Result(
        result.from,
        result.serialBefore,
        result.serial,
        result.files,
        result.bytes,
        prune(),
        result.leftOut);
  }

  private Result change(LocalTree tree, Copy copy, Offers offers) throws IOException {
    Offer best = offers.best();
    Path incoming = tree.lasting(INCOMING);
    checkFolders(List.of(incoming.resolve("any")));
    Files.createDirectories(incoming);
    Meter meter = new Meter();
    Downloads downloads = new Downloads(incoming, offers.sources(), order.limits(), meter::add);
    Set<String> leftOut = leftOut(best, downloads);
    SortedMap<String, Manifest.Entry> wanted = without(best, leftOut);
    checkFolders(wanted.keySet().stream().map(path -> order.folder().resolve(path)).toList());
    Map<String, Manifest.Entry> missing = missing(copy, wanted);
    downloads.forgetOthers(missing);
    checkParts(offers, copy, missing);
    long bytes = downloads.missing(missing);
    checkRoom(incoming, bytes);
    try (Listener.Steps steps = listener.begin(bytes)) {
      meter.steps = steps;
      downloads.fetch(missing);
    } catch (IOException e) {
      throw new IOException(
          e.getMessage()
              + "\n  nothing was changed; what was fetched is kept, and the same again goes on with it",
          e);
    }
    CopyNote next =
        copy.note.accept(
            copy.manifest(),
            best.manifest(),
            best.text().sha256(),
            order.selection().words(),
            leftOut);
    // Before the files, so that nothing older is believed from now on. Without a note yet the copy
    // may have a manifest that nobody has proven, and that must not look as if somebody had.
    boolean known = copy.note.serial() > 0;
    if (known) {
      next.write(tree);
    }
    List<TreeFile> files = new ArrayList<>();
    for (Map.Entry<String, Manifest.Entry> file : missing.entrySet()) {
      Manifest.Entry entry = file.getValue();
      Blob content = Blob.of(downloads.done().get(entry.sha256()));
      files.add(new TreeFile(file.getKey(), entry.stage(), content, entry.sha256()));
    }
    files.addAll(List.of(best.signature(), best.text()));
    tree.adopt(files, downloads.done());
    if (!known) {
      next.write(tree);
    }
    downloads.forgetOthers(Map.of());
    return result(best, copy, missing.size(), meter.bytes(), 0, leftOut.size());
  }

  /** Bytes that came, which somebody may want to see. */
  private static final class Meter {
    private volatile Listener.Steps steps;
    private long bytes;

    synchronized void add(long more) {
      bytes += more;
      if (steps != null) {
        steps.add(more);
      }
    }

    synchronized long bytes() {
      return bytes;
    }
  }

  /**
   * Which files have to come. What the copy's own manifest lists is taken for what it is by its
   * size; everything else that lies there counts only after its digest was computed, and so does
   * everything after a run that died.
   */
  private Map<String, Manifest.Entry> missing(Copy copy, SortedMap<String, Manifest.Entry> wanted)
      throws IOException {
    boolean sure = copy.note.serial() > 0 && !copy.tree.map(StoredTree::unfinished).orElse(false);
    SortedMap<String, Manifest.Entry> before = copy.manifest().entries();
    Map<String, Manifest.Entry> missing = new TreeMap<>();
    List<Map.Entry<String, Manifest.Entry>> unsure = new ArrayList<>();
    for (Map.Entry<String, Manifest.Entry> file : wanted.entrySet()) {
      if (!hasSize(file.getKey(), file.getValue().size())) {
        missing.put(file.getKey(), file.getValue());
      } else if (!sure || !file.getValue().equals(before.get(file.getKey()))) {
        unsure.add(file);
      }
    }
    Map<String, Sha256> found = new HashMap<>();
    List<Sha256> digests =
        Parallel.map(unsure, file -> Sha256.of(order.folder().resolve(file.getKey())));
    for (int i = 0; i < digests.size(); i++) {
      found.put(unsure.get(i).getKey(), digests.get(i));
    }
    for (Map.Entry<String, Manifest.Entry> file : unsure) {
      if (!found.get(file.getKey()).equals(file.getValue().sha256())) {
        missing.put(file.getKey(), file.getValue());
      }
    }
    return missing;
  }

  /** Nothing is written through a link in the copy: it could lead anywhere. */
  private void checkFolders(List<Path> files) throws IOException {
    Set<Path> seen = new HashSet<>();
    for (Path file : files) {
      for (Path one = file.getParent();
          !one.equals(order.folder()) && seen.add(one);
          one = one.getParent()) {
        if (Files.isSymbolicLink(one)) {
          throw new IOException(
              one
                  + " is a symbolic link, through which nothing is written"
                  + "\n  nothing was changed; put a folder in its place");
        }
      }
    }
  }

  private void checkRoom(Path incoming, long bytes) throws IOException {
    FileStore disk = Files.getFileStore(order.folder());
    if (bytes > disk.getUsableSpace()) {
      throw new IOException(
          order.folder()
              + " needs "
              + bytes
              + " bytes more, and its disk has "
              + disk.getUsableSpace()
              + "\n  nothing was changed; make room, and run the same again. What was fetched lies in "
              + incoming);
    }
  }

  /** A part of a tree, such as a bundle, may lack what only another copy had already. */
  private void checkParts(Offers offers, Copy copy, Map<String, Manifest.Entry> missing)
      throws IOException {
    Set<String> lacking = new TreeSet<>(missing.keySet());
    for (Offer offer : offers.good()) {
      if (!offer.from().source().isPart()) {
        return;
      }
      offer.from().source().list().ifPresent(names -> lacking.removeAll(names.keySet()));
    }
    if (!lacking.isEmpty()) {
      throw new IOException(
          offers.best().from().name()
              + " has not all that "
              + order.folder()
              + " needs: "
              + lacking.size()
              + " files are missing, such as "
              + lacking.iterator().next()
              + "\n  nothing was changed; "
              + (copy.serial() == 0
                  ? "make it without --since"
                  : "make it with --since " + copy.serial() + " or an earlier serial")
              + ", and with the choice of channels, architectures and formats that this copy has");
    }
  }

  /** What is old enough by now, or was left by a run that died: that wants the lock. */
  private int prune(StoredTree tree, CopyNote note) throws IOException {
    Prune prune = Prune.plan(tree, note, order.keep(), order.age(), clock.instant());
    return prune.dropped().isEmpty() && prune.paths().isEmpty() ? 0 : prune();
  }

  private int prune() throws IOException {
    try (LocalTree tree = LocalTree.open(order.folder(), order.patience(), holder -> {})) {
      CopyNote note = CopyNote.of(order.folder()).orElse(CopyNote.blank());
      Prune prune = Prune.plan(tree, note, order.keep(), order.age(), clock.instant());
      prune.run(tree);
      return prune.paths().size();
    }
  }
}
