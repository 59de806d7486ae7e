package io.klts.repo.cli;

import io.klts.repo.document.Documents;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** What a command says: lines for people, or one line of JSON at its end for machines. */
final class Console {

  @Spec(Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--json",
      description = "Print the result as one line of JSON; messages go to standard error.")
  private boolean json;

  @Option(
      names = {"-q", "--quiet"},
      description = "Print nothing but errors, warnings and the result.")
  private boolean quiet;

  /** A line about the work, in two columns. */
  void line(String what, String text) {
    if (!quiet) {
      messages().println(columns(what, text));
    }
  }

  /** What somebody has to see to one day: a command that a timer starts is quiet about the rest. */
  void warning(String text) {
    PrintWriter out = quiet ? command.commandLine().getErr() : messages();
    out.println(columns("warning", text));
  }

  /** Does the user want to see the result only? */
  boolean isQuiet() {
    return quiet;
  }

  /** A line of the result, which is printed also when the command is quiet. */
  void result(String text) {
    if (!json) {
      command.commandLine().getOut().println(text);
    }
  }

  /** The result for machines. */
  void json(Object result) throws IOException {
    if (json) {
      command.commandLine().getOut().println(Documents.jsonLine(result));
    }
  }

  /** Progress over a number of bytes; the caller closes it. */
  Progress progress(String what, long bytes) {
    return Progress.start(what, bytes, quiet ? null : messages());
  }

  /** Where lines about the work go. */
  PrintWriter messages() {
    return json ? command.commandLine().getErr() : command.commandLine().getOut();
  }

  /** A line in two columns. */
  static String columns(String what, String text) {
    return String.format(Locale.ROOT, "%-10s %s", what, text);
  }

  /** A size for people: {@code 122.4 MiB}. */
  static String mebibytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f MiB", bytes / 1048576.0);
  }
}
