package io.klts.repo.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;

/** Writes the manual from the commands as they are. */
@Command(
    name = "manual",
    description = "Writes the pages of the manual into a folder, one for each command.",
    mixinStandardHelpOptions = true)
final class ManualCommand implements Callable<Integer>, Failure.Writing {

  @Mixin private Console console;

  @Parameters(
      paramLabel = "DIR",
      description = "The folder, such as /usr/local/share/man/man1; it is made if it is missing.")
  private Path folder;

  /**
   * What was written.
   *
   * @param folder where
   * @param pages how many
   */
  private record Result(String folder, int pages) {}

  @Override
  public Integer call() throws IOException {
    Files.createDirectories(folder);
    int pages = write(Main.line().getCommandSpec());
    console.result("written    " + pages + " pages in " + folder);
    console.json(new Result(folder.toString(), pages));
    return 0;
  }

  private int write(CommandSpec command) throws IOException {
    Files.writeString(folder.resolve(ManualPage.name(command) + ".1"), ManualPage.of(command));
    int pages = 1;
    for (CommandLine sub : command.subcommands().values()) {
      pages += write(sub.getCommandSpec());
    }
    return pages;
  }

  @Override
  public String untouched() {
    return "pages that are in " + folder + " are whole";
  }
}
