package io.klts.repo.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.acceptance.RealPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real programs sort versions that nobody chose as we do. */
class VersionOrderIT {

  @TempDir private Path folder;

  private record Pair(String a, String b) {}

  private static List<Pair> pairs(int count, String characters) {
    Random random = new Random(20261125);
    List<Pair> pairs = new ArrayList<>();
    while (pairs.size() < count) {
      String a = version(random, characters);
      String b = random.nextInt(3) == 0 ? near(a, random) : version(random, characters);
      pairs.add(new Pair(a, b));
    }
    return pairs;
  }

  /** An epoch here and there, a digit, some characters, and always a release. */
  private static String version(Random random, String characters) {
    StringBuilder text = new StringBuilder(random.nextInt(6) == 0 ? "1:" : "");
    text.append(random.nextInt(3));
    for (int i = random.nextInt(6); i > 0; i--) {
      text.append(characters.charAt(random.nextInt(characters.length())));
    }
    return text.append('-').append(random.nextInt(2)).toString();
  }

  /** The same version with a character more at its end. */
  private static String near(String version, Random random) {
    return version.replace("-", ".0~a+".charAt(random.nextInt(5)) + "-");
  }

  private static void check(VersionOrder order, List<Pair> pairs, List<String> answers) {
    List<String> ours =
        pairs.stream().map(p -> p + " " + Integer.signum(order.compare(p.a, p.b))).toList();
    assertThat(answers).hasSameSizeAs(pairs).contains("-1", "0", "1");
    for (int i = 0; i < pairs.size(); i++) {
      assertThat(ours.get(i)).isEqualTo(pairs.get(i) + " " + answers.get(i));
    }
  }

  @Test
  void rpm() throws IOException {
    List<Pair> pairs = pairs(2000, "0019abZ..~^+_");
    StringBuilder script = new StringBuilder("%{lua:\n");
    for (Pair pair : pairs) {
      script.append("print(rpm.vercmp('%s', '%s') .. '\\n')\n".formatted(pair.a, pair.b));
    }
    String answers = RealPrograms.run(folder, "rpm", "--eval", script + "}");
    check(VersionOrder.RPM, pairs, answers.lines().filter(line -> !line.isEmpty()).toList());
  }

  @Test
  void dpkg() throws IOException {
    List<Pair> pairs = pairs(500, "0019abZ..~+");
    StringBuilder script = new StringBuilder();
    for (Pair pair : pairs) {
      String line = "dpkg --compare-versions '%s' %s '%s' && echo %d\n";
      script.append(line.formatted(pair.a, "lt", pair.b, -1));
      script.append(line.formatted(pair.a, "eq", pair.b, 0));
      script.append(line.formatted(pair.a, "gt", pair.b, 1));
    }
    Path file = Files.writeString(folder.resolve("script"), script + "true\n");
    String answers = RealPrograms.run(folder, "sh", file.toString());
    check(VersionOrder.DEB, pairs, answers.lines().toList());
  }
}
