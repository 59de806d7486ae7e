package io.klts.repo.deb;

import io.klts.repo.recipe.Content;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a package takes of the disk, as dpkg-gencontrol(1) reckons for Installed-Size: each file in
 * whole KiB, and one KiB for each directory down from the root, whether or not others have it too.
 */
final class InstalledSize {

  private static final long UNIT = 1024;

  private InstalledSize() {}

  /** In KiB. */
  static long of(List<Content> contents) throws IOException {
    Set<String> directories = new HashSet<>();
    long files = 0;
    for (Content content : contents) {
      addParents(directories, content.path());
      if (content instanceof Content.Directory) {
        directories.add(content.path());
      } else {
        files += (bytes(content) + UNIT - 1) / UNIT;
      }
    }
    return files + directories.size();
  }

  /** The last one is "", the root. */
  private static void addParents(Set<String> directories, String path) {
    for (int slash = path.lastIndexOf('/'); slash >= 0; slash = path.lastIndexOf('/', slash - 1)) {
      directories.add(path.substring(0, slash));
    }
  }

  private static long bytes(Content content) throws IOException {
    return content instanceof Content.Program program
        ? Files.size(program.binary().file())
        : ((Content.Text) content).blob().size();
  }
}
