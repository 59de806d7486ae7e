package io.klts.repo.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of cases, which other programs that choose mirrors have to keep to as well. */
class RankingTest {

  private static final Path TABLE = Path.of("src/test/resources/mirrors/order.txt");

  private static final class Case {
    private final String name;
    private final List<Health> mirrors = new ArrayList<>();
    private String order;
    private String rejected;

    private Case(String name) {
      this.name = name;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static List<Case> cases() throws IOException {
    List<Case> cases = new ArrayList<>();
    for (String line : Files.readAllLines(TABLE)) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] words = line.split("\\s+", 2);
      Case last = cases.isEmpty() ? null : cases.get(cases.size() - 1);
      switch (words[0]) {
        case "case" -> cases.add(new Case(words[1]));
        case "mirror" -> last.mirrors.add(mirror(words[1].split("\\s+")));
        case "order" -> last.order = words[1];
        case "rejected" -> last.rejected = words[1];
        default -> throw new IOException("what is " + line + "?");
      }
    }
    return cases;
  }

  private static Health mirror(String... words) {
    Mirror mirror =
        new Mirror(
            words[0],
            Mirror.Kind.COPY,
            "https://" + words[0] + ".example.org",
            Optional.empty(),
            Optional.empty(),
            Integer.parseInt(words[2]),
            Duration.ZERO,
            Optional.empty(),
            Map.of(),
            false,
            "");
    List<Problem> problems = new ArrayList<>();
    if (!words[4].equals("-")) {
      for (String kind : words[4].split(",", -1)) {
        problems.add(new Problem(Problem.Kind.valueOf(kind), true, "", "a", "b", "c"));
      }
    }
    return new Health(
        mirror,
        true,
        true,
        10 - Long.parseLong(words[1]),
        Long.parseLong(words[1]),
        Duration.ZERO,
        Optional.empty(),
        Duration.ofMillis(Long.parseLong(words[3])),
        0,
        Optional.empty(),
        Optional.empty(),
        0,
        0,
        problems);
  }

  private static String names(List<Health> mirrors) {
    return mirrors.isEmpty()
        ? "-"
        : mirrors.stream().map(health -> health.mirror().name()).collect(Collectors.joining(" "));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theOrderIsAsTheTableSays(Case one) {
    assertThat(names(Ranking.best(one.mirrors))).isEqualTo(one.order);
    assertThat(names(Ranking.rejected(one.mirrors))).isEqualTo(one.rejected);
  }

  @Test
  void theTableHasEveryFault() throws IOException {
    Set<Problem.Kind> kinds = EnumSet.noneOf(Problem.Kind.class);
    cases()
        .forEach(one -> one.mirrors.forEach(h -> h.problems().forEach(p -> kinds.add(p.kind()))));
    assertThat(kinds).containsExactlyInAnyOrderElementsOf(Arrays.asList(Problem.Kind.values()));
  }
}
