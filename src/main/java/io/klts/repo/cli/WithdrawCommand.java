package io.klts.repo.cli;

import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.publish.Publication;
import java.io.IOException;
import picocli.CommandLine.Command;
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
final class WithdrawCommand extends TreeChange {

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
  Publication.Outcome apply(Publication publication) throws IOException {
    publication.withdraw(release, reason);
    return publication.commit();
  }
}
