package io.klts.repo.cli;

import io.klts.repo.publish.Publication;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Publishes an earlier state again. */
@Command(
    name = "rollback",
    description = {
      "Goes back to what a tree published under an earlier serial, under a new one.",
      "Dates do not go back, because clients take that for an attack."
    },
    mixinStandardHelpOptions = true)
final class RollbackCommand extends TreeChange {

  @Option(
      names = "--to",
      paramLabel = "SERIAL",
      description = "The earlier serial; without it the one before the present one.",
      converter = WholeNumber.Amount.class)
  private int serial;

  @Override
  Publication.Outcome apply(Publication publication) throws IOException {
    publication.rollback(serial == 0 ? publication.previousSerial() : serial);
    return publication.commitAll();
  }
}
