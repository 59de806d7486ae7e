package io.klts.repo.gate;

import io.klts.repo.blob.Blob;
import io.klts.repo.blob.Sha256;
import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A tree as it would be, with what the rules have in common. Used by several threads. */
final class Proposal {

  private final View view;
  private final Map<String, TreeFile> changes = new LinkedHashMap<>();

  /** A content may be there under two names. */
  private final Map<Blob, Sha256> digests = Collections.synchronizedMap(new IdentityHashMap<>());

  private final Queue<Finding> findings = new ConcurrentLinkedQueue<>();

  Proposal(View view) {
    this.view = view;
    view.changes().forEach(file -> changes.put(file.path(), file));
  }

  /** What changes, by path, in the order of the publication. */
  Map<String, TreeFile> changes() {
    return changes;
  }

  boolean changes(String path) {
    return changes.containsKey(path);
  }

  /** Whether there will be such a file. */
  boolean has(String path) {
    return changes.containsKey(path) || view.paths().contains(path);
  }

  Iterable<String> paths() {
    return view.paths();
  }

  /**
   * The paths below a folder.
   *
   * @param folder with a slash at its end
   */
  Iterable<String> paths(String folder) {
    // '0' follows '/' in ASCII.
    return view.paths().subSet(folder, folder.replaceFirst("/$", "0"));
  }

  /** A file, changed or not. */
  Optional<Blob> file(String path) throws IOException {
    TreeFile changed = changes.get(path);
    return changed != null ? Optional.of(changed.content()) : present(path);
  }

  /** A file as clients have it now. */
  Optional<Blob> present(String path) throws IOException {
    return view.present(path);
  }

  /** The digest of a file that changes, from its bytes. */
  Sha256 sha256(String path) throws IOException {
    Blob blob = changes.get(path).content();
    Sha256 known = digests.get(blob);
    if (known == null) {
      known = Sha256.of(blob);
      digests.put(blob, known);
    }
    return known;
  }

  void report(Rule rule, String path, String expected, String found) {
    findings.add(new Finding(rule, path, expected, found));
  }

  /** Reports unless something is as it must be. */
  void require(boolean good, Rule rule, String path, String expected, String found) {
    if (!good) {
      report(rule, path, expected, found);
    }
  }

  void reportAll(List<Finding> more) {
    findings.addAll(more);
  }

  /** What was reported until now, in the order of the paths. */
  List<Finding> findings() {
    return findings.stream().sorted(Comparator.comparing(Finding::path)).toList();
  }
}
