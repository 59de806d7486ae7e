package io.klts.repo.mirror;

import io.klts.repo.blob.IoReason;
import io.klts.repo.blob.Parallel;
import io.klts.repo.blob.Sha256;
import io.klts.repo.source.TreeSource.Tail;
import io.klts.repo.store.Limits;
import io.klts.repo.store.RefusedException;
import io.klts.repo.store.Retry;
import io.klts.repo.store.Throttle;
import io.klts.repo.tree.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * Fetches files into a folder, each under the name of its digest. What is there already is gone on
 * with, and nothing counts before its digest was computed.
 */
final class Downloads {

  private static final int BUFFER = 1 << 16;

  private final Path folder;
  private final List<Upstream> sources;
  private final Limits limits;
  private final Retry retry;
  private final Throttle throttle;
  private final LongConsumer progress;
  private final Map<Sha256, Path> done = new ConcurrentHashMap<>();
  private final AtomicReference<IOException> failure = new AtomicReference<>();

  /** The source that served last, and is asked first: one that is dead costs time once. */
  private volatile int preferred;

  /**
   * @param folder that is there
   * @param progress is told how many bytes more are there
   */
  Downloads(Path folder, List<Upstream> sources, Limits limits, LongConsumer progress) {
    this.folder = folder;
    this.sources = List.copyOf(sources);
    this.limits = limits;
    this.retry = new Retry(limits.attempts());
    this.throttle = new Throttle(limits.bytesPerSecond());
    this.progress = progress;
  }

  /** What was fetched, by digest. */
  Map<Sha256, Path> done() {
    return done;
  }

  /** How many bytes of some files are still to come, as far as sizes say. */
  long missing(Map<String, Manifest.Entry> files) {
    long bytes = 0;
    Set<Sha256> seen = new HashSet<>();
    for (Manifest.Entry entry : files.values()) {
      if (seen.add(entry.sha256())) {
        bytes += entry.size() - Math.min(entry.size(), size(place(entry)));
      }
    }
    return bytes;
  }

  /** Throws away what belongs to none of some files: parts of an earlier state. */
  void forgetOthers(Map<String, Manifest.Entry> files) throws IOException {
    Set<String> names = new HashSet<>();
    files.values().forEach(entry -> names.add(entry.sha256().hex()));
    try (Stream<Path> lying = Files.list(folder)) {
      for (Path file : lying.toList()) {
        if (!names.contains(file.getFileName().toString())) {
          Files.delete(file);
        }
      }
    }
  }

  /**
   * Fetches files side by side, each content once.
   *
   * @throws IOException the first failure
   */
  void fetch(Map<String, Manifest.Entry> files) throws IOException {
    Map<Sha256, String> paths = new ConcurrentHashMap<>();
    files.forEach((path, entry) -> paths.putIfAbsent(entry.sha256(), path));
    // The largest first, so that none of them is what all the others have waited for.
    List<String> order =
        paths.values().stream()
            .sorted(
                Comparator.comparing((String path) -> -files.get(path).size())
                    .thenComparing(Comparator.naturalOrder()))
            .toList();
    try {
      Parallel.map(limits.parallel(), order, path -> fetch(path, files.get(path)));
    } catch (IOException e) {
      throw failure.get() == null ? e : failure.get();
    }
  }

  /** Fetches one file; returns where it lies. */
  Path fetch(String path, Manifest.Entry entry) throws IOException {
    if (done.containsKey(entry.sha256())) {
      return done.get(entry.sha256());
    }
    try {
      Path file = retry.call(() -> fromAnySource(path, entry));
      done.put(entry.sha256(), file);
      return file;
    } catch (IOException e) {
      failure.compareAndSet(null, e);
      throw e;
    }
  }

  private Path fromAnySource(String path, Manifest.Entry entry) throws IOException {
    if (failure.get() != null) {
      throw new RefusedException("another download failed");
    }
    IOException last = null;
    int first = preferred;
    for (int i = 0; i < sources.size(); i++) {
      int source = (first + i) % sources.size();
      try {
        Path file = fromSource(sources.get(source), path, entry);
        preferred = source;
        return file;
      } catch (RefusedException e) {
        throw e;
      } catch (IOException e) {
        String reason = IoReason.of(e);
        last = new IOException(path + " from " + sources.get(source).name() + ": " + reason, e);
      }
    }
    throw last;
  }

