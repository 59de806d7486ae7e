package io.klts.repo.cli;

import io.klts.repo.publish.Publication;
import java.io.IOException;
import picocli.CommandLine.Command;

/** Writes a tree's indexes again from its own state. */
@Command(
    name = "reindex",
    description = {
      "Writes the indexes, definitions, installer and signatures of a tree again from its own"
          + " state.",
      "For a tree with a new address, key, install.sh or mirrors.conf, or one that lost files other"
          + " than packages. What is right already is left alone."
    },
    mixinStandardHelpOptions = true)
final class ReindexCommand extends TreeChange {

  @Override
  Publication.Outcome apply(Publication publication) throws IOException {
    return publication.commitAll();
  }
}
