package io.klts.repo.blob;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.concurrent.TimeUnit;

/** Waits until files or folders are on the disk. */
public final class DiskSync {

  /** From here on one look at a whole file system costs less than one at each file. */
  private static final int MANY = 24;

  /** A file system on which others write as well may need long for all of it. */
  private static final int PATIENCE_SECONDS = 20;

  /** A disk keeps several files in about the time of one, if it is asked for them together. */
  private static final int THREADS = 16;

  private DiskSync() {}

  /**
   * Returns when all of them are on the disk. Java can ask for one file at a time; for many, the
   * system's program {@code sync} asks for their whole file system, where there is such a program.
   *
   * @param paths files or folders, all on one file system
   */
  public static void force(Collection<Path> paths) throws IOException {
    if (paths.size() < MANY || !forceFileSystem(paths.iterator().next())) {
      Parallel.map(THREADS, paths, DiskSync::force);
    }
  }

  private static boolean forceFileSystem(Path path) {
    try {
      Process sync =
          new ProcessBuilder("sync", "--file-system", path.toString())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      sync.getOutputStream().close();
      boolean ended = sync.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (!ended) {
        sync.destroyForcibly();
      }
      return ended && sync.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static Path force(Path path) throws IOException {
    StandardOpenOption mode =
        Files.isDirectory(path) ? StandardOpenOption.READ : StandardOpenOption.WRITE;
    try (FileChannel channel = FileChannel.open(path, mode)) {
      channel.force(true);
    }
    return path;
  }
}
