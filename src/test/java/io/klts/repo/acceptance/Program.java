package io.klts.repo.acceptance;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * One run of a real program: nothing on standard input, a small environment that is the same on
 * every machine, a time limit.
 */
final class Program {

  /**
   * What a program behind a proxy needs to reach the network, and a test on loopback must not see.
   */
  private static final Set<String> NETWORK =
      Set.of("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY");

  private final List<String> command;
  private final Map<String, String> environment = new LinkedHashMap<>();
  private Path folder = Path.of("").toAbsolutePath();
  private Duration limit = Duration.ofMinutes(2);

  private Program(List<String> command) {
    this.command = command;
    environment.put("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    // rpm, dnf and zypper of Debian keep the package database in the home folder, inside the root.
    environment.put("HOME", "/root");
    environment.put("LC_ALL", "C.UTF-8");
    environment.put("DEBIAN_FRONTEND", "noninteractive");
  }

  static Program of(String... command) {
    return of(List.of(command));
  }

  static Program of(List<String> command) {
    return new Program(List.copyOf(command));
  }

  /** The working folder; without it, the one of the tests. */
  Program in(Path workingFolder) {
    folder = workingFolder;
    return this;
  }

  /** One more variable of the environment. */
  Program with(String variable, Object value) {
    environment.put(variable, value.toString());
    return this;
  }

  /** Lets the program use the proxy of this machine, for downloads. */
  Program online() {
    System.getenv().forEach((name, value) -> allowNetwork(name, value));
    return this;
  }

  private void allowNetwork(String name, String value) {
    if (NETWORK.contains(name)) {
      environment.put(name, value);
    }
  }

  /** The time limit; two minutes without it. */
  Program within(Duration timeLimit) {
    limit = timeLimit;
    return this;
  }

  /**
   * Runs the program and waits for its end. At the time limit it is killed with all its children.
   */
  Outcome run() throws IOException {
    Path out = Files.createTempFile("program", ".out");
    Path err = Files.createTempFile("program", ".err");
    try {
      Process process = start(out, err);
      boolean ended = ended(process);
      return new Outcome(
          command,
          ended ? process.exitValue() : Outcome.TIMED_OUT,
          Files.readString(out),
          Files.readString(err));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  /**
   * Starts the program and returns at once; the caller ends it.
   *
   * @param out takes its standard output: a file and not a pipe, because a daemon that the program
   *     leaves behind would hold a pipe open
   * @param err takes its standard error, may be the same file
   */
  Process start(Path out, Path err) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.redirectInput(Path.of("/dev/null").toFile());
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(out.toFile()));
    builder.redirectError(ProcessBuilder.Redirect.appendTo(err.toFile()));
    return builder.start();
  }

  private boolean ended(Process process) throws IOException {
    try {
      boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
      if (!ended) {
        kill(process.toHandle());
      }
      return ended;
    } catch (InterruptedException e) {
      kill(process.toHandle());
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while running " + command);
    }
  }

  /**
   * Ends a process and its descendants, by their ids and without asking: zypper ignores SIGTERM.
   * The parent goes first, so that it does not start others in place of those that end.
   */
  static void kill(ProcessHandle process) {
    List<ProcessHandle> family = new ArrayList<>(List.of(process));
    family.addAll(process.descendants().toList());
    family.forEach(ProcessHandle::destroyForcibly);
  }
}
