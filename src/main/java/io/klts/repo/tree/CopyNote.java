package io.klts.repo.tree;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.klts.repo.blob.AtomicFile;
import io.klts.repo.blob.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a copy of a tree knows besides its files. It lies where the copy has its work, so that
 * nobody takes a copy for a tree that is published to, or a part for the whole.
 *
 * @param serial of the last manifest that was believed; nothing older is any more. 0 at the begin
 * @param manifest the digest of that manifest
 * @param dropped fingerprints of keys that signed once and then no more
 * @param filter the words that chose what is copied; empty for everything
 * @param leftOut paths that the manifest lists and the filter does not want
 */
public record CopyNote(
    long serial,
    Optional<Sha256> manifest,
    SortedSet<String> dropped,
    List<String> filter,
    SortedSet<String> leftOut) {

  private static final String NAME = "copy";
  private static final String FIRST_LINE = "klts-copy 1";

  public CopyNote {
    dropped = Collections.unmodifiableSortedSet(new TreeSet<>(dropped));
    filter = List.copyOf(filter);
    leftOut = Collections.unmodifiableSortedSet(new TreeSet<>(leftOut));
  }

  /** The note of a copy that has nothing yet. */
  public static CopyNote blank() {
    return new CopyNote(0, Optional.empty(), new TreeSet<>(), List.of(), new TreeSet<>());
  }

  /**
   * The note in a folder; absent if that is no copy made by this program.
   *
   * @throws IOException if it is damaged
   */
  public static Optional<CopyNote> of(Path root) throws IOException {
    Path file = root.resolve(StoredTree.WORK).resolve(NAME);
    return Files.exists(file)
        ? Optional.of(parse(Files.readAllLines(file, UTF_8), file))
        : Optional.empty();
  }

  private static CopyNote parse(List<String> lines, Path file) throws IOException {
    long serial = 0;
    Optional<Sha256> manifest = Optional.empty();
    SortedSet<String> dropped = new TreeSet<>();
    List<String> filter = new ArrayList<>();
    SortedSet<String> leftOut = new TreeSet<>();
    boolean good = !lines.isEmpty() && lines.get(0).equals(FIRST_LINE);
    for (String line : good ? lines.subList(1, lines.size()) : List.<String>of()) {
      int blank = line.indexOf(' ');
      String value = line.substring(blank + 1);
      try {
        switch (line.substring(0, Math.max(blank, 0))) {
          case "serial" -> serial = Long.parseLong(value);
          case "manifest" -> manifest = Optional.of(new Sha256(value));
          case "dropped" -> dropped.add(value);
          case "filter" -> filter.add(value);
          case "without" -> leftOut.add(TreePath.check(value));
          default -> good = false;
        }
      } catch (IllegalArgumentException e) {
        good = false;
      }
    }
    if (!good) {
      throw new IOException(
          file
              + " is damaged\n  nothing was changed; restore it, or begin a new copy in an empty"
              + " folder");
    }
    return new CopyNote(serial, manifest, dropped, filter, leftOut);
  }

  /** Writes it into a copy that is open for changes. */
  public void write(LocalTree copy) throws IOException {
    List<String> lines = new ArrayList<>(List.of(FIRST_LINE, "serial " + serial));
    manifest.ifPresent(digest -> lines.add("manifest " + digest));
    dropped.forEach(key -> lines.add("dropped " + key));
    filter.forEach(words -> lines.add("filter " + words));
    leftOut.forEach(path -> lines.add("without " + path));
    Path written = copy.scratch().resolve(NAME);
    AtomicFile.write(written, (String.join("\n", lines) + "\n").getBytes(UTF_8));
    Path work = copy.root().resolve(StoredTree.WORK);
    Files.move(written, work.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Whether the folder is a tree that is published to: it has work or a past of its own, and not
   * that of a copy.
   */
  public static boolean isPublishedTo(Path root) throws IOException {
    Path work = root.resolve(StoredTree.WORK);
    boolean tree =
        Files.exists(root.resolve(Manifest.PATH))
            || Files.exists(work.resolve(StoredTree.CHANGING));
    return tree && Files.isDirectory(work) && of(root).isEmpty();
  }

  /** Whether it wants a path of its manifest. */
  public boolean wants(String path) {
    return !leftOut.contains(path);
  }

  /** The same copy after another manifest was believed. */
  public CopyNote accept(
      Manifest before, Manifest next, Sha256 digest, List<String> words, Set<String> without) {
    Set<String> keys = new TreeSet<>(dropped);
    keys.addAll(before.keys());
    next.keys().forEach(keys::remove);
    return new CopyNote(
        next.serial(), Optional.of(digest), new TreeSet<>(keys), words, new TreeSet<>(without));
  }
}
