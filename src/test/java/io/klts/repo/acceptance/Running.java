package io.klts.repo.acceptance;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.io.function.IOSupplier;

/** A {@link Program} that runs until somebody ends it. */
final class Running implements AutoCloseable {

  /** More than a busy machine takes to build the program and start it. */
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private final Path folder = Lab.folder("running");
  private final Path out = Files.createFile(folder.resolve("out"));
  private final Path err = Files.createFile(folder.resolve("err"));
  private final Process process;

  Running(Program program) throws IOException {
    process = program.start(out, err);
  }

  /** Waits until something is found that the program does; it must not end before. */
  <T> T await(String what, IOSupplier<Optional<T>> look) throws IOException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      boolean last = !process.isAlive() || System.nanoTime() > end;
      Optional<T> found = look.get();
      if (found.isPresent()) {
        return found.get();
      }
      if (last) {
        throw new AssertionError("no " + what + ":\n" + out() + err());
      }
      Lab.pause();
    }
  }

  /**
   * Waits for words on standard output.
   *
   * @return the first group of the match
   */
  String awaitOutput(Pattern pattern) throws IOException {
    return await(
        "match of " + pattern,
        () -> Optional.of(pattern.matcher(out())).filter(Matcher::find).map(m -> m.group(1)));
  }

  /** What it has written to standard output so far. */
  String out() throws IOException {
    return Files.readString(out);
  }

  /** What it has written to standard error so far. */
  String err() throws IOException {
    return Files.readString(err);
  }

  /** The process and those that it started. */
  List<ProcessHandle> family() {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
  }

  /** Sends a signal to the process alone, and waits for its end. */
  Outcome end(String signal) throws IOException {
    Program.of("kill", "-s", signal, Long.toString(process.pid())).run().assertOk();
    return await();
  }

  /** Waits for the end that the program finds by itself. */
  Outcome await() throws IOException {
    try {
      if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        Program.kill(process.toHandle());
        return outcome(Outcome.TIMED_OUT);
      }
      return outcome(process.exitValue());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for " + process.pid());
    }
  }

  private Outcome outcome(int exit) throws IOException {
    String command = process.info().commandLine().orElse("process " + process.pid());
    return new Outcome(List.of(command), exit, out(), err());
  }

  /** Ends the program if it still runs. */
  @Override
  public void close() throws IOException {
    Program.kill(process.toHandle());
    Lab.remove(folder);
  }
}
