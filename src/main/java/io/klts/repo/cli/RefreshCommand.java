package io.klts.repo.cli;

import io.klts.repo.publish.Publication;
import java.io.IOException;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Says that a tree is still up to date. */
@Command(
    name = "refresh",
    description = {
      "Gives all indexes of a tree a new date and new signatures, without new content.",
      "For a tree whose indexes end: run it by a timer well before they do."
    },
    mixinStandardHelpOptions = true)
final class RefreshCommand extends TreeChange {

  @Option(
      names = "--valid-days",
      paramLabel = "N",
      defaultValue = "14",
      description =
          "For how many days clients shall take the indexes as good; 0 for ever (default:"
              + " ${DEFAULT-VALUE}).",
      converter = WholeNumber.Amount.class)
  private int validDays;

  @Override
  Publication.Outcome apply(Publication publication) throws IOException {
    publication.refresh(Instant.now(), validDays);
    return publication.commitAll();
  }
}
