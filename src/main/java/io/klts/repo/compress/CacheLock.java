package io.klts.repo.compress;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.io.function.IORunnable;

/**
 * Keeps blocks from being deleted while any program uses them: users share the lock on the file
 * {@code lock}, and who deletes has it alone. The kernel drops the locks of a program that dies.
 *
 * <p>The kernel locks for a whole program, and forgets all when the program closes the file once;
 * so there is one object per folder, which counts the users of this program.
 */
final class CacheLock {

  private static final Map<Path, CacheLock> LOCKS = new ConcurrentHashMap<>();

  private final Path file;
  private int users;
  private FileChannel channel;
  private FileLock shared;

  private CacheLock(Path file) {
    this.file = file;
  }

  /** The lock of a folder, given by its real path. */
  static CacheLock of(Path directory) {
    return LOCKS.computeIfAbsent(directory.resolve("lock"), CacheLock::new);
  }

  /** Begins a use. Waits while another program deletes. */
  synchronized void enter() throws IOException {
    if (users == 0) {
      channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      shared = channel.lock(0, Long.MAX_VALUE, true);
    }
    users++;
  }

  /** Ends a use. If it was the last one of all programs, {@code whenAlone} runs. */
  synchronized void leave(IORunnable whenAlone) throws IOException {
    users--;
    if (users > 0) {
      return;
    }
    try (FileChannel closing = channel) {
      shared.release();
      try (FileLock alone = closing.tryLock()) {
        if (alone != null) {
          whenAlone.run();
        }
      }
    }
  }
}
