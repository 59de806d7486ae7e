package io.klts.repo.cli;

import io.klts.repo.catalogue.Identity;
import io.klts.repo.signature.Signer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes a tree's indexes again from its own state. */
@Command(
    name = "reindex",
    description = {
      "Writes the indexes, definitions and signatures of a tree again from its own state.",
      "For a tree with a new address or key, or one that lost files other than packages. What is"
          + " right already is left alone."
    },
    mixinStandardHelpOptions = true)
final class ReindexCommand implements Callable<Integer>, Failure.Writing {

  @Mixin private Console console;
  @Mixin private SigningOptions signing = new SigningOptions(System.getenv());
  @Mixin private TreeOptions tree;

  @Option(
      names = "--templates",
      paramLabel = "DIR",
      description = "Catalogue and recipes; without it those of this project.")
  private Path templates = Home.templates();

  @Override
  public Integer call() throws IOException {
    Optional<Signer> signer = signing.required(console);
    Identity identity = Identity.load(templates);
    console.json(
        tree.change(console, identity, signer, (publication, scratch) -> publication.commitAll()));
    return 0;
  }

  @Override
  public String untouched() {
    return tree.untouched();
  }
}
