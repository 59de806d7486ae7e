package io.klts.repo.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.blob.Sha256;
import io.klts.repo.publish.Subset;
import io.klts.repo.publish.TinyTree;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.source.FolderSource;
import io.klts.repo.source.HttpSource;
import io.klts.repo.source.HttpSource.Patience;
import io.klts.repo.store.Limits;
import io.klts.repo.tree.Manifest;
import io.klts.repo.verify.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** A copy of small trees, and what its readers see. */
final class TinyCopy {

  static final Instant NOW = Instant.parse("2026-11-26T00:00:00Z");

  /** Short, because tests wait for it. */
  static final Patience PATIENCE =
      new Patience(Duration.ofSeconds(1), Duration.ofSeconds(20), Duration.ofMillis(400), 1 << 10);

  final Path folder;
  final List<String> notes = new ArrayList<>();
  List<PublicKey> keys = List.of(key());
  Selection selection = Selection.EVERYTHING;
  boolean forceOlder;
  boolean forceExpired;
  int keep = 3;
  Duration age = Duration.ofDays(3);
  int attempts = 1;
  Duration patience = Duration.ZERO;
  Instant now = NOW;

  TinyCopy(Path folder) {
    this.folder = folder;
  }

  private static PublicKey key() {
    try {
      return TinyTree.key().key();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  static Upstream at(String url) {
    return new Upstream(url, new HttpSource(url, PATIENCE));
  }

  static Upstream in(Path tree) throws IOException {
    return new Upstream(tree.toString(), new FolderSource(tree));
  }

  Pull pull(Upstream... from) {
    return new Pull(
        new Pull.Order(
            folder,
            keys,
            List.of(from),
            selection,
            forceOlder,
            forceExpired,
            keep,
            age,
            new Limits(4, attempts, 0),
            patience),
        new Pull.Listener() {
          @Override
          public void note(String what, String text) {
            notes.add(what + " " + text);
          }

          @Override
          public Steps begin(long bytes) {
            return steps();
          }
        },
        InstantSource.fixed(now));
  }

  static Pull.Listener.Steps steps() {
    return new Pull.Listener.Steps() {
      @Override
      public void add(long bytes) {
        // Nobody looks.
      }

      @Override
      public void close() {
        // Nothing is open.
      }
    };
  }

  /** A part of a tree. */
  static Selection part(List<String> channels, List<String> archs, List<String> formats) {
    Subset subset = new Subset(channels, archs, formats);
    return new Selection() {
      @Override
      public List<String> words() {
        return subset.words();
      }

      @Override
      public SortedSet<String> leftOut(Collection<String> paths, Reader files) throws IOException {
        return subset.leftOut(paths, files::file);
      }
    };
  }

  /** What readers see: every file with its digest. */
  static Map<String, String> visible(Path tree) throws IOException {
    Map<String, String> files = new TreeMap<>();
    if (Files.exists(tree)) {
      try (Stream<Path> all = Files.walk(tree)) {
        for (Path file : all.filter(Files::isRegularFile).toList()) {
          String name = tree.relativize(file).toString();
          if (!name.startsWith(".klts")) {
            files.put(name, Sha256.of(file).hex());
          }
        }
      }
    }
    return files;
  }

  /** Of what readers see, that which the manifest names. */
  static Map<String, String> listed(Path tree) throws IOException {
    byte[] manifest = Files.readAllBytes(tree.resolve(Manifest.PATH));
    Map<String, String> files = visible(tree);
    Set<String> names = new TreeSet<>(Set.of(Manifest.PATH, Manifest.SIGNATURE_PATH));
    names.addAll(Manifest.parse(manifest, tree.toString()).entries().keySet());
    files.keySet().retainAll(names);
    return files;
  }

  Map<String, String> visible() throws IOException {
    return visible(folder);
  }

  /** Everything, with the time of its last change: what a run that writes nothing leaves alone. */
  Map<String, String> everything() throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.toList()) {
        files.put(file.toString(), Files.getLastModifiedTime(file).toString());
      }
    }
    return files;
  }

  void assertGood() throws IOException {
    assertThat(
            Verification.run(new FolderSource(folder), Optional.empty(), NOW).problems().stream()
                .filter(problem -> problem.severity().name().equals("FAULT")))
        .isEmpty();
  }

  /** The names in the copy's folder for work. */
  List<String> work() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve(".klts"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
