package io.klts.repo.cli;

import io.klts.repo.catalogue.Identity;
import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.signature.Signer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes a release back. */
@Command(
    name = "withdraw",
    description = {
      "Takes a release out of every index of a tree, for good.",
      "Machines that have it keep it; nobody can install it any more. Its files stay until they are"
          + " pruned, and releases.json says why it went."
    },
    mixinStandardHelpOptions = true)
final class WithdrawCommand implements Callable<Integer>, Failure.Writing {

  @Mixin private Console console;
  @Mixin private SigningOptions signing = new SigningOptions(System.getenv());
  @Mixin private TreeOptions tree;

  @Option(
      names = "--templates",
      paramLabel = "DIR",
      description = "Catalogue and recipes; without it those of this project.")
  private Path templates = Home.templates();

  @Parameters(
      paramLabel = "RELEASE",
      description = "The release, such as v1.28.15-lts.2.",
      converter = BuildOptions.VersionConverter.class)
  private LtsVersion release;

  @Option(
      names = "--reason",
      required = true,
      paramLabel = "TEXT",
      description = "Why, in one line, for those who look for it.")
  private String reason;

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
              publication.withdraw(release, reason);
              return publication.commit();
            }));
    return 0;
  }

  @Override
  public String untouched() {
    return tree.untouched();
  }
}
