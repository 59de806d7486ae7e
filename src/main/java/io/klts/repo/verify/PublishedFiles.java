package io.klts.repo.verify;

import io.klts.repo.blob.Parallel;
import io.klts.repo.blob.Sha256;
import io.klts.repo.source.BoundedInput;
import io.klts.repo.source.TreeSource;
import io.klts.repo.tree.Manifest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The files that the manifest lists, read with its bounds, and which of them were referred to. */
final class PublishedFiles {

  /** Where each mirror may note what it did, as mirrors of Debian do. */
  private static final String TRACES = "project/trace/";

  /** Of a file that is held in memory: a signature, a root, a definition. */
  private static final int LARGEST_SMALL = 16 << 20;

  private static final int THREADS = 4;

  private final TreeSource source;
  private final Manifest manifest;
  private final SortedMap<String, Manifest.Entry> present;
  private final Problems problems;
  private final AtomicInteger missing = new AtomicInteger();
  private final Set<String> referred = ConcurrentHashMap.newKeySet();

  /**
   * @param leftOut files that are listed and not expected to be there
   */
  PublishedFiles(TreeSource source, Manifest manifest, Set<String> leftOut, Problems problems) {
    this.source = source;
    this.present = new TreeMap<>(manifest.entries());
    this.present.keySet().removeAll(leftOut);
    this.manifest = manifest;
    this.problems = problems;
  }

  /** Those that should be there. */
  SortedMap<String, Manifest.Entry> entries() {
    return present;
  }

  /** How many were not there when their contents were checked. */
  int missing() {
    return missing.get();
  }

  /** How many are listed in all. */
  int count() {
    return manifest.entries().size();
  }

  /** Whether a file is listed, and should not be there. */
  boolean leavesOut(String path) {
    return manifest.entries().containsKey(path) && !present.containsKey(path);
  }

  Problems problems() {
    return problems;
  }

  /** Reads each file once and compares it with what the manifest says. */
  void checkContents() throws IOException {
    Parallel.map(
        THREADS,
        entries().entrySet(),
        listed -> {
          checkName(listed.getKey(), listed.getValue());
          checkContent(listed.getKey(), listed.getValue());
          return listed;
        });
  }

  private void checkName(String path, Manifest.Entry entry) {
    Optional<Layout> kind = Layout.of(path);
    if (kind.isEmpty()) {
      problems.fault(
          path, "only files of a published tree", "an unknown kind of file", Problems.REPORT);
      return;
    }
    if (kind.get().stage() != entry.stage()) {
      problems.fault(
          path,
          "stage " + kind.get().stage() + " in the manifest",
          entry.stage().toString(),
          Problems.REPORT);
    }
    Optional<String> digest = kind.get().digest(path);
    if (digest.isPresent() && !digest.get().equals(entry.sha256().hex())) {
      problems.fault(
          path,
          "the SHA-256 of its name",
          entry.sha256().hex() + " in the manifest",
          Problems.REPORT);
    }
  }

  private void checkContent(String path, Manifest.Entry entry) {
    try (InputStream in = source.open(path).orElse(null)) {
      if (in == null) {
        problems.fault(path, "the file that the manifest lists", "no such file", Problems.RESTORE);
        missing.incrementAndGet();
        return;
      }
      BoundedInput bytes = new BoundedInput(in, entry.size(), "");
      bytes.drain();
      if (bytes.count() < entry.size()) {
        problems.fault(path, entry.size() + " bytes", bytes.count() + " bytes", Problems.RESTORE);
        return;
      }
      Sha256 found = bytes.sha256();
      if (!found.equals(entry.sha256())) {
        problems.fault(path, "SHA-256 " + entry.sha256(), found.hex(), Problems.RESTORE);
      }
    } catch (IOException e) {
      problems.unreadable(path, "a file of " + entry.size() + " bytes", e);
    }
  }

