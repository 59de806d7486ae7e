package io.klts.repo.source;

import io.klts.repo.blob.Sha256;
import io.klts.repo.tree.CopyNote;
import io.klts.repo.tree.Generations;
import io.klts.repo.tree.Generations.Generation;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** A tree in a folder of this machine. */
public final class FolderSource implements TreeSource {

  private static final String WORK = ".klts";

  private final Path root;

  /**
   * A folder.
   *
   * @throws IOException if it is not there
   */
  public FolderSource(Path root) throws IOException {
    if (!Files.isDirectory(root)) {
      throw new IOException(root + " is not a folder; give that of a published tree, or its URL");
    }
    this.root = root;
  }

  /** Only plain files: a pipe would block for ever, and a link is not part of a tree. */
  @Override
  public Optional<InputStream> open(String path) throws IOException {
    Path file = root.resolve(path);
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        ? Optional.of(Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS))
        : Optional.empty();
  }

  @Override
  public Optional<Tail> open(String path, long from) throws IOException {
    Optional<InputStream> in = open(path);
    if (in.isPresent()) {
      in.get().skipNBytes(from);
    }
    return in.map(rest -> new Tail(from, rest));
  }

  @Override
  public Set<String> leftOut() throws IOException {
    Optional<CopyNote> note = CopyNote.of(root);
    return note.isPresent() ? note.get().leftOut() : Set.of();
  }

  @Override
  public Optional<SortedMap<String, Kind>> list() throws IOException {
    SortedMap<String, Kind> names = new TreeMap<>();
    Files.walkFileTree(root, new Names(names));
    return Optional.of(names);
  }

  @Override
  public Map<String, Sha256> earlier() throws IOException {
    Map<String, Sha256> files = new HashMap<>();
    for (Generation generation : Generations.in(root).all()) {
      generation.manifest().entries().forEach((path, e) -> files.putIfAbsent(path, e.sha256()));
    }
    return files;
  }

  /** For messages. */
  @Override
  public String toString() {
    return root.toString();
  }

  @Override
  public boolean isRemote() {
    return false;
  }

  private final class Names extends SimpleFileVisitor<Path> {
    private final SortedMap<String, Kind> names;

    Names(SortedMap<String, Kind> names) {
      this.names = names;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      return folder.equals(root.resolve(WORK))
          ? FileVisitResult.SKIP_SUBTREE
          : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      String name = root.relativize(file).toString().replace(File.separatorChar, '/');
      names.put(name, attributes.isRegularFile() ? Kind.FILE : Kind.OTHER);
      return FileVisitResult.CONTINUE;
    }
  }
}
