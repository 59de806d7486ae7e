package io.klts.repo.cli;

import io.klts.repo.tree.LocalTree;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Option;

/** Where a tree is, and how long to wait for it. */
final class TreePlace {

  @Option(
      names = "--tree",
      required = true,
      paramLabel = "DIR",
      description = "The published tree; one that is published to is made if it is missing.")
  private Path tree;

  @Option(
      names = "--lock-wait",
      paramLabel = "SECONDS",
      defaultValue = "600",
      description =
          "How long to wait while another run changes the tree (default: ${DEFAULT-VALUE}).",
      converter = WholeNumber.Amount.class)
  private int lockWait;

  Path folder() {
    return tree;
  }

  /** Opens the tree for changes; the caller closes it. */
  LocalTree open(Console console) throws IOException {
    return LocalTree.open(
        tree,
        Duration.ofSeconds(lockWait),
        holder -> console.line("waiting", "another run changes the tree: " + holder));
  }
}
