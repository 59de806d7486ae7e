package io.klts.repo.store;

import io.klts.repo.tree.TreeFile;
import java.util.ArrayList;
import java.util.List;

/**
 * Which files rsync can be given in one run so that they change in the order wanted: with {@code
 * --delay-updates} it renames all of them at the end, sorted by name. Where the order wanted is
 * another, a new run begins.
 *
 * <p>A document and its signature are the exception: they belong together, {@code x.asc} before
 * {@code x}. In one run they change the other way round, but within the same moment; two runs would
 * have a connection between.
 */
final class RsyncOrder {

  private static final String SIGNATURE = ".asc";

  private RsyncOrder() {}

  /** The files in as many runs as it takes; the last file is in the last run. */
  static List<List<TreeFile>> runs(List<TreeFile> files) {
    List<List<TreeFile>> runs = new ArrayList<>();
    String last = null;
    for (int i = 0; i < files.size(); i++) {
      boolean pair =
          i + 1 < files.size() && files.get(i).path().equals(files.get(i + 1).path() + SIGNATURE);
      List<TreeFile> unit = files.subList(i, pair ? i + 2 : i + 1);
      String first = unit.get(unit.size() - 1).path();
      if (last == null || !isBefore(last, first)) {
        runs.add(new ArrayList<>());
      }
      runs.get(runs.size() - 1).addAll(unit);
      last = unit.get(0).path();
      i += pair ? 1 : 0;
    }
    return runs;
  }

  /**
   * Whether rsync surely has one path before another: files before folders, each by their bytes. Of
   * folders of which one's name begins with the other's, it is not told here.
   */
  static boolean isBefore(String one, String other) {
    String[] a = one.split("/", -1);
    String[] b = other.split("/", -1);
    int i = 0;
    while (i < a.length && i < b.length && a[i].equals(b[i])) {
      i++;
    }
    if (i == a.length || i == b.length) {
      return false;
    }
    boolean file = i == a.length - 1;
    boolean otherFile = i == b.length - 1;
    if (file != otherFile) {
      return file;
    }
    boolean begins = a[i].startsWith(b[i]) || b[i].startsWith(a[i]);
    return (file || !begins) && a[i].compareTo(b[i]) < 0;
  }
}
