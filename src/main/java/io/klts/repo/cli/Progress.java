package io.klts.repo.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * How far a long work is: a bar with rate and time left on a terminal, a plain line now and then
 * elsewhere. It must be finished, else the terminal keeps a half bar.
 */
final class Progress {

  private static final long PLAIN_INTERVAL_NANOS = Duration.ofSeconds(10).toNanos();

  private final String what;
  private long total;
  private final PrintWriter plain;
  private final ProgressBar bar;
  private final AtomicLong done = new AtomicLong();
  private final AtomicLong reused = new AtomicLong();
  private final long start = System.nanoTime();
  private long nextLine = start + PLAIN_INTERVAL_NANOS;

  private Progress(String what, long total, PrintWriter plain, ProgressBar bar) {
    this.what = what;
    this.total = total;
    this.plain = plain;
    this.bar = bar;
  }

  /**
   * Begins.
   *
   * @param messages where plain lines go; {@code null} for none at all
   */
  static Progress start(String what, long total, PrintWriter messages) {
    boolean terminal = messages != null && isTerminal();
    return new Progress(
        what, total, terminal ? null : messages, terminal ? bar(what, total) : null);
  }

  /** The launcher looks whether its output is a terminal: Java's own answer changed over time. */
  static boolean isTerminal() {
    return Boolean.getBoolean("klts.terminal");
  }

  private static ProgressBar bar(String what, long total) {
    return new ProgressBarBuilder()
        .setTaskName(String.format(Locale.ROOT, "%-10s", what))
        .setInitialMax(total)
        .setStyle(ProgressBarStyle.UNICODE_BLOCK)
        .setUnit(" MiB", 1 << 20)
        .showSpeed()
        .build();
  }

  /** There is more to do than was known; any thread may say so. */
  synchronized void expect(long bytes) {
    total += bytes;
    if (bar != null) {
      bar.maxHint(total);
    }
  }

  /** Some more is done; any thread may say so. */
  synchronized void add(long bytes, boolean fromCache) {
    long now = done.addAndGet(bytes);
    if (fromCache) {
      reused.addAndGet(bytes);
    }
    if (bar != null) {
      bar.stepTo(now);
    } else if (plain != null && System.nanoTime() >= nextLine) {
      nextLine = System.nanoTime() + PLAIN_INTERVAL_NANOS;
      plain.println(line(now));
    }
  }

  private String line(long now) {
    double seconds = (System.nanoTime() - start) / 1e9;
    double rate = now / seconds;
    return String.format(
        Locale.ROOT,
        "%-10s %s of %s   %s/s   %.0f s left",
        what,
        Console.mebibytes(now),
        Console.mebibytes(total),
        Console.mebibytes((long) rate),
        (total - now) / rate);
  }

  /**
   * Ends the bar; may be called again.
   *
   * @return the last word: {@code 352.0 MiB in 31.2 s, 120.0 MiB of it from the cache}
   */
  String finish() {
    if (bar != null) {
      bar.close();
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    String text =
        String.format(Locale.ROOT, "%s in %.1f s", Console.mebibytes(done.get()), seconds);
    return reused.get() == 0
        ? text
        : text + ", " + Console.mebibytes(reused.get()) + " of it from the cache";
  }
}