  /** Names that the manifest does not have; says how many are harmless. */
  int checkOrphans() throws IOException {
    int older = 0;
    Map<String, Sha256> earlier = earlier();
    for (Map.Entry<String, TreeSource.Kind> name :
        source.list().orElseGet(java.util.Collections::emptySortedMap).entrySet()) {
      String path = name.getKey();
      boolean known =
          manifest.entries().containsKey(path)
              || path.startsWith(TRACES)
              || path.equals(Manifest.PATH)
              || path.equals(Manifest.SIGNATURE_PATH);
      if (name.getValue() != TreeSource.Kind.FILE) {
        problems.fault(path, "a plain file", "a link or another special file", "remove it");
      } else if (!known && isOlder(path, earlier)) {
        older++;
      } else if (!known) {
        problems.fault(
            path, "no file that the manifest does not list", "one", "remove it, or publish it");
      }
    }
    return older;
  }

  private Map<String, Sha256> earlier() {
    try {
      return source.earlier();
    } catch (IOException e) {
      problems.unreadable(".klts/generations", "manifests of earlier states", e);
      return Map.of();
    }
  }

  /**
   * Files that hold what their name says, or what an earlier state listed, stay for clients that
   * are behind.
   */
  private boolean isOlder(String path, Map<String, Sha256> earlier) throws IOException {
    Optional<String> digest =
        Layout.of(path)
            .flatMap(kind -> kind.digest(path))
            .or(() -> Optional.ofNullable(earlier.get(path)).map(Sha256::hex));
    if (digest.isEmpty()) {
      return false;
    }
    try (InputStream in = source.open(path).orElse(InputStream.nullInputStream())) {
      return Sha256.of(in).hex().equals(digest.get());
    }
  }

  /** Whether the manifest lists a file; if so, it is referred to. */
  boolean refer(String path) {
    referred.add(path);
    return manifest.entries().containsKey(path);
  }

  /**
   * Notes that {@code from} names a file with some size and digest, and compares them with the
   * manifest's.
   *
   * @return whether it is as it should be
   */
  boolean refer(String from, String path, long size, String sha256) {
    if (!refer(path)) {
      problems.fault(from, "only names of files that the manifest lists", path, "reindex the tree");
      return false;
    }
    Manifest.Entry entry = manifest.entries().get(path);
    if (entry.size() != size || !entry.sha256().hex().equals(sha256)) {
      problems.fault(
          from,
          path + " with " + entry.size() + " bytes and SHA-256 " + entry.sha256(),
          size + " bytes and " + sha256,
          "reindex the tree");
      return false;
    }
    return true;
  }

  /** What no index names: clients never find it. */
  void checkReferred() {
    for (String path : entries().keySet()) {
      if (Layout.of(path).filter(Layout::isReferred).isPresent() && !referred.contains(path)) {
        problems.fault(path, "an index that names it", "none", "reindex the tree");
      }
    }
  }

  /** Opens a listed file, of which no more can be read than the manifest says. */
  Optional<InputStream> open(String path) throws IOException {
    Manifest.Entry entry = entries().get(path);
    if (entry == null) {
      return Optional.empty();
    }
    return source.open(path).map(in -> new BoundedInput(in, entry.size(), ""));
  }

  /** A small file; empty if it is not there or not as listed, which is reported then. */
  Optional<byte[]> read(String path) {
    Manifest.Entry entry = entries().get(path);
    if (entry == null) {
      problems.fault(path, "the file, listed in the manifest", "none", "reindex the tree");
      return Optional.empty();
    }
    if (entry.size() > LARGEST_SMALL) {
      problems.fault(path, "a small file", entry.size() + " bytes", Problems.RESTORE);
      return Optional.empty();
    }
    try {
      Optional<byte[]> bytes = source.read(path, (int) entry.size());
      // Missing or other bytes are reported where the contents are checked.
      return bytes.filter(b -> Sha256.of(b).equals(entry.sha256()));
    } catch (IOException e) {
      problems.unreadable(path, "a file of " + entry.size() + " bytes", e);
      return Optional.empty();
    }
  }

  /**
   * Keeps a listed file in a folder, under its digest; empty if it is not there or not as listed.
   */
  Optional<Path> save(String path, Path folder) throws IOException {
    Optional<InputStream> opened = open(path);
    if (opened.isEmpty()) {
      return Optional.empty();
    }
    Sha256 listed = entries().get(path).sha256();
    Path file = folder.resolve(listed.hex());
    try (InputStream in = opened.get()) {
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
    }
    return Sha256.of(file).equals(listed) ? Optional.of(file) : Optional.empty();
  }

  static InputStream open(byte[] bytes) {
    return new ByteArrayInputStream(bytes);
  }
}
