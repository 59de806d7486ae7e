package io.klts.repo.tree;

import io.klts.repo.blob.EmptyFolders;
import io.klts.repo.tree.Generations.Generation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which files only generations need that are old enough to go. Files that no generation ever had
 * are somebody else's and stay.
 *
 * @param dropped the generations that go
 * @param paths the files that go
 * @param bytes what they take on the disk
 */
public record Prune(List<Generation> dropped, List<String> paths, long bytes) {

  /** How many earlier generations stay in any case, unless somebody says otherwise. */
  public static final int KEEP = 3;

  /** For how many hours after its end a generation stays, unless somebody says otherwise. */
  public static final int KEEP_HOURS = 72;

  /**
   * Plans, and changes nothing.
   *
   * @param keep how many earlier generations stay in any case
   * @param age how long a generation stays after it was superseded: clients may be in the middle of
   *     an update
   */
  public static Prune plan(StoredTree tree, int keep, Duration age, Instant now)
      throws IOException {
    return plan(tree, tree.generations().all(), keep, age, now);
  }

  /**
   * Plans for a tree whose generations are known.
   *
   * @param all its generations, the newest first
   */
  public static Prune plan(
      StoredTree tree, List<Generation> all, int keep, Duration age, Instant now)
      throws IOException {
    return plan(tree, all, keep, age, now, new HashSet<>(tree.manifest().entries().keySet()));
  }

  /**
   * Plans for a copy, from which all goes that it leaves out now.
   *
   * @param note what the copy knows of itself
   */
  public static Prune plan(StoredTree copy, CopyNote note, int keep, Duration age, Instant now)
      throws IOException {
    Set<String> wanted = new HashSet<>(copy.manifest().entries().keySet());
    wanted.removeAll(note.leftOut());
    Prune prune = plan(copy, copy.generations().all(), keep, age, now, wanted);
    Set<String> paths = new TreeSet<>(prune.paths);
    long bytes = prune.bytes;
    for (String path : note.leftOut()) {
      Optional<Path> file = copy.file(path);
      if (file.isPresent() && paths.add(path)) {
        bytes += Files.size(file.get());
      }
    }
    return new Prune(prune.dropped, List.copyOf(paths), bytes);
  }

  private static Prune plan(
      StoredTree tree,
      List<Generation> all,
      int keep,
      Duration age,
      Instant now,
      Set<String> needed)
      throws IOException {
    List<Generation> dropped = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if (i < keep || all.get(i).superseded().isAfter(now.minus(age))) {
        needed.addAll(all.get(i).manifest().entries().keySet());
      } else {
        dropped.add(all.get(i));
      }
    }
    Set<String> paths = new TreeSet<>();
    for (Generation generation : dropped) {
      paths.addAll(generation.manifest().entries().keySet());
    }
    paths.removeAll(needed);
    long bytes = 0;
    for (String path : List.copyOf(paths)) {
      if (tree.file(path).isPresent()) {
        bytes += Files.size(tree.file(path).get());
      } else {
        paths.remove(path);
      }
    }
    return new Prune(dropped, List.copyOf(paths), bytes);
  }

  /** Deletes; a run that dies over it leaves the rest to the next one. */
  public void run(LocalTree tree) throws IOException {
    for (String path : paths) {
      if (Files.deleteIfExists(tree.root().resolve(path))) {
        EmptyFolders.delete(tree.root(), tree.root().resolve(path).getParent());
      }
    }
    for (Generation generation : dropped) {
      tree.generations().drop(tree, generation);
    }
  }
}
