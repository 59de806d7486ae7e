package io.klts.repo.tree;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.klts.repo.blob.AtomicFile;
import io.klts.repo.blob.DiskSync;
import io.klts.repo.blob.IoReason;
import io.klts.repo.blob.Parallel;
import io.klts.repo.blob.Sha256;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.commons.io.FileUtils;
import org.apache.commons.io.file.PathUtils;
import org.apache.commons.io.function.IORunnable;

/**
 * A tree in a folder of this machine, open for changes: nobody else changes it until it is closed.
 * Work in progress lies in {@code .klts/} inside the tree, on the same file system, and is thrown
 * away at the next opening if a run died over it.
 */
public final class LocalTree extends StoredTree implements AutoCloseable {

  private static final Comparator<TreeFile> ORDER =
      Comparator.comparing(TreeFile::stage).thenComparing(TreeFile::path, StageOrder.ROOTS);

  /** In the folder for work: files that will be moved into the tree. */
  private static final String STAGED = "staged";

  private final TreeLock lock;
  private final Path scratch;

  private LocalTree(Path root, TreeLock lock, Path scratch) throws IOException {
    super(root);
    this.lock = lock;
    this.scratch = scratch;
  }

  /**
   * Opens a tree, or begins one in a folder that is empty or missing.
   *
   * @param patience how long to wait while another run changes it
   * @param waiting is told once who that is
   * @throws IOException if the folder cannot be written, holds something else, is of a newer format
   *     or stays locked
   */
  public static LocalTree open(Path root, Duration patience, Consumer<String> waiting)
      throws IOException {
    checkUsable(root);
    checkFormat(root);
    TreeLock lock = TreeLock.acquire(lockFile(root), patience, waiting);
    try {
      Path scratch = root.resolve(WORK).resolve("scratch");
      if (Files.exists(scratch)) {
        PathUtils.deleteDirectory(scratch);
      }
      LocalTree tree = new LocalTree(root, lock, scratch);
      Files.createDirectories(scratch);
      return tree;
    } catch (IOException e) {
      lock.close();
      throw e;
    }
  }

  /**
   * Refuses a folder that could not be opened.
   *
   * @throws IOException if it cannot be written or holds something else
   */
  public static void checkUsable(Path root) throws IOException {
    if (Files.isSymbolicLink(root) && !Files.exists(root)) {
      throw new IOException(root + " is a symbolic link that leads nowhere; make its target first");
    }
    Path existing = root.toAbsolutePath();
    while (!Files.exists(existing)) {
      existing = existing.getParent();
    }
    if (!Files.isDirectory(existing) || !Files.isWritable(existing)) {
      throw new IOException(
          root
              + " cannot be written: "
              + existing
              + " is not a folder that this user may write to");
    }
    if (Files.exists(root)
        && !Files.exists(root.resolve(Manifest.PATH))
        && !Files.exists(root.resolve(WORK))
        && !PathUtils.isEmptyDirectory(root)) {
      throw new IOException(
          root + " is neither empty nor a tree of this program; give a new folder");
    }
  }

  /** Before the lock, whose file would be the first change of a tree that is not for us. */
  private static void checkFormat(Path root) throws IOException {
    Path file = root.resolve(Manifest.PATH);
    if (Files.exists(file)) {
      Manifest.checkFormat(file);
    }
  }

  /** A folder for files that later runs shall find, which may be missing. */
  public Path lasting(String name) {
    return root().resolve(WORK).resolve(name);
  }

  /** An existing folder for files on their way into the tree. */
  public Path scratch() {
    return scratch;
  }

  /** Which of the files are not in the tree as they should be. */
  public List<TreeFile> missing(List<TreeFile> files) throws IOException {
    List<TreeFile> missing = new ArrayList<>();
    for (TreeFile file : files) {
      Path there = root().resolve(file.path());
      if (!manifest().has(file)
          || !hasSize(file.path(), file.content().size())
          || (unfinished() && !Sha256.of(there).equals(file.sha256()))) {
        missing.add(file);
      }
    }
    return missing;
  }

  /** Whether a file is there, with so many bytes. */
  public boolean hasSize(String path, long size) {
    File there = root().resolve(path).toFile();
    // The length of a file that is not there is 0, without an exception.
    return there.length() == size && there.isFile();
  }

  /**
   * Puts files into the tree, stage by stage, and inside a stage in the order of {@link
   * StageOrder}. All bytes are on the disk before the first file becomes visible.
   *
   * @param kept files that the present generation cannot be made again without
   * @param admission runs beside the writing; if it fails, nothing becomes visible
   */
  public void put(List<TreeFile> files, List<String> kept, IORunnable admission)
      throws IOException {
    Map<String, Path> staged = new HashMap<>();
    Parallel.run(
        List.of(admission, () -> staged.putAll(stage(files, kept, Map.of()))), IORunnable::run);
    put(files, staged);
  }

