package io.klts.repo.cli;

import io.klts.repo.blob.Parallel;
import io.klts.repo.catalogue.Identity;
import io.klts.repo.mirror.Mirrors;
import io.klts.repo.publish.Publication;
import io.klts.repo.signature.Signer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.commons.io.function.IOSupplier;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the commands have in common that change a published tree without building anything. */
abstract class TreeChange implements Callable<Integer>, Failure.Writing {

  @Mixin private Console console;
  @Mixin private SigningOptions signing = new SigningOptions(System.getenv());
  @Mixin private TreeOptions tree;

  @Option(
      names = "--templates",
      paramLabel = "DIR",
      description = "Catalogue and recipes; without it those of this project.")
  private Path templates = Home.templates();

  /** Makes the change and commits it. */
  abstract Publication.Outcome apply(Publication publication) throws IOException;

  Path folder() {
    return tree.folder();
  }

  /** What the file of mirrors says. */
  Mirrors mirrors() throws IOException {
    return tree.mirrors();
  }

  Console console() {
    return console;
  }

  @Override
  public Integer call() throws IOException {
    IOSupplier<Identity> identity = Parallel.begin(() -> Identity.load(templates));
    List<Signer> signers = signing.required(console);
    console.json(
        tree.change(
            console, templates, identity, signers, (publication, scratch) -> apply(publication)));
    return 0;
  }

  @Override
  public String untouched() {
    return tree.untouched();
  }
}
