package io.klts.repo.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The page of the manual for one command, in the macros of man(7). */
final class ManualPage {

  private final CommandSpec command;
  private final StringBuilder text = new StringBuilder();

  private ManualPage(CommandSpec command) {
    this.command = command;
  }

  /** The name of its file, without the section: {@code klts-repo-mirror-push}. */
  static String name(CommandSpec command) {
    return command.qualifiedName("-");
  }

  /** The page. */
  static String of(CommandSpec command) {
    ManualPage page = new ManualPage(command);
    page.head();
    page.synopsis();
    page.description();
    page.commands();
    page.options();
    page.environment();
    page.end();
    return page.text.toString();
  }

  private void head() {
    String[] version = command.root().version();
    line(".TH " + name(command).toUpperCase(Locale.ROOT) + " 1 \"\" \"" + version[0] + "\"");
    // Pages are read in terminals, where words that are moved apart or cut help nobody.
    line(".ad l");
    line(".nh");
    section("NAME");
    String[] description = command.usageMessage().description();
    paragraph(name(command) + " - " + description[0].replaceFirst("\\.$", ""));
  }

  private void synopsis() {
    section("SYNOPSIS");
    List<String> words = new ArrayList<>();
    words.add(bold(command.qualifiedName()));
    for (OptionSpec option : command.options()) {
      if (option.required()) {
        words.add(withValue(option, option.longestName()));
      }
    }
    if (command.options().stream().anyMatch(option -> !option.required())) {
      words.add("[" + italic("OPTION") + "]...");
    }
    if (!command.subcommands().isEmpty()) {
      words.add(italic("COMMAND"));
    }
    for (PositionalParamSpec parameter : command.positionalParameters()) {
      words.add(label(parameter));
    }
    line(String.join(" ", words));
  }

  private static String label(PositionalParamSpec parameter) {
    String label = italic(parameter.paramLabel());
    String some = parameter.arity().max() > 1 || parameter.type().isArray() ? "..." : "";
    return parameter.arity().min() == 0 ? "[" + label + some + "]" : label + some;
  }

  private void description() {
    section("DESCRIPTION");
    for (String paragraph : command.usageMessage().description()) {
      line(".PP");
      paragraph(paragraph);
    }
  }

  private void commands() {
    if (command.subcommands().isEmpty()) {
      return;
    }
    section("COMMANDS");
    for (CommandLine sub : command.subcommands().values()) {
      line(".TP");
      line(bold(name(sub.getCommandSpec())) + "(1)");
      paragraph(sub.getCommandSpec().usageMessage().description()[0]);
    }
  }

  private void options() {
    section("OPTIONS");
    for (PositionalParamSpec parameter : command.positionalParameters()) {
      line(".TP");
      line(label(parameter));
      description(parameter);
    }
    for (OptionSpec option : command.options()) {
      if (!option.hidden()) {
        line(".TP");
        line(
            Arrays.stream(option.names())
                .map(name -> withValue(option, name))
                .collect(Collectors.joining(", ")));
        description(option);
      }
    }
  }

  private static String withValue(OptionSpec option, String name) {
    boolean value = option.arity().max() > 0;
    return bold(name)
        + (value ? (name.startsWith("--") ? "=" : " ") + italic(option.paramLabel()) : "");
  }

  private void description(ArgSpec argument) {
    for (String paragraph : argument.description()) {
      paragraph(paragraph);
    }
  }

  private void environment() {
    if (!command.usageMessage().footerHeading().equals(SigningOptions.ENVIRONMENT)) {
      return;
    }
    section("ENVIRONMENT");
    for (String variable : command.usageMessage().footer()) {
      String[] words = variable.strip().split(" +", 2);
      line(".TP");
      line(bold(words[0]));
      paragraph(words[1]);
    }
  }

  private void end() {
    section("EXIT STATUS");
    paragraph("0 done, 1 failed, 2 wrong usage, 3 unhealthy, 130 or 143 ended by a signal");
    if (command.parent() != null) {
      section("SEE ALSO");
      line(bold(name(command.parent())) + "(1)");
    }
  }

  private void section(String title) {
    line(".SH " + title);
  }

  /** Text as a line that no macro can be. */
  private void paragraph(String words) {
    line("\\&" + escaped(words));
  }

  private void line(String line) {
    text.append(line).append('\n');
  }

  private static String bold(String words) {
    return "\\fB" + escaped(words) + "\\fR";
  }

  private static String italic(String words) {
    return "\\fI" + escaped(words) + "\\fR";
  }

  /** As characters of a keyboard: by itself, roff makes typographic ones of these. */
  private static String escaped(String words) {
    return words
        .replace("\\", "\\(rs")
        .replace("-", "\\-")
        .replace("'", "\\(aq")
        .replace("`", "\\(ga")
        .replace("^", "\\(ha")
        .replace("~", "\\(ti");
  }
}
