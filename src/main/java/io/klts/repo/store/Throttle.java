package io.klts.repo.store;

import io.klts.repo.blob.PiecewiseInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.TimeUnit;

/** Holds back what is read through it, all streams together, to a number of bytes a second. */
public final class Throttle {

  private final long bytesPerSecond;
  private long next = System.nanoTime();

  /**
   * @param bytesPerSecond 0 for no limit
   */
  public Throttle(long bytesPerSecond) {
    this.bytesPerSecond = bytesPerSecond;
  }

  /** The same stream, held back. */
  public InputStream slow(InputStream in) {
    return bytesPerSecond == 0 ? in : new Slow(in);
  }

  /** Reserves time for some bytes; returns how long to wait before more are sent. */
  private synchronized long reserve(long bytes) {
    long now = System.nanoTime();
    next = Math.max(next, now) + bytes * TimeUnit.SECONDS.toNanos(1) / bytesPerSecond;
    return next - now;
  }

  private final class Slow extends PiecewiseInput {

    Slow(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int n = in.read(buffer, offset, Math.min(length, 1 << 14));
      if (n > 0) {
        try {
          TimeUnit.NANOSECONDS.sleep(reserve(n));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new InterruptedIOException("interrupted");
        }
      }
      return n;
    }
  }
}
