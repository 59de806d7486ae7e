package io.klts.repo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The manual and the completion have every command and option that the program has. */
class ManualTest {

  @TempDir Path folder;

  private static String run(String... arguments) {
    Run run = Run.of(List.of(arguments));
    assertThat(run.exit()).as(run.err()).isZero();
    return run.out();
  }

  @Test
  void everyCommandHasItsPageWithEveryOption() throws IOException {
    run("manual", folder.toString());
    Set<String> expected = new HashSet<>();
    check(Main.line().getCommandSpec(), expected);
    assertThat(expected).contains("klts-repo.1", "klts-repo-key-rotate-dual-sign.1");
    try (Stream<Path> pages = Files.list(folder)) {
      assertThat(pages.map(page -> page.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  private void check(CommandSpec command, Set<String> names) throws IOException {
    String name = ManualPage.name(command);
    names.add(name + ".1");
    String page = Files.readString(folder.resolve(name + ".1"));
    for (OptionSpec option : command.options()) {
      for (String one : option.names()) {
        assertThat(page).as(name).contains("\\fB" + one.replace("-", "\\-") + "\\fR");
      }
      assertThat(option.description()).as(name + " " + option.longestName()).isNotEmpty();
    }
    assertThat(command.usageMessage().description()).as(name).isNotEmpty();
    for (CommandLine sub : command.subcommands().values()) {
      assertThat(page).contains(ManualPage.name(sub.getCommandSpec()).replace("-", "\\-"));
      check(sub.getCommandSpec(), names);
    }
  }

  /**
   * Nobody who has the program alone has docs/formats.md, and without a key nothing is published.
   */
  @Test
  void whatSignsSaysWhereTheKeyComesFrom() throws IOException {
    run("manual", folder.toString());
    String table = Files.readString(Path.of("docs/formats.md"));
    for (String command : List.of("publish", "build", "refresh", "withdraw", "mirror lists")) {
      String page =
          Files.readString(folder.resolve("klts-repo-" + command.replace(' ', '-') + ".1"));
      String help = run((command + " --help").split(" "));
      assertThat(help).contains("\nEnvironment:\n  KLTS_SIGNING_KEY ");
      List<String> variables =
          Pattern.compile("KLTS_\\w+").matcher(help).results().map(MatchResult::group).toList();
      assertThat(variables).hasSizeGreaterThan(3);
      for (String variable : variables) {
        assertThat(page.substring(page.indexOf("\n.SH ENVIRONMENT\n")))
            .contains("\n.TP\n\\fB" + variable + "\\fR\n");
        assertThat(table).contains("| `" + variable + "` |");
      }
    }
    assertThat(run("verify", "--help")).doesNotContain("Environment:");
  }

  @Test
  void nothingInAPageIsTakenForARequest() {
    CommandSpec command = CommandSpec.create().name("x").version("x 1");
    command.usageMessage().description(".It's a \\ and `a~b^c`.", "'quoted'");
    assertThat(ManualPage.of(command))
        .contains("x \\- .It\\(aqs a \\(rs and \\(gaa\\(tib\\(hac\\(ga\n")
        .contains("\n\\&.It\\(aqs")
        .contains("\n\\&\\(aqquoted\\(aq\n");
  }

  @Test
  void theCompletionHasEveryCommandAndOption() {
    String script = run("completion");
    check(Main.line().getCommandSpec(), script);
  }

  private static void check(CommandSpec command, String script) {
    for (OptionSpec option : command.options()) {
      assertThat(script).contains("'" + option.longestName() + "'");
    }
    for (CommandLine sub : command.subcommands().values()) {
      assertThat(script).containsPattern("\\b" + sub.getCommandName() + "\\b");
      check(sub.getCommandSpec(), script);
    }
  }
}
