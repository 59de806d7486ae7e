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

/** Publishes an earlier state again. */
@Command(
    name = "rollback",
    description = {
      "Goes back to what a tree published under an earlier serial, under a new one.",
      "Dates do not go back, because clients take that for an attack."
    },
    mixinStandardHelpOptions = true)
final class RollbackCommand implements Callable<Integer>, Failure.Writing {

  @Mixin private Console console;
  @Mixin private SigningOptions signing = new SigningOptions(System.getenv());
  @Mixin private TreeOptions tree;

  @Option(
      names = "--templates",
      paramLabel = "DIR",
      description = "Catalogue and recipes; without it those of this project.")
  private Path templates = Home.templates();

  @Option(
      names = "--to",
      paramLabel = "SERIAL",
      description = "The earlier serial; without it the one before the present one.",
      converter = WholeNumber.Amount.class)
  private int serial;

  @Override
  public Integer call() throws IOException {
    Optional<Signer> signer = signing.required(console);
    Identity identity = Identity.load(templates);
    console.json(
        tree.change(
            console,
            identity,
            signer,
            (publication, scratch) -> {
              publication.rollback(serial == 0 ? publication.previousSerial() : serial);
              return publication.commitAll();
            }));
    return 0;
  }

  @Override
  public String untouched() {
    return tree.untouched();
  }
}
