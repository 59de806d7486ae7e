package io.klts.repo.tree;

import io.klts.repo.blob.AtomicFile;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a tree was before: for each earlier serial its manifest, and the files without which it
 * cannot be made again. Kept in the tree's own folder for work, which is not for mirrors.
 */
public final class Generations {

  /** An earlier state of the tree. */
  public static final class Generation {

    private final long serial;
    private final Instant superseded;
    private final Path folder;

    /** Years of states do not fit into memory, and most are never looked into. */
    private SoftReference<Manifest> manifest = new SoftReference<>(null);

    Generation(long serial, Instant superseded, Path folder) {
      this.serial = serial;
      this.superseded = superseded;
      this.folder = folder;
    }

    /** The serial under which it was published. */
    public long serial() {
      return serial;
    }

    /** When the next one took its place. */
    public Instant superseded() {
      return superseded;
    }

    /**
     * What it listed.
     *
     * @throws IOException if that is damaged, or was pruned since the generations were listed
     */
    public synchronized Manifest manifest() throws IOException {
      Manifest known = manifest.get();
      if (known == null) {
        Path file = folder.resolve(Manifest.PATH);
        known = Manifest.parse(read(file), file.toString());
        if (known.serial() != serial) {
          throw new IOException(
              file + ": it is damaged: it has the serial " + known.serial() + ", not " + serial);
        }
        manifest = new SoftReference<>(known);
      }
      return known;
    }

    private static byte[] read(Path file) throws IOException {
      try {
        return Files.readAllBytes(file);
      } catch (NoSuchFileException e) {
        throw new IOException(file + " was pruned meanwhile\n  run the same again", e);
      }
    }

    /** A file that was kept of it. */
    public Optional<Path> file(String path) {
      Path file = folder.resolve(TreePath.check(path));
      return Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
    }
  }

  private static final Pattern SERIAL = Pattern.compile("[1-9][0-9]{0,17}");

  private final Path folder;

  private Generations(Path folder) {
    this.folder = folder;
  }

  /** Those of the tree in a folder of this machine, whatever state that is in. */
  public static Generations in(Path root) {
    return new Generations(root.resolve(StoredTree.WORK).resolve("generations"));
  }

  /** Where the generation of a serial is, if it is kept. */
  Path folder(long serial) {
    return folder.resolve(Long.toString(serial));
  }

  /**
   * Writes beside the tree what it is now, for {@link #keep}; nothing if that is kept already.
   *
   * @param paths files without which it cannot be made again
   * @return the files that were written, which may not be on the disk yet
   */
  static List<Path> write(LocalTree tree, List<String> paths) throws IOException {
    List<Path> written = new ArrayList<>();
    long serial = tree.manifest().serial();
    if (serial == 0 || Files.exists(in(tree.root()).folder(serial).resolve(Manifest.PATH))) {
      return written;
    }
    Map<String, Path> files = new LinkedHashMap<>();
    for (String path : paths) {
      tree.intact(path).ifPresent(file -> files.put(path, file));
    }
    for (String path : List.of(Manifest.SIGNATURE_PATH, Manifest.PATH)) {
      tree.file(path).ifPresent(file -> files.put(path, file));
    }
    for (Map.Entry<String, Path> file : files.entrySet()) {
      Path target = written(tree).resolve(file.getKey());
      AtomicFile.writeUnforced(target, out -> Files.copy(file.getValue(), out));
      written.add(target);
    }
    return written;
  }

  /** Keeps what was written of the tree; called before it changes. */
  static void keep(LocalTree tree) throws IOException {
    if (Files.exists(written(tree))) {
      Path target = in(tree.root()).folder(tree.manifest().serial());
      Files.createDirectories(target.getParent());
      Files.move(written(tree), target, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private static Path written(LocalTree tree) {
    return tree.scratch().resolve("generation");
  }

  /** All that are kept, the newest first. */
  public List<Generation> all() throws IOException {
    List<Generation> all = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> folders = Files.list(folder)) {
        for (Path one : folders.toList()) {
          Path manifest = one.resolve(Manifest.PATH);
          if (SERIAL.matcher(one.getFileName().toString()).matches() && Files.exists(manifest)) {
            long serial = Long.parseLong(one.getFileName().toString());
            all.add(new Generation(serial, Files.getLastModifiedTime(manifest).toInstant(), one));
          }
        }
      }
    }
    all.sort(Comparator.comparing(Generation::serial).reversed());
    return all;
  }

  /**
   * The generation of a serial.
   *
   * @throws IOException if it is not kept; says which are
   */
  public Generation of(long serial) throws IOException {
    List<Generation> all = all();
    for (Generation generation : all) {
      if (generation.serial() == serial) {
        return generation;
      }
    }
    throw notKept(serial, all);
  }

  /**
   * The newest generation before a serial.
   *
   * @throws IOException if nothing was published before, or it is not kept any more
   */
  public Generation before(long serial) throws IOException {
    List<Generation> all = all();
    for (Generation generation : all) {
      if (generation.serial() < serial) {
        return generation;
      }
    }
    throw notKept(serial - 1, all);
  }

  private static IOException notKept(long serial, List<Generation> all) {
    String kept =
        all.stream()
            .map(generation -> Long.toString(generation.serial()))
            .collect(Collectors.joining(" "));
    return new IOException(
        "serial "
            + serial
            + " is not kept; there are: "
            + (kept.isEmpty() ? "none" : kept)
            + "\n  nothing was changed");
  }

  /** Forgets a generation: the tree throws it away with the rest of the work. */
  void drop(LocalTree tree, Generation generation) throws IOException {
    Path dropped = tree.scratch().resolve("dropped-" + generation.serial());
    Files.move(generation.folder, dropped, StandardCopyOption.ATOMIC_MOVE);
  }
}
