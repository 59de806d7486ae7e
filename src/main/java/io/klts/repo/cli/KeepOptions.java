package io.klts.repo.cli;

import io.klts.repo.tree.Prune;
import java.time.Duration;
import picocli.CommandLine.Option;

/** Which earlier generations stay. */
final class KeepOptions {

  @Option(
      names = "--keep",
      paramLabel = "N",
      defaultValue = "" + Prune.KEEP,
      description = "How many earlier generations stay in any case (default: ${DEFAULT-VALUE}).",
      converter = WholeNumber.Amount.class)
  private int keep;

  @Option(
      names = "--keep-hours",
      paramLabel = "N",
      defaultValue = "" + Prune.KEEP_HOURS,
      description =
          "For how many hours after its end a generation stays: clients may be in the middle of an"
              + " update (default: ${DEFAULT-VALUE}).",
      converter = WholeNumber.Amount.class)
  private int hours;

  /** How many stay in any case. */
  int number() {
    return keep;
  }

  /** For how long after its end one stays. */
  Duration age() {
    return Duration.ofHours(hours);
  }
}
