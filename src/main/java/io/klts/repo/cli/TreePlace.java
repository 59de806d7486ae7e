package io.klts.repo.cli;

import io.klts.repo.tree.CopyNote;
import io.klts.repo.tree.LocalTree;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
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

  /** The next pull would undo a change. */
  private void refuseCopy() throws IOException {
    Optional<CopyNote> copy = CopyNote.of(tree);
    if (copy.isPresent()) {
      throw new IOException(
          tree
              + " is a copy that mirror pull made, of serial "
              + copy.get().serial()
              + ": the next pull would undo every change"
              + "\n  nothing was changed; change the tree where it is published"
              + (copy.get().leftOut().isEmpty()
                  ? ", or take .klts/copy away if this is to be the tree from now on"
                  : ""));
    }
  }

  Path folder() {
    return tree;
  }

  /** Opens the tree for changes; the caller closes it. */
  LocalTree open(Console console) throws IOException {
    refuseCopy();
    return LocalTree.open(
        tree,
        Duration.ofSeconds(lockWait),
        holder -> console.line("waiting", "another run changes the tree: " + holder));
  }
}
