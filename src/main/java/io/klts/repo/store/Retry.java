package io.klts.repo.store;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.apache.commons.io.function.IOSupplier;

/**
 * Tries again what failed, later each time: half a second, then twice as long, to eight seconds.
 */
public final class Retry {

  private static final long FIRST_MILLIS = 500;
  private static final int DOUBLED_AT_MOST = 4;

  private final int attempts;

  /**
   * @param attempts how often in all, at least once
   */
  public Retry(int attempts) {
    this.attempts = attempts;
  }

  /**
   * Does some work that may be done twice.
   *
   * @throws RefusedException at once, if the work does
   * @throws IOException the last failure
   */
  public <T> T call(IOSupplier<T> work) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        return work.get();
      } catch (RefusedException e) {
        throw e;
      } catch (IOException e) {
        if (attempt >= attempts) {
          throw e;
        }
        pause(attempt - 1);
      }
    }
  }

  private static void pause(int failures) throws IOException {
    long millis = FIRST_MILLIS << Math.min(failures, DOUBLED_AT_MOST);
    try {
      // Not all at the same moment: many files fail together when a server stumbles.
      TimeUnit.MILLISECONDS.sleep(millis / 2 + ThreadLocalRandom.current().nextLong(millis));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }
}
