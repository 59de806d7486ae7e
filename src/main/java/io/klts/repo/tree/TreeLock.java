package io.klts.repo.tree;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Consumer;

/**
 * The right to change a tree. The operating system holds the lock, so that it ends with the
 * process, however that ends; the file only says who has it.
 */
final class TreeLock implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(200);

  private final FileChannel channel;

  private TreeLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Waits for the lock.
   *
   * @param waiting is told once who holds it, if somebody does
   * @throws IOException if somebody still holds it after {@code patience}
   */
  static TreeLock acquire(Path file, Duration patience, Consumer<String> waiting)
      throws IOException {
    Files.createDirectories(file.getParent());
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      long end = System.nanoTime() + patience.toNanos();
      for (boolean told = false; !tryLock(channel); told = true) {
        String holder = holder(file);
        if (System.nanoTime() >= end) {
          throw new IOException(
              file
                  + ": another run is changing this tree ("
                  + holder
                  + ")\n  nothing was changed; wait for it to end and try again");
        }
        if (!told) {
          waiting.accept(holder);
        }
        Thread.sleep(POLL.toMillis());
      }
      write(
          channel,
          "process "
              + ProcessHandle.current().pid()
              + " on "
              + host()
              + " since "
              + Instant.now().truncatedTo(ChronoUnit.SECONDS)
              + "\n");
      return new TreeLock(channel);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      channel.close();
      throw new IOException(file + ": interrupted while waiting for another run", e);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** A run that has just begun may not have said yet who it is. */
  private static String holder(Path file) throws IOException {
    String text = Files.readString(file).strip();
    return text.isEmpty() ? "it began just now" : text;
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private static void write(FileChannel channel, String text) throws IOException {
    channel.truncate(0);
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "this host";
    }
  }

  /** Lets others in. */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
