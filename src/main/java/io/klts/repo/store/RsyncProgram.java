package io.klts.repo.store;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The system's rsync: one run at a time, in a small environment, with bounds on time and bytes. */
final class RsyncProgram {

  /** What rsync ends with if a file to send is not there. */
  static final int VANISHED = 24;

  /** Seconds without a byte, after which rsync gives up. */
  private static final int SILENCE = 60;

  private static final int LOOK_MILLIS = 100;

  /** All that rsync and ssh need; other variables may be secrets of other mirrors. */
  private static final Set<String> PASSED =
      Set.of("PATH", "HOME", "USER", "LOGNAME", "SSH_AUTH_SOCK", "TMPDIR", "RSYNC_PROXY");

  private final RsyncAddress address;
  private final Path program;
  private final Map<String, String> environment;

  /**
   * @throws RefusedException if a program is missing
   */
  RsyncProgram(RsyncAddress address, Map<String, String> environment) throws IOException {
    this.address = address;
    this.environment = environment;
    program = find("rsync");
    if (!address.root().startsWith("rsync:")) {
      find("ssh");
    }
  }

  private Path find(String name) throws IOException {
    String path = environment.getOrDefault("PATH", "");
    return Arrays.stream(path.split(File.pathSeparator))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () ->
                new RefusedException(
                    "the program "
                        + name
                        + " is missing, which writes to "
                        + address.root()
                        + "; install the system's package of it"));
  }

  /** Runs rsync, which says no more than a number of bytes. */
  Result run(List<String> arguments, Duration patience, long bound) throws IOException {
    try (WorkFolder none = new WorkFolder()) {
      return run(arguments, patience, none.path(), bound);
    }
  }

  /**
   * Runs rsync.
   *
   * @param patience for the whole run
   * @param target a folder that it writes to
   * @param bound the most bytes that it may say, and write to the folder
   * @throws IOException if it exceeds a bound; how it ended else says the result
   */
  Result run(List<String> arguments, Duration patience, Path target, long bound)
      throws IOException {
    try (WorkFolder work = new WorkFolder()) {
      Path out = work.path().resolve("out");
      Path err = work.path().resolve("err");
      List<String> command = new ArrayList<>(List.of(program.toString(), "--timeout=" + SILENCE));
      command.addAll(address.options());
      command.addAll(arguments);
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().clear();
      environment.forEach(
          (name, value) -> {
            if (PASSED.contains(name)) {
              builder.environment().put(name, value);
            }
          });
      // Words that are looked for below; and without a password, rsync would ask at the terminal.
      builder.environment().put("LC_ALL", "C");
      builder.environment().put("RSYNC_PASSWORD", address.password());
      builder.redirectOutput(out.toFile());
      builder.redirectError(err.toFile());
      Process process = builder.start();
      process.getOutputStream().close();
      watch(process, patience, List.of(out, err, target), bound);
      return new Result(address.root(), process.exitValue(), text(out, bound), text(err, 1 << 13));
    }
  }

  private void watch(Process process, Duration patience, List<Path> watched, long bound)
      throws IOException {
    Thread end = new Thread(() -> kill(process));
    Runtime.getRuntime().addShutdownHook(end);
    try {
      long deadline = System.nanoTime() + patience.toNanos();
      while (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        if (System.nanoTime() > deadline) {
          throw new IOException(
              address.root() + ": rsync has not ended after " + patience.toMinutes() + " minutes");
        }
        for (Path one : watched) {
          if (bytesIn(one) > bound) {
            throw new RefusedException(
                address.root() + ": the server sends more than the expected " + bound + " bytes");
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } finally {
      kill(process);
      removeHook(end);
    }
  }

  private static void removeHook(Thread end) {
    try {
      Runtime.getRuntime().removeShutdownHook(end);
    } catch (IllegalStateException e) {
      // This program ends already.
    }
  }

  /** With SIGTERM, at which rsync removes its temporary files. */
  private static void kill(Process process) {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroy();
    children.forEach(ProcessHandle::destroy);
  }

  private static long bytesIn(Path place) throws IOException {
    long bytes = 0;
    try (Stream<Path> all = Files.walk(place)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        bytes += Files.size(file);
      }
    } catch (NoSuchFileException | UncheckedIOException e) {
      // It has been renamed meanwhile; the next look sees it.
    }
    return bytes;
  }

  private static String text(Path file, long bound) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes((int) bound);
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  /**
   * How rsync ended.
   *
   * @param root the address that it was about
   */
  record Result(String root, int exit, String out, String err) {

    /** Whether the server does not have what was asked for. */
    boolean isMissing() {
      return exit == 23 && err.contains("No such file or directory");
    }

    Result assertOk(String work) throws IOException {
      return assertOkOr(0, work);
    }

    /**
     * Fails unless it ended well, or with a code that is as good.
     *
     * @throws RefusedException if the server would say no again
     */
    Result assertOkOr(int asGood, String work) throws IOException {
      if (exit != 0 && exit != asGood) {
        throw RsyncExit.failure(this, work);
      }
      return this;
    }
  }
}