  /**
   * Puts files into the tree as {@link #put} does, of which some lie below its folder for work
   * already: these are moved and not written again.
   *
   * @param lying where content lies, by its digest
   */
  public void adopt(List<TreeFile> files, Map<Sha256, Path> lying) throws IOException {
    put(files, stage(files, List.of(), lying));
  }

  private void put(List<TreeFile> unordered, Map<String, Path> staged) throws IOException {
    List<TreeFile> files = unordered.stream().sorted(ORDER).toList();
    Generations.keep(this);
    Path note = root().resolve(WORK).resolve(CHANGING);
    List<String> digests = new ArrayList<>(changing());
    files.stream()
        .filter(file -> file.stage() != Stage.PAYLOAD)
        .forEach(file -> digests.add(file.sha256().hex()));
    Path written = scratch.resolve(CHANGING);
    AtomicFile.write(written, (String.join("\n", digests) + "\n").getBytes(US_ASCII));
    Files.move(written, note, StandardCopyOption.ATOMIC_MOVE);
    try {
      show(files, staged);
      Files.delete(note);
    } catch (IOException e) {
      throw new IOException(
          "the change of "
              + root()
              + " stopped half-way: "
              + IoReason.of(e)
              + "\n  nothing was lost, and clients that had the tree go on with it; see to the cause"
              + " and run the same again, which finishes the change",
          e);
    }
  }

  /**
   * Writes all files beside the tree: each content once and only if it does not lie there, under
   * its other names it is linked, where the disk can. Also what is kept of the present generation,
   * unless that is not whole, because an earlier run died over it.
   *
   * @return where each file is, by its path
   */
  private Map<String, Path> stage(List<TreeFile> files, List<String> kept, Map<Sha256, Path> lying)
      throws IOException {
    Path folder = Files.createDirectories(scratch.resolve(STAGED));
    Map<Sha256, Path> contents = new HashMap<>();
    Map<String, Path> staged = new HashMap<>();
    List<TreeFile> written = new ArrayList<>();
    List<Path> forced = new ArrayList<>();
    for (TreeFile file : files) {
      Path target = folder.resolve(Integer.toString(staged.size()));
      Path there = lying.get(file.sha256());
      boolean first = !contents.containsKey(file.sha256());
      if (first && there != null) {
        target = there;
        forced.add(there);
      } else if (first) {
        written.add(file);
      }
      staged.put(file.path(), target);
      contents.putIfAbsent(file.sha256(), target);
    }
    forced.addAll(Parallel.map(written, file -> write(file, staged.get(file.path()))));
    if (!unfinished()) {
      forced.addAll(Generations.write(this, kept));
    }
    if (!forced.isEmpty()) {
      DiskSync.force(forced);
    }
    for (TreeFile file : files) {
      Path target = staged.get(file.path());
      Path first = contents.get(file.sha256());
      if (!target.equals(first)) {
        link(file, first, target);
      }
    }
    return staged;
  }

  private static Path write(TreeFile file, Path target) throws IOException {
    AtomicFile.writeNew(target, file.content()::writeTo);
    return target;
  }

  private static void link(TreeFile file, Path written, Path target) throws IOException {
    try {
      Files.createLink(target, written);
    } catch (UnsupportedOperationException | FileSystemException e) {
      DiskSync.force(List.of(write(file, target)));
    }
  }

  private void show(List<TreeFile> files, Map<String, Path> staged) throws IOException {
    Set<Path> folders = new LinkedHashSet<>();
    for (TreeFile file : files) {
      show(staged.get(file.path()), root().resolve(file.path()), folders);
    }
    // A rename is on the disk when its folder is.
    DiskSync.force(folders);
  }

  private static void show(Path from, Path to, Set<Path> folders) throws IOException {
    if (folders.add(to.getParent())) {
      Files.createDirectories(to.getParent());
    }
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Throws away what is left of the work and lets others in. What cannot be thrown away is left to
   * the next opening: the change is done.
   */
  @Override
  public void close() throws IOException {
    try {
      // Mostly all has moved away, and looking for more would begin with the start of a library.
      Files.deleteIfExists(scratch.resolve(STAGED));
      Files.delete(scratch);
    } catch (IOException e) {
      FileUtils.deleteQuietly(scratch.toFile());
    }
    lock.close();
  }
}