  /** Nobody else could help: our own disk failed. */
  private static final class LocalException extends RefusedException {
    private static final long serialVersionUID = 1L;

    LocalException(Path file, IOException cause) {
      super("cannot write " + file + ": " + IoReason.of(cause), cause);
    }
  }

  private Path fromSource(Upstream from, String path, Manifest.Entry entry) throws IOException {
    Path file = place(entry);
    long there = size(file);
    if (there > 0 && there == entry.size() && Sha256.of(file).equals(entry.sha256())) {
      return file;
    }
    if (there > 0 && there < entry.size()) {
      try {
        transfer(from, path, entry, there);
        return file;
      } catch (RefusedException e) {
        throw e;
      } catch (IOException e) {
        if (size(file) > there) {
          throw e;
        }
        // What was there is no part of it, or the source cannot go on with it: from the begin.
      }
    }
    transfer(from, path, entry, 0);
    return file;
  }

  /** Fetches a file from some byte on; what is wrong is deleted, what is too short stays. */
  private void transfer(Upstream from, String path, Manifest.Entry entry, long there)
      throws IOException {
    Path file = place(entry);
    Optional<Tail> tail =
        there > 0
            ? from.source().open(path, there)
            : from.source().open(path).map(in -> new Tail(0, in));
    if (tail.isEmpty()) {
      throw new IOException("no such file; the manifest lists it");
    }
    MessageDigest digest = Sha256.digest();
    long count = tail.get().from();
    try (InputStream in = throttle.slow(tail.get().in());
        FileChannel out = open(file)) {
      digest(out, count, digest);
      cut(file, out, count);
      count = copy(in, file, out, entry.size(), count, digest);
    } catch (TooLongException e) {
      Files.deleteIfExists(file);
      throw e;
    }
    if (count < entry.size()) {
      throw new IOException("it ends after " + count + " of " + entry.size() + " bytes");
    }
    Sha256 found = Sha256.finished(digest);
    if (!found.equals(entry.sha256())) {
      Files.delete(file);
      throw new IOException("it has SHA-256 " + found + "; the manifest says " + entry.sha256());
    }
  }

  private static FileChannel open(Path file) throws IOException {
    try {
      return FileChannel.open(
          file,
          StandardOpenOption.CREATE,
          StandardOpenOption.READ,
          StandardOpenOption.WRITE,
          LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      throw new LocalException(file, e);
    }
  }

  /** Reads what is there, up to some byte. */
  private static void digest(FileChannel file, long end, MessageDigest digest) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    for (long at = 0; at < end; ) {
      buffer.clear().limit((int) Math.min(BUFFER, end - at));
      int n = file.read(buffer, at);
      if (n < 0) {
        return;
      }
      at += n;
      digest.update(buffer.flip());
    }
  }

  private static void cut(Path file, FileChannel out, long length) throws IOException {
    try {
      out.truncate(length);
      out.position(length);
    } catch (IOException e) {
      throw new LocalException(file, e);
    }
  }

  /** There is more of it than the manifest says. */
  private static final class TooLongException extends IOException {
    private static final long serialVersionUID = 1L;

    TooLongException(long size) {
      super("more than the " + size + " bytes that the manifest says");
    }
  }

  private long copy(
      InputStream in, Path file, FileChannel out, long size, long from, MessageDigest digest)
      throws IOException {
    byte[] buffer = new byte[(int) Math.min(BUFFER, size - from + 1)];
    long count = from;
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      count += n;
      if (count > size) {
        throw new TooLongException(size);
      }
      digest.update(buffer, 0, n);
      write(file, out, ByteBuffer.wrap(buffer, 0, n));
      progress.accept(n);
    }
    return count;
  }

  private static void write(Path file, FileChannel out, ByteBuffer bytes) throws IOException {
    try {
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
    } catch (IOException e) {
      throw new LocalException(file, e);
    }
  }

  private Path place(Manifest.Entry entry) {
    return folder.resolve(entry.sha256().hex());
  }

  /** Its size; 0 if it is not there, which this way of asking finds out without an exception. */
  private static long size(Path file) {
    return file.toFile().length();
  }
}
