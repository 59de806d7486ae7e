package io.klts.repo.store;

import io.klts.repo.blob.AtomicFile;
import io.klts.repo.blob.DiskSync;
import io.klts.repo.blob.EmptyFolders;
import io.klts.repo.blob.IoReason;
import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.apache.commons.io.file.PathUtils;

/** A folder of this machine, or of another that is mounted here. */
final class FolderStore extends OneByOneStore {

  /** What a published tree has, and a copy of it never. */
  private static final String WORK = ".klts";

  private final Path root;

  /**
   * @throws RefusedException if it is no folder, or belongs to a tree: a copy would overwrite what
   *     it is made from
   */
  FolderStore(Path root, Limits limits) throws IOException {
    // A disk that failed once is not tried again: systems do that by themselves.
    super(limits.parallel(), 1, limits.bytesPerSecond());
    this.root = root;
    Path there = root;
    while (!Files.exists(there)) {
      there = there.getParent();
    }
    if (!Files.isDirectory(there)) {
      throw new RefusedException(there + " is a file; expected a folder for the copy");
    }
    for (Path one = there.toRealPath(); one != null; one = one.getParent()) {
      if (Files.isDirectory(one.resolve(WORK))) {
        throw new RefusedException(
            root
                + " is in the published tree "
                + one
                + ", which it would be a copy of; choose a folder outside of it");
      }
    }
  }

  @Override
  public Optional<byte[]> read(String path, int limit) throws IOException {
    Path file = root.resolve(path);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(limit);
      if (in.read() >= 0) {
        throw new IOException(file + " has more than the expected " + limit + " bytes");
      }
      return Optional.of(bytes);
    }
  }

  @Override
  public OptionalLong size(String path) throws IOException {
    Path file = root.resolve(path);
    return Files.isRegularFile(file) ? OptionalLong.of(Files.size(file)) : OptionalLong.empty();
  }

  @Override
  void emptyUploads() throws IOException {
    try {
      Files.createDirectories(root);
      removeUploads();
      Files.createDirectory(root.resolve(UPLOADS));
    } catch (IOException e) {
      throw new RefusedException("cannot write into " + root + ": " + IoReason.of(e));
    }
  }

  @Override
  void put(TreeFile file, String name, Throttle throttle) throws IOException {
    Path beside = root.resolve(name);
    Path target = root.resolve(file.path());
    try (Sending in = new Sending(file, throttle)) {
      AtomicFile.writeNew(beside, in::transferTo);
      DiskSync.force(List.of(beside));
      Files.createDirectories(target.getParent());
      Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(beside);
    }
  }

  /** A rename is on the disk when its folder is. */
  @Override
  void settle(Collection<TreeFile> files) throws IOException {
    DiskSync.force(
        files.stream()
            .map(file -> root.resolve(file.path()).getParent())
            .collect(Collectors.toSet()));
  }

  @Override
  public void delete(Collection<String> paths) throws IOException {
    for (String path : paths) {
      Files.deleteIfExists(root.resolve(path));
      EmptyFolders.delete(root, root.resolve(path).getParent());
    }
  }

  @Override
  void removeUploads() throws IOException {
    if (Files.exists(root.resolve(UPLOADS))) {
      PathUtils.deleteDirectory(root.resolve(UPLOADS));
    }
  }

  @Override
  void disconnect() {
    // Nothing is open.
  }
}
