package io.klts.repo.store;

import io.klts.repo.blob.AtomicFile;
import io.klts.repo.blob.DiskSync;
import io.klts.repo.blob.Parallel;
import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** A folder of this machine, or of another that is mounted here. */
final class FolderStore implements Store {

  private final Path root;
  private final Throttle throttle;
  private final int parallel;

  FolderStore(Path root, Limits limits) {
    this.root = root;
    this.throttle = new Throttle(limits.bytesPerSecond());
    this.parallel = limits.parallel();
  }

  @Override
  public Optional<byte[]> read(String path, int limit) throws IOException {
    Path file = root.resolve(path);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(limit + 1);
      if (bytes.length > limit) {
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
  public void put(Collection<TreeFile> files, Consumer<TreeFile> done) throws IOException {
    Parallel.map(
        parallel,
        files,
        file -> {
          put(file);
          done.accept(file);
          return file;
        });
    // A rename is on the disk when its folder is.
    DiskSync.force(
        files.stream()
            .map(file -> root.resolve(file.path()).getParent())
            .collect(Collectors.toSet()));
  }

  @Override
  public void putInOrder(List<TreeFile> files, Consumer<TreeFile> done) throws IOException {
    for (TreeFile file : files) {
      put(file);
      done.accept(file);
    }
  }

  private void put(TreeFile file) throws IOException {
    AtomicFile.write(
        root.resolve(file.path()),
        out -> {
          try (InputStream in = throttle.slow(file.content().open())) {
            in.transferTo(out);
          }
        });
  }

  @Override
  public void delete(Collection<String> paths) throws IOException {
    for (String path : paths) {
      Files.deleteIfExists(root.resolve(path));
      deleteEmpty(root.resolve(path).getParent());
    }
  }

  private void deleteEmpty(Path folder) throws IOException {
    for (Path one = folder; !one.equals(root); one = one.getParent()) {
      try {
        Files.delete(one);
      } catch (NoSuchFileException e) {
        // Deleted with another of its files.
      } catch (DirectoryNotEmptyException e) {
        return;
      }
    }
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
