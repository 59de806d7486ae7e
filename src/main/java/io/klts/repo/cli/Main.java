package io.klts.repo.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program {@code klts-repo}. */
@Command(
    name = "klts-repo",
    description =
        "Makes and mirrors the package repositories of Kubernetes long-term support releases.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 unhealthy, 130 or 143 ended by a signal.",
      "Start with: klts-repo demo"
    },
    subcommands = {
      DemoCommand.class,
      KeyCommand.class,
      BuildCommand.class,
      PublishCommand.class,
      ReindexCommand.class,
      ServeCommand.class
    })
public final class Main implements Runnable {

  @Spec private CommandSpec spec;

  private Main() {}

  /** Runs the program and ends the process with its exit code. */
  public static void main(String[] args) throws IOException {
    Scratch.takeFilesOfLibraries();
    System.exit(run(args, writer(System.out), writer(System.err)));
  }

  private static PrintWriter writer(OutputStream stream) {
    return new PrintWriter(stream, true, StandardCharsets.UTF_8);
  }

  /** Runs the program and returns its exit code; tests call this. */
  static int run(String[] args, PrintWriter out, PrintWriter err) {
    return new CommandLine(new Main())
        .setOut(out)
        .setErr(err)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(new Usage())
        .setExecutionExceptionHandler(new Failure())
        .execute(args);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  /** The version of the jar. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"klts-repo " + (version == null ? "(not packaged)" : version)};
    }
  }
}
