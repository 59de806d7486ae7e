package io.klts.repo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Every command line in the pages for people is one of the program. */
class DocumentedCommandsTest {

  private static final Pattern FENCED = Pattern.compile("(?ms)^```\\w*\\n(.*?)^```$");
  private static final Pattern INLINE = Pattern.compile("`((?:\\./)?klts-repo\\s[^`]+)`");
  private static final Pattern COMMAND =
      Pattern.compile("(?m)^(?:\\$ |# )?(?:\\./)?klts-repo ((?:[^\\n\\\\]|\\\\\\n)*)$");
  private static final Pattern WORD = Pattern.compile("\"[^\"]*\"|'[^']*'|[^\\s\"']+");

  private static final Pattern CODE = Pattern.compile("(?s)```.*?```|`[^`]+`");
  private static final Pattern OPTION = Pattern.compile("--[a-z][a-z-]*");

  /** Where the arguments end: what follows is the shell's. */
  private static final Set<String> ENDS = Set.of("#", "|", "&&", ">", ";", "\\");

  private static final CommandLine PROGRAM = Main.line().setCaseInsensitiveEnumValuesAllowed(true);

  static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>(List.of(Path.of("README.md")));
    for (String folder : List.of("docs", "keys", "repo-templates")) {
      try (Stream<Path> files = Files.walk(Path.of(folder))) {
        pages.addAll(files.filter(file -> file.toString().endsWith(".md")).toList());
      }
    }
    return pages;
  }

  @ParameterizedTest
  @MethodSource("pages")
  void whatIsToBeTypedIsUnderstood(Path page) throws IOException {
    for (MatchResult block : FENCED.matcher(Files.readString(page)).results().toList()) {
      for (MatchResult line : COMMAND.matcher(block.group(1)).results().toList()) {
        List<String> words = words(line.group(1));
        try {
          PROGRAM.parseArgs(words.toArray(String[]::new));
        } catch (ParameterException e) {
          // A line with an ellipsis says only a part; that has to be right.
          if (!words.remove("…") || e instanceof UnmatchedArgumentException) {
            throw new AssertionError(page + ": " + line.group() + ": " + e.getMessage(), e);
          }
        }
      }
    }
  }

  /** Of commands in the middle of a text the names of commands and options. */
  @ParameterizedTest
  @MethodSource("pages")
  void whatIsSpokenOfExists(Path page) throws IOException {
    String text = FENCED.matcher(Files.readString(page)).replaceAll("");
    for (MatchResult inline : INLINE.matcher(text).results().toList()) {
      List<String> words = words(inline.group(1));
      assertKnown(page, words.subList(1, words.size()));
    }
  }

  /** Of the installer's pages; some of their options are those of the program. */
  @ParameterizedTest
  @ValueSource(strings = {"docs/install.md", "docs/install.zh.md", "docs/guides/end-user.md"})
  void theInstallersOptionsExist(Path page) throws IOException {
    Process help = new ProcessBuilder("sh", "install.sh", "--help").start();
    String known = new String(help.getInputStream().readAllBytes(), UTF_8);
    assertThat(known).contains("--version VERSION");
    Set<String> ofTheProgram = new TreeSet<>();
    addOptions(PROGRAM, ofTheProgram);
    Set<String> options = new TreeSet<>();
    for (MatchResult code : CODE.matcher(Files.readString(page)).results().toList()) {
      OPTION.matcher(code.group()).results().forEach(option -> options.add(option.group()));
    }
    assertThat(options).hasSizeGreaterThan(5);
    assertThat(options)
        .allMatch(
            option ->
                ofTheProgram.contains(option)
                    || Pattern.compile(option + "(?![a-z-])").matcher(known).find());
  }

  private static void addOptions(CommandLine command, Set<String> options) {
    command.getCommandSpec().options().forEach(o -> options.addAll(Arrays.asList(o.names())));
    command.getSubcommands().values().forEach(sub -> addOptions(sub, options));
  }

  @Test
  void theTableOfCommandsIsComplete() throws IOException {
    Path page = Path.of("README.md");
    Set<String> named = new TreeSet<>();
    for (String line : Files.readAllLines(page)) {
      if (line.startsWith("| `") && line.endsWith(" |")) {
        String[] codes = line.split("\\|", -1)[1].replaceAll("TREE`.*", "TREE").split("`", -1);
        String first = words(codes[1]).get(0);
        named.add(first);
        for (int i = 1; i < codes.length; i += 2) {
          List<String> words = words(codes[i].replaceAll("[\\[\\]]|\\.\\.\\.|…", ""));
          if (PROGRAM.getSubcommands().containsKey(words.get(0))) {
            named.add(words.get(0));
            assertKnown(page, words);
          }
        }
      }
    }
    assertThat(named).containsAll(PROGRAM.getSubcommands().keySet());
  }

  @Test
  void everyReportForMachinesIsDescribed() throws IOException {
    String page = Files.readString(Path.of("docs/formats.md"));
    List<String> reports = new ArrayList<>();
    addReports(PROGRAM, "klts-repo", reports);
    assertThat(reports).hasSizeGreaterThan(20);
    assertThat(reports).allSatisfy(report -> assertThat(page).contains("`" + report + "`"));
  }

  private static void addReports(CommandLine command, String name, List<String> reports) {
    if (command.getCommandSpec().findOption("--json") != null) {
      reports.add(name + " --json");
    }
    command.getSubcommands().forEach((sub, line) -> addReports(line, name + " " + sub, reports));
  }

  /** The words of a shell's line; a template's hole for a release is one. */
  private static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    String filled = line.replace("@RELEASE@", "v1.0.0-tools.1");
    for (MatchResult word : WORD.matcher(filled).results().toList()) {
      if (ENDS.contains(word.group())) {
        if (word.group().equals("\\")) {
          continue;
        }
        break;
      }
      words.add(word.group().replaceAll("^[\"']|[\"']$", ""));
    }
    return words;
  }

  private static void assertKnown(Path page, List<String> words) {
    CommandLine line = PROGRAM;
    int at = 0;
    while (at < words.size() && line.getSubcommands().containsKey(words.get(at))) {
      line = line.getSubcommands().get(words.get(at++));
    }
    CommandSpec command = line.getCommandSpec();
    assertThat(at).as(page + ": no command in " + words).isPositive();
    assertThat(command.subcommands().isEmpty() || at == words.size())
        .as(page + ": no command in " + words)
        .isTrue();
    Set<String> options = new TreeSet<>();
    for (OptionSpec option : command.options()) {
      options.addAll(Arrays.asList(option.names()));
    }
    assertThat(
            words.stream().filter(word -> word.startsWith("-")).map(o -> o.replaceAll("=.*", "")))
        .as(page + ": " + words)
        .isSubsetOf(options);
  }
}
