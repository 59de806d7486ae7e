package io.klts.repo.tree;

import java.io.IOException;
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
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
      Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
      write(file, channel, new Holder(ProcessHandle.current().pid(), thisHost(), now) + "\n");
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

  private static void write(Path file, FileChannel channel, String text) throws IOException {
    channel.truncate(0);
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw new IOException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  private static String thisHost() {
    try {
      // Java itself would ask the resolver, which may have to wait for a server of names.
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException e) {
      return "this host";
    }
  }

  /**
   * Who holds a lock, without asking for it: that would hold others up. A run that ended as it
   * should has taken its name away; of one that did not, the process is gone.
   */
  static Optional<String> running(Path file) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    String text = Files.readString(file).strip();
    Optional<Holder> holder = Holder.parse(text);
    return holder.isPresent() && holder.get().isGone() ? Optional.empty() : named(text);
  }

  private static Optional<String> named(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }

  /** What the file says. */
  private record Holder(long process, String host, Instant since) {

    private static final Pattern FORM =
        Pattern.compile(
            "process (\\d{1,18}) on (\\S+|this host) since (\\d{4}-\\d\\d-\\d\\dT[\\d:.]{5,}Z)");

    static Optional<Holder> parse(String text) {
      Matcher matcher = FORM.matcher(text);
      return matcher.matches()
          ? Optional.of(
              new Holder(
                  Long.parseLong(matcher.group(1)),
                  matcher.group(2),
                  Instant.parse(matcher.group(3))))
          : Optional.empty();
    }

    /** Another host's processes cannot be seen; a number that was given again is another's. */
    boolean isGone() {
      Optional<Instant> start = ProcessHandle.of(process).map(p -> startOf(p));
      return host.equals(thisHost())
          && start.filter(s -> !s.isAfter(since.plusSeconds(1))).isEmpty();
    }

    private static Instant startOf(ProcessHandle process) {
      return process.info().startInstant().orElse(Instant.EPOCH);
    }

    @Override
    public String toString() {
      return "process " + process + " on " + host + " since " + since;
    }
  }

  /** Lets others in. */
  @Override
  public void close() throws IOException {
    channel.truncate(0);
    channel.close();
  }
}
