package io.klts.repo.publish;

import io.klts.repo.blob.Blob;
import io.klts.repo.blob.Sha256;
import io.klts.repo.catalogue.Identity;
import io.klts.repo.catalogue.Minor;
import io.klts.repo.repository.Repository;
import io.klts.repo.tree.LocalTree;
import io.klts.repo.tree.Manifest;
import io.klts.repo.tree.Stage;
import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The next state of a tree in the making: what its manifest will list, and the files that have to
 * be there for it. What stays as it is comes from the manifest that the tree has.
 */
final class Draft {

  private final LocalTree tree;
  private final List<TreeFile> files = new ArrayList<>();
  private final NavigableMap<String, Manifest.Entry> entries = new TreeMap<>();

  Draft(LocalTree tree) {
    this.tree = tree;
  }

  /** Adds a file, whether or not the tree has it already. */
  void add(TreeFile file) {
    offer(file);
    list(file.path(), Manifest.Entry.of(file));
  }

  /** Adds the file of a package, which is listed if the state still has it in the end. */
  void offer(TreeFile file) {
    files.add(file);
  }

  /** Lists what is there already, or was offered. */
  void list(String path, Manifest.Entry entry) {
    entries.put(path, entry);
  }

  private void payload(String path, Sha256 sha256, long size) {
    list(path, new Manifest.Entry(sha256, size, Stage.PAYLOAD));
  }

  /** Lists all packages that the tree has. */
  void keepPackages() {
    tree.manifest()
        .entries()
        .forEach(
            (path, entry) -> {
              if (Repository.isOfPackage(path)) {
                list(path, entry);
              }
            });
  }

  /** Lists a package and, where there is one, its changelog. */
  void keepPackage(String path, Sha256 sha256, long size) throws IOException {
    payload(path, sha256, size);
    String changelog = path.endsWith(".deb") ? Repository.changelogPath(path) : "";
    if (!changelog.isEmpty() && !entries.containsKey(changelog)) {
      Optional<Path> there = tree.file(changelog);
      if (there.isPresent()) {
        payload(changelog, Sha256.of(there.get()), Files.size(there.get()));
      }
    }
  }

  /** Lists those files of the state that the tree has. */
  void keepState(Map<String, Sha256> unchanged) throws IOException {
    for (Map.Entry<String, Sha256> file : unchanged.entrySet()) {
      Optional<Path> there = tree.file(file.getKey());
      if (there.isPresent()) {
        payload(file.getKey(), file.getValue(), Files.size(there.get()));
      }
    }
  }

  /**
   * Lists the indexes of a channel that the tree has; false if they must be rendered.
   *
   * @param signing fingerprints of the keys that sign the tree now
   */
  boolean keepChannel(Identity identity, Minor minor, List<String> signing) {
    SortedMap<String, Manifest.Entry> before = tree.manifest().entries();
    NavigableMap<String, Manifest.Entry> kept = new TreeMap<>();
    for (String folder : Repository.indexFolders(minor)) {
      // All paths that begin with the folder: '0' follows '/' in ASCII.
      kept.putAll(before.subMap(folder + "/", folder + "0"));
    }
    String errata = Repository.errata(identity, minor);
    if (before.containsKey(errata)) {
      kept.put(errata, before.get(errata));
    }
    boolean complete =
        tree.manifest().keys().equals(signing)
            && Repository.roots(minor).stream().allMatch(kept::containsKey);
    if (complete) {
      entries.putAll(kept);
    }
    return complete;
  }

  /**
   * Lists the time stamp that is there: as long as nothing else changes, neither does its serial.
   */
  void keepTimestamp() throws IOException {
    Manifest.Entry entry = tree.manifest().entries().get(Timestamp.PATH);
    Optional<Path> file = tree.file(Timestamp.PATH);
    if (entry != null && file.isPresent()) {
      TreeFile present =
          new TreeFile(Timestamp.PATH, Stage.ROOT, Blob.of(file.get()), entry.sha256());
      if (tree.missing(List.of(present)).isEmpty()) {
        list(Timestamp.PATH, entry);
      }
    }
  }

  /** What is listed up to now. */
  NavigableMap<String, Manifest.Entry> entries() {
    return Collections.unmodifiableNavigableMap(entries);
  }

  /** The files that the tree does not have as they should be. */
  List<TreeFile> missing() throws IOException {
    return tree.missing(files);
  }

  /**
   * The manifest.
   *
   * @param keys fingerprints of those that sign
   */
  Manifest manifest(long serial, Optional<Instant> validUntil, List<String> keys) {
    return new Manifest(serial, validUntil, keys, entries);
  }
}
