package io.klts.repo.cli;

import io.klts.repo.store.Limits;
import picocli.CommandLine.Option;

/** How hard lines and servers are used. */
final class LimitOptions {

  /** An SFTP server takes ten at most on one connection, if nobody changed that. */
  private static final int PARALLEL = 8;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      description = "Files on their way at once, for each mirror (default: ${DEFAULT-VALUE}).",
      converter = WholeNumber.Threads.class)
  private int parallel = PARALLEL;

  @Option(
      names = "--attempts",
      paramLabel = "N",
      defaultValue = "4",
      description = "How often a step is tried before it failed (default: ${DEFAULT-VALUE}).",
      converter = WholeNumber.Threads.class)
  private int attempts;

  @Option(
      names = "--bandwidth",
      paramLabel = "KIB",
      defaultValue = "0",
      description = "The most to move, in KiB a second, for each mirror; 0 for no limit.",
      converter = WholeNumber.Amount.class)
  private int bandwidth;

  LimitOptions() {}

  /**
   * Options with another default.
   *
   * @param parallel files on their way at once
   */
  LimitOptions(int parallel) {
    this.parallel = parallel;
  }

  Limits limits() {
    return new Limits(parallel, attempts, bandwidth * 1024L);
  }
}
