package io.klts.repo.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where a tree is that is only looked at. */
final class TreeFolder {

  @Option(
      names = "--tree",
      required = true,
      paramLabel = "DIR",
      description = "The published tree.")
  private Path tree;

  Path path() {
    return tree;
  }
}
