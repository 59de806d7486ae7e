package io.klts.repo.tree;

import io.klts.repo.blob.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.commons.io.function.IOFunction;

/**
 * A tree in a folder of this machine, to be looked at: nothing is written, and whoever changes it
 * meanwhile is not held up.
 */
public sealed class StoredTree permits LocalTree {

  /** The folder inside the tree for what is not published. */
  static final String WORK = ".klts";

  /** Is there while files are renamed: digests of those that the manifest does not list yet. */
  static final String CHANGING = "changing";

  private final Path root;
  private final Manifest manifest;
  private final List<String> changing;

  StoredTree(Path root) throws IOException {
    this.root = root;
    // In this order: a change ends with the manifest, and takes its note away after that.
    Path note = root.resolve(WORK).resolve(CHANGING);
    this.changing = Files.exists(note) ? Files.readAllLines(note) : List.of();
    Path file = root.resolve(Manifest.PATH);
    this.manifest =
        Files.exists(file)
            ? Manifest.parse(Files.readAllBytes(file), file.toString())
            : Manifest.empty();
  }

  /**
   * Looks at a tree, and looks again if it was changed meanwhile.
   *
   * @throws IOException if the folder is no tree, or {@code look} fails
   */
  public static <T> T look(Path root, IOFunction<StoredTree, T> look) throws IOException {
    while (true) {
      StoredTree tree = open(root);
      try {
        return look.apply(tree);
      } catch (IOException e) {
        StoredTree now = open(root);
        if (now.manifest.serial() == tree.manifest.serial() && now.changing.equals(tree.changing)) {
          throw e;
        }
      }
    }
  }

  private static StoredTree open(Path root) throws IOException {
    if (!Files.exists(root.resolve(Manifest.PATH)) && !Files.isDirectory(root.resolve(WORK))) {
      throw new IOException(root + " is not a published tree: it has no " + Manifest.PATH);
    }
    return new StoredTree(root);
  }

  /** The folder. */
  public final Path root() {
    return root;
  }

  /** What it was before. */
  public final Generations generations() {
    return Generations.in(root);
  }

  /** What was in the tree when it was opened. */
  public final Manifest manifest() {
    return manifest;
  }

  /**
   * The signature of the manifest, absent if it has none. A run that died may have left that of the
   * next manifest in its place; then it is the one that was kept.
   */
  public final Optional<Path> manifestSignature() {
    Path kept = generations().folder(manifest.serial()).resolve(Manifest.SIGNATURE_PATH);
    return unfinished() && Files.isRegularFile(kept)
        ? Optional.of(kept)
        : file(Manifest.SIGNATURE_PATH);
  }

  /** A file of the tree; absent if it is not there. */
  public final Optional<Path> file(String path) {
    Path file = root.resolve(TreePath.check(path));
    return Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
  }

  /**
   * A file of the tree that is as the manifest says, or as a run left it that died before it could
   * write the manifest. Absent if it was never there.
   *
   * @throws IOException if it was damaged, changed or taken away
   */
  public final Optional<Path> intact(String path) throws IOException {
    Manifest.Entry listed = manifest.entries().get(path);
    Optional<Path> file = file(path);
    if (file.isEmpty()) {
      if (listed == null) {
        return file;
      }
      throw damaged(path, "is missing; the manifest lists it");
    }
    Sha256 found = Sha256.of(file.get());
    boolean asListed = listed != null && listed.sha256().equals(found);
    if (!asListed && !changing.contains(found.hex())) {
      throw damaged(
          path,
          listed == null
              ? "is not in the manifest"
              : "has SHA-256 " + found + "; the manifest says " + listed.sha256());
    }
    return file;
  }

  private IOException damaged(String path, String fault) {
    return new IOException(
        root.resolve(path)
            + " "
            + fault
            + "\n  nothing was changed; restore the tree from a copy of it");
  }

  /**
   * Whether a run died while it put files in place, or is doing that now. Then files may be there
   * that the manifest does not know yet, and not all that are listed are what they were; the next
   * {@link LocalTree#put}, of what is {@link LocalTree#missing}, ends that.
   */
  public final boolean unfinished() {
    return !changing.isEmpty();
  }

  /** Who changes the tree now, as far as can be seen from here without asking for the lock. */
  public final Optional<String> running() throws IOException {
    return TreeLock.running(lockFile(root));
  }

  static Path lockFile(Path root) {
    return root.resolve(WORK).resolve("lock");
  }

  final List<String> changing() {
    return changing;
  }
}
