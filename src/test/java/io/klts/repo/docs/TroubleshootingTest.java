package io.klts.repo.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the page for troubleshooting quotes is what the program and its scripts say. */
class TroubleshootingTest {

  private static final Path PAGE = Path.of("docs/troubleshooting.md");

  /** The first column of a table, and the messages in it. */
  private static final Pattern ROW = Pattern.compile("(?m)^\\|((?:[^|`]|`[^`]*`)*)\\|");

  private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

  /** Words before a message that say how bad it is or where. */
  private static final Pattern KIND = Pattern.compile("^(warning|note|problem|FILE:LINE)\\b:? *");

  /** Where something is put in, or one text follows another. */
  private static final Pattern JOINT =
      Pattern.compile("…(/manifest)?|KLTS_[A-Z_]*|: |(^|; | )expected |, found ");

  /** Said by Jackson. */
  private static final String OF_A_LIBRARY = "Duplicate field";

  private static List<String> quoted() throws IOException {
    List<String> quoted = new ArrayList<>();
    for (MatchResult row : ROW.matcher(Files.readString(PAGE)).results().toList()) {
      QUOTED.matcher(row.group(1)).results().forEach(message -> quoted.add(message.group(1)));
    }
    return quoted;
  }

  @Test
  void everyQuotedMessageIsOneOfTheSources() throws IOException {
    List<String> texts = new ArrayList<>(Messages.ofTheProgram());
    texts.addAll(Messages.of(Path.of("install.sh")));
    texts.addAll(Messages.of(Path.of("klts-repo")));
    texts.add(OF_A_LIBRARY);
    String all = String.join("\n", texts);
    List<String> unknown = new ArrayList<>();
    List<String> quoted = quoted();
    for (String message : quoted) {
      for (String constant : JOINT.split(KIND.matcher(message).replaceFirst(""), -1)) {
        if (!isSaid(constant.strip(), all)) {
          unknown.add(message + ": " + constant.strip());
        }
      }
    }
    assertThat(quoted).hasSizeGreaterThan(80);
    assertThat(unknown).as("nothing says this any more").isEmpty();
  }

  /** Whether it is a part of a text, or of two texts of which one is put into the other. */
  private static boolean isSaid(String constant, String all) {
    return all.contains(constant)
        || IntStream.range(1, constant.length())
            .filter(i -> constant.charAt(i) == ' ' || constant.charAt(i) == '/')
            .anyMatch(
                i ->
                    all.contains(constant.substring(0, i).strip())
                        && all.contains(constant.substring(i + 1)));
  }
}
