package io.klts.repo.acceptance;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.io.function.IOConsumer;

/** Where the laboratory keeps things: folders for one test, and a cache for all runs. */
final class Lab {

  /** What is made at most once, each with an object that whoever makes it holds. */
  private static final Map<Path, Object> MAKING = new ConcurrentHashMap<>();

  private Lab() {}

  /** A new, empty folder below {@code target/lab}. The caller removes it. */
  static Path folder(String name) throws IOException {
    return Files.createTempDirectory(Files.createDirectories(lab()), name + "-");
  }

  /**
   * Removes a folder with all it holds, but nothing that is mounted in it.
   *
   * <p>The program {@code rm} and not Java: it is safe against links in the roots.
   */
  static void remove(Path folder) throws IOException {
    Program.of("rm", "-rf", "--one-file-system", "--", folder.toString()).run().assertOk();
  }

  /** A moment, for loops that wait until something has happened. */
  static void pause() throws IOException {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting");
    }
  }

  /** Changes one bit in the middle of a file. */
  static void spoil(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
  }

  /**
   * A file or folder of the cache, made when it is not there. Whoever else wants it at the same
   * time, in this process or another, waits for it.
   *
   * @param maker is given a path that does not exist, and makes the file or folder there
   */
  static Path cached(String name, IOConsumer<Path> maker) throws IOException {
    return madeOnce(cache().resolve(name), maker);
  }

  /** As {@link #cached}, but below {@code target/lab}: for what the program under test makes. */
  static Path built(String name, IOConsumer<Path> maker) throws IOException {
    return madeOnce(lab().resolve(name), maker);
  }

  private static Path lab() {
    return Path.of("target", "lab").toAbsolutePath();
  }

  private static Path madeOnce(Path target, IOConsumer<Path> maker) throws IOException {
    if (!Files.exists(target)) {
      Path folder = Files.createDirectories(target.getParent());
      // A lock of a file is one of the whole process, so that threads need another.
      synchronized (MAKING.computeIfAbsent(target, path -> new Object())) {
        try (FileChannel lock =
            FileChannel.open(folder.resolve(target.getFileName() + ".lock"), CREATE, WRITE)) {
          lock.lock();
          if (!Files.exists(target)) {
            make(target, maker);
          }
        }
      }
    }
    return target;
  }

  private static void make(Path target, IOConsumer<Path> maker) throws IOException {
    Path work = Files.createTempDirectory(target.getParent(), "making-");
    try {
      Path made = work.resolve("it");
      maker.accept(made);
      Files.move(made, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      remove(work);
    }
  }

  /** The folder of the cache in which the program under test keeps compressed blocks. */
  static Path blocks() {
    return cache().resolve("blocks");
  }

  private static Path cache() {
    return variable("KLTS_TEST_CACHE")
        .orElseGet(
            () ->
                variable("XDG_CACHE_HOME")
                    .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"))
                    .resolve("klts-repo-tests"));
  }

  private static Optional<Path> variable(String name) {
    return Optional.ofNullable(System.getenv(name)).filter(v -> !v.isEmpty()).map(Path::of);
  }
}
