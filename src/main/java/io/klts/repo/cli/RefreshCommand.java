package io.klts.repo.cli;

import io.klts.repo.catalogue.Identity;
import io.klts.repo.signature.Signer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says that a tree is still up to date. */
@Command(
    name = "refresh",
    description = {
      "Gives all indexes of a tree a new date and new signatures, without new content.",
      "For a tree whose indexes end: run it by a timer well before they do."
    },
    mixinStandardHelpOptions = true)
final class RefreshCommand implements Callable<Integer>, Failure.Writing {

  @Mixin private Console console;
  @Mixin private SigningOptions signing = new SigningOptions(System.getenv());
  @Mixin private TreeOptions tree;

  @Option(
      names = "--templates",
      paramLabel = "DIR",
      description = "Catalogue and recipes; without it those of this project.")
  private Path templates = Home.templates();

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
  public Integer call() throws IOException {
    Optional<Signer> signer = signing.required(console);
    Identity identity = Identity.load(templates);
    console.json(
        tree.change(
            console,
            identity,
            signer,
            (publication, scratch) -> {
              publication.refresh(Instant.now(), validDays);
              return publication.commitAll();
            }));
    return 0;
  }

  @Override
  public String untouched() {
    return tree.untouched();
  }
}
