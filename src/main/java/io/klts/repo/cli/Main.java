package io.klts.repo.cli;

import io.klts.repo.blob.Parallel;
import io.klts.repo.document.Documents;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
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
    })
public final class Main implements Runnable {

  /** The exit code for a tree or a key that somebody has to look after. */
  static final int UNHEALTHY = 3;

  private static final List<Class<?>> COMMANDS =
      List.of(
          DemoCommand.class,
          KeyCommand.class,
          BuildCommand.class,
          PublishCommand.class,
          ReindexCommand.class,
          WithdrawCommand.class,
          RollbackCommand.class,
          RefreshCommand.class,
          PruneCommand.class,
          StatusCommand.class,
          DiffCommand.class,
          ServeCommand.class,
          VerifyCommand.class,
          MirrorCommand.class,
          InitCommand.class,
          CompletionCommand.class,
          ManualCommand.class);

  @Spec private CommandSpec spec;

  private Main() {}

  /** Runs the program and ends the process with its exit code. */
  public static void main(String[] args) {
    if (readsDocuments(List.of(args))) {
      Parallel.begin(Documents::warmUp);
    }
    // Picocli would look for Groovy in the whole jar, which nothing else has to open.
    System.setProperty("picocli.disable.closures", "true");
    System.exit(run(args, writer(System.out), writer(System.err)));
  }

  /** A pull does that for a part of a tree only. */
  private static boolean readsDocuments(List<String> args) {
    boolean pulls = args.size() > 1 && args.subList(0, 2).equals(List.of("mirror", "pull"));
    return !args.isEmpty() && !args.get(0).startsWith("-") && !pulls;
  }

  private static PrintWriter writer(OutputStream stream) {
    return new PrintWriter(stream, true, StandardCharsets.UTF_8);
  }

  /** Runs the program and returns its exit code; tests call this. */
  static int run(String[] args, PrintWriter out, PrintWriter err) {
    try {
      return line(List.of(args))
          .setOut(out)
          .setErr(err)
          .setCaseInsensitiveEnumValuesAllowed(true)
          .setParameterExceptionHandler(new Usage())
          .setExecutionExceptionHandler(new Failure())
          .execute(args);
    } catch (OutOfMemoryError e) {
      long limit = Runtime.getRuntime().maxMemory() >> 20;
      err.println("error: Java has too little memory: its limit is " + limit + " MiB");
      err.println("  allow more, for example: KLTS_JAVA_OPTS=-Xmx2g klts-repo " + args[0]);
      return CommandLine.ExitCode.SOFTWARE;
    }
  }

  /** The program with all its commands, for those who describe it. */
  static CommandLine line() {
    return line(List.of());
  }

  /**
   * The program with the command that is asked for, with none for the version, or with all: looking
   * into each would cost a start-up time.
   */
  private static CommandLine line(List<String> args) {
    CommandLine line = new CommandLine(new Main());
    if (!args.equals(List.of("--version")) && !args.equals(List.of("-V"))) {
      add(line, COMMANDS, args);
    }
    CommandLine mirror = line.getSubcommands().get("mirror");
    if (mirror != null) {
      add(mirror, MirrorCommand.COMMANDS, args.stream().skip(1).toList());
    }
    return line;
  }

  private static void add(CommandLine line, List<Class<?>> commands, List<String> args) {
    // Looking for the name into each is a cost as well: those that are seldom used stand last.
    for (Class<?> command : commands) {
      if (!args.isEmpty() && command.getAnnotation(Command.class).name().equals(args.get(0))) {
        line.addSubcommand(command);
        return;
      }
    }
    commands.forEach(line::addSubcommand);
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
