package io.klts.repo.signature;

import io.klts.repo.blob.Blob;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A program outside of this process: bytes in, bytes out. How long it may take and how much it may
 * say is limited. Of its command line only the first word is ever shown.
 *
 * @param command the program and its first arguments; no shell is started
 * @param limit how long one run may take
 * @param remedy what to do when it fails
 */
record ExternalProgram(List<String> command, Duration limit, String remedy) {

  /** A clearsigned index of thousands of packages is far below. */
  static final int MOST_OUTPUT = 16 << 20;

  private static final int MOST_COMPLAINTS = 4096;

  /** What the program said last may still be in the pipe when it has ended. */
  private static final long LAST_WORDS_SECONDS = 1;

  ExternalProgram {
    command = List.copyOf(command);
  }

  /**
   * Runs the program once.
   *
   * @param arguments further arguments
   * @param variables what is added to the environment of this process
   * @param input its standard input, which it need not read
   * @return what it wrote to standard output before it ended with 0
   * @throws KeyException if it cannot be started, takes too long, writes too much or fails
   */
  byte[] run(List<String> arguments, Map<String, String> variables, Blob input) throws IOException {
    Process process = start(arguments, variables);
    ByteArrayOutputStream complaints = new ByteArrayOutputStream();
    try {
      FutureTask<Void> feed = inBackground(() -> feed(input, process.getOutputStream()));
      FutureTask<Void> listen = inBackground(() -> listen(process.getErrorStream(), complaints));
      FutureTask<byte[]> output =
          inBackground(() -> process.getInputStream().readNBytes(MOST_OUTPUT + 1));
      return finished(process, feed, listen, output, complaints);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for " + name());
    } finally {
      kill(process);
    }
  }

  private byte[] finished(
      Process process,
      FutureTask<Void> feed,
      FutureTask<Void> listen,
      FutureTask<byte[]> output,
      ByteArrayOutputStream complaints)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    try {
      byte[] bytes = await(output, deadline - System.nanoTime());
      if (bytes.length > MOST_OUTPUT) {
        throw problem("it wrote more than " + MOST_OUTPUT + " bytes", complaints, null);
      }
      if (!process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        throw new TimeoutException();
      }
      settle(feed);
      if (process.exitValue() != 0) {
        settle(listen);
        throw problem("it ended with exit code " + process.exitValue(), complaints, null);
      }
      return bytes;
    } catch (TimeoutException e) {
      throw problem("it did not end within " + limit.toSeconds() + " s", complaints, e);
    }
  }

  /** Something that the program left behind may hold a pipe open: then it goes on without. */
  private static void settle(FutureTask<Void> task) throws IOException, InterruptedException {
    try {
      await(task, TimeUnit.SECONDS.toNanos(LAST_WORDS_SECONDS));
    } catch (TimeoutException e) {
      task.cancel(true);
    }
  }

  private Process start(List<String> arguments, Map<String, String> variables) throws KeyException {
    List<String> whole = new ArrayList<>(command);
    whole.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(whole);
    builder.environment().putAll(variables);
    try {
      return builder.start();
    } catch (IOException e) {
      // Java's own message repeats the name, and a number that says nothing more.
      String reason = String.valueOf(e.getMessage()).replaceFirst("^.*error=\\d+, ", "");
      throw new KeyException(
          "cannot run the signing program " + name(),
          reason,
          "give its path, or a name that PATH leads to; no shell is started",
          e);
    }
  }

  /** A program that does not read all of it is judged by what it writes. */
  private static Void feed(Blob input, OutputStream out) throws IOException {
    byte[] buffer = new byte[1 << 16];
    boolean wanted = true;
    try (InputStream in = input.open()) {
      for (int n = in.read(buffer); wanted && n >= 0; n = in.read(buffer)) {
        wanted = written(out, buffer, n);
      }
    } finally {
      close(out);
    }
    return null;
  }

  private static boolean written(OutputStream out, byte[] buffer, int length) {
    try {
      out.write(buffer, 0, length);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static void close(OutputStream out) {
    try {
      out.close();
    } catch (IOException e) {
      // the same: it has ended before it read everything
    }
  }

  /** Keeps the begin and reads on, so that the program is never stopped by a full pipe. */
  private static Void listen(InputStream in, ByteArrayOutputStream complaints) throws IOException {
    byte[] buffer = new byte[MOST_COMPLAINTS];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      complaints.write(buffer, 0, Math.min(n, MOST_COMPLAINTS - complaints.size()));
    }
    return null;
  }

  private static <T> FutureTask<T> inBackground(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    Thread thread = new Thread(task, "signing program");
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  private static <T> T await(FutureTask<T> task, long nanoseconds)
      throws IOException, InterruptedException, TimeoutException {
    try {
      return task.get(nanoseconds, TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    }
  }

  /** With all that it started; the parent first, so that it starts no others. */
  private static void kill(Process process) {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
  }

  private KeyException problem(String found, ByteArrayOutputStream complaints, Exception cause) {
    String said =
        complaints
            .toString(StandardCharsets.UTF_8)
            .strip()
            .replaceAll("\\s*\\R\\s*", " / ")
            .replaceAll("\\p{Cntrl}", "?");
    return new KeyException(
        "the signing program " + name() + " failed",
        said.isEmpty() ? found : found + " and said: " + said,
        remedy,
        cause);
  }

  /** The program, without its arguments. */
  String name() {
    return command.get(0);
  }
}
