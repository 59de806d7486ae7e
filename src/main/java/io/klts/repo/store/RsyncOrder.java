package io.klts.repo.store;

import io.klts.repo.tree.StageOrder;
import io.klts.repo.tree.TreeFile;
import java.util.ArrayList;
import java.util.List;

/**
 * Which files rsync can be given in one run so that they change in the order wanted: with {@code
 * --delay-updates} it renames all of them at the end, sorted by name. Where the order wanted is
 * another, a new run begins.
 *
 * <p>Files of one folder that follow each other are the exception, such as {@code repomd.xml.asc}
 * and {@code repomd.xml}: they belong together. In one run they change sorted by name, but within
 * the same moment; two runs would have a connection between.
 */
final class RsyncOrder {

  private RsyncOrder() {}

  /** The files in as many runs as it takes; the last file is in the last run. */
  static List<List<TreeFile>> runs(List<TreeFile> files) {
    List<List<TreeFile>> runs = new ArrayList<>();
    String last = null;
    for (TreeFile file : files) {
      String path = file.path();
      if (last == null
          || !(StageOrder.folder(last).equals(StageOrder.folder(path)) || isBefore(last, path))) {
        runs.add(new ArrayList<>());
      }
      runs.get(runs.size() - 1).add(file);
      last = path;
    }
    return runs;
  }

  /**
   * Whether rsync surely has a path before one of another folder: files before folders, folders by
   * their bytes. Of folders of which one's name begins with the other's, it is not told here.
   */
  private static boolean isBefore(String one, String other) {
    String[] a = one.split("/", -1);
    String[] b = other.split("/", -1);
    int i = 0;
    while (i < a.length && i < b.length && a[i].equals(b[i])) {
      i++;
    }
    if (i == a.length - 1) {
      return i < b.length - 1;
    }
    return i < b.length - 1
        && !a[i].startsWith(b[i])
        && !b[i].startsWith(a[i])
        && a[i].compareTo(b[i]) < 0;
  }
}
