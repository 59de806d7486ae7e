package io.klts.repo.store;

import io.klts.repo.blob.AtomicFile;
import io.klts.repo.blob.Parallel;
import io.klts.repo.blob.Sha256;
import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Files laid out for a program that sends a folder. Each has been digested there, and so is what
 * was listed; afterwards it is asked whether it still is the file that was digested.
 *
 * <p>A file of the tree has a second name here. Where the system allows no second name, across
 * disks or for the files of others, a link stands for it.
 */
final class StagedFiles {

  private final Path folder;
  private final List<Staged> files;

  private StagedFiles(Path folder, List<Staged> files) {
    this.folder = folder;
    this.files = files;
  }

  /**
   * Lays files out.
   *
   * @throws RefusedException if one is not what was listed
   */
  static StagedFiles in(Path folder, Collection<TreeFile> files) throws IOException {
    List<Staged> staged = new ArrayList<>();
    for (TreeFile file : files) {
      Path place = folder.resolve(file.path());
      Files.createDirectories(place.getParent());
      if (file.content().file().isPresent()) {
        link(place, file.content().file().get().toAbsolutePath());
      } else {
        AtomicFile.writeNew(place, file.content()::writeTo);
      }
      staged.add(new Staged(file, place, Identity.of(place)));
    }
    Parallel.run(staged, Staged::assertListed);
    return new StagedFiles(folder, staged);
  }

  private static void link(Path place, Path file) throws IOException {
    try {
      Files.createLink(place, file);
    } catch (IOException | UnsupportedOperationException e) {
      Files.createSymbolicLink(place, file);
    }
  }

  Path folder() {
    return folder;
  }

  /**
   * Asked when all is sent.
   *
   * @throws RefusedException if a file became another one since it was digested
   */
  void assertUnchanged() throws IOException {
    for (Staged one : files) {
      if (!Identity.of(one.place).equals(one.identity)) {
        throw Sending.changed(one.file);
      }
    }
  }

  private record Staged(TreeFile file, Path place, Identity identity) {

    void assertListed() throws IOException {
      if (Files.size(place) != file.content().size() || !Sha256.of(place).equals(file.sha256())) {
        throw Sending.changed(file);
      }
    }
  }

  /** What does not stay the same when somebody writes to a file, or puts another in its place. */
  private record Identity(Object key, long size, FileTime written) {

    static Identity of(Path place) throws IOException {
      BasicFileAttributes now = Files.readAttributes(place, BasicFileAttributes.class);
      return new Identity(now.fileKey(), now.size(), now.lastModifiedTime());
    }
  }
}
