package io.klts.repo.cli;

import io.klts.repo.mirror.Examination;
import io.klts.repo.mirror.Health;
import io.klts.repo.mirror.Mirror;
import io.klts.repo.mirror.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How mirrors are, for a person: a line for each, and below it what is wrong. */
final class MirrorTable {

  private static final String RED = "\033[31m";
  private static final String GREEN = "\033[32m";
  private static final String GREY = "\033[90m";
  private static final String PLAIN = "\033[0m";
  private static final List<String> HEAD =
      List.of("MIRROR", "AREA", "SERIAL", "BEHIND", "LATENCY", "RATE", "STATE");

  private record Row(List<String> cells, String colour) {}

  private final MirrorReport report;
  private final Optional<Duration> allowed;
  private final boolean colours;

  /**
   * @param allowed how long every mirror may be behind; empty for its own interval
   */
  MirrorTable(MirrorReport report, Optional<Duration> allowed, boolean colours) {
    this.report = report;
    this.allowed = allowed;
    this.colours = colours;
  }

  List<String> lines() {
    List<Row> rows = new ArrayList<>(List.of(new Row(HEAD, "")));
    report.all().forEach(health -> rows.add(row(health)));
    for (Mirror mirror : report.retired()) {
      rows.add(new Row(List.of(mirror.name(), area(mirror), "-", "-", "-", "-", "retired"), GREY));
    }
    int[] widths = new int[HEAD.size()];
    for (Row row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.cells.get(i).length());
      }
    }
    List<String> lines = new ArrayList<>();
    rows.forEach(row -> lines.add(line(row, widths)));
    for (Health health : report.all()) {
      for (Problem problem : health.problems()) {
        lines.add("  " + health.mirror().name() + ": " + problem);
      }
    }
    return lines;
  }

  private String line(Row row, int[] widths) {
    StringBuilder line = new StringBuilder();
    int last = widths.length - 1;
    for (int i = 0; i < last; i++) {
      String cell = row.cells.get(i);
      line.append(cell).append(" ".repeat(widths[i] - cell.length() + 2));
    }
    boolean coloured = colours && !row.colour.isEmpty();
    String state = row.cells.get(last);
    return line.append(coloured ? row.colour + state + PLAIN : state).toString();
  }

  private static String area(Mirror mirror) {
    return mirror.area().orElse("-");
  }

  private Row row(Health health) {
    List<String> cells =
        Arrays.asList(
            health.mirror().name(),
            area(health.mirror()),
            health.serial() == 0 ? "-" : Long.toString(health.serial()),
            health.behind() == 0 ? "-" : Examination.words(health.lag()),
            health.latency().isZero() ? "-" : health.latency().toMillis() + " ms",
            health.bytesPerSecond() == 0 ? "-" : rate(health.bytesPerSecond()),
            state(health));
    return new Row(cells, health.isHealthy() ? GREEN : RED);
  }

  private static String rate(long bytesPerSecond) {
    double megabytes = bytesPerSecond / 1e6;
    return String.format(Locale.ROOT, megabytes < 10 ? "%.1f MB/s" : "%.0f MB/s", megabytes);
  }

  private String state(Health health) {
    if (health.isHealthy()) {
      Duration lag = allowed.orElseGet(() -> Examination.allowedLag(health.mirror()));
      return health.behind() == 0 ? "ok" : "ok (within " + Examination.words(lag) + ")";
    }
    Problem first = health.problems().get(0);
    return "BAD  " + first.kind().words() + (first.path().isEmpty() ? "" : ": " + first.path());
  }
}
