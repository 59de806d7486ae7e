package io.klts.repo.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Links between the pages for people lead somewhere. */
class LinksTest {

  private static final Pattern FENCED = Pattern.compile("(?ms)^ *```\\w*\\n.*?^ *```$");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

  @Test
  void everyLinkHasItsFileAndItsHeading() throws IOException {
    List<Path> pages = new ArrayList<>(List.of(Path.of("README.md"), Path.of("CHANGELOG.md")));
    try (Stream<Path> files = Files.walk(Path.of("docs"))) {
      pages.addAll(files.filter(file -> file.toString().endsWith(".md")).toList());
    }
    int followed = 0;
    List<String> broken = new ArrayList<>();
    for (Path page : pages) {
      for (MatchResult link : LINK.matcher(text(page)).results().toList()) {
        String[] parts = link.group(1).split("#", 2);
        if (!parts[0].contains(":")) {
          followed++;
          Path target = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
          boolean found = Files.exists(target);
          if (!found || (parts.length > 1 && !anchors(target).contains(parts[1]))) {
            broken.add(page + ": " + link.group(1));
          }
        }
      }
    }
    assertThat(followed).isGreaterThan(100);
    assertThat(broken).isEmpty();
  }

  private static String text(Path page) throws IOException {
    return FENCED.matcher(Files.readString(page)).replaceAll("");
  }

  /** As the usual viewers of Markdown name headings. */
  private static Set<String> anchors(Path page) throws IOException {
    return HEADING
        .matcher(text(page))
        .results()
        .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .collect(Collectors.toSet());
  }
}
