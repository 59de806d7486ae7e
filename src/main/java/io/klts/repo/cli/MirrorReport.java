package io.klts.repo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.klts.repo.document.Documents;
import io.klts.repo.mirror.Health;
import io.klts.repo.mirror.Mirror;
import io.klts.repo.mirror.Problem;
import io.klts.repo.mirror.Reference;
import io.klts.repo.tree.Manifest;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * How mirrors are, in the forms that programs read.
 *
 * @param all those that were looked at, the best first
 * @param retired those that were not
 */
record MirrorReport(
    Mirror origin, Reference reference, List<Health> all, List<Mirror> retired, Instant now) {

  /**
   * One mirror. What is not known is absent.
   *
   * @param mirror its name; {@code origin} is where clients find the tree
   * @param kind copy, prefix or cache
   * @param url its public address
   * @param area its country in two letters
   * @param priority 1 is asked first, 99 last
   * @param state ok, bad or retired
   * @param reachable whether it answered at all
   * @param signed whether a trusted key signed its manifest
   * @param serial of its tree
   * @param behind how many serials it is behind
   * @param lagSeconds for how long it has been behind, as far as is known
   * @param date of its tree, as that says
   * @param latencyMillis until the server began to send the manifest
   * @param bytesPerSecond of a sample of a package
   * @param certificateDays whole days that the server's certificate still has
   * @param keyDays whole days that the key still has
   * @param problems the worst first
   */
  record Line(
      String mirror,
      String kind,
      String url,
      String area,
      int priority,
      String state,
      Boolean reachable,
      Boolean signed,
      Long serial,
      Long behind,
      Long lagSeconds,
      String date,
      Long latencyMillis,
      Long bytesPerSecond,
      Long certificateDays,
      Long keyDays,
      List<Problem> problems) {}

  /**
   * How all of them are.
   *
   * @param serial that they should have
   * @param checked when they were looked at
   * @param healthy whether clients may be sent to all of them
   * @param mirrors the best first, then those that are retired
   */
  record Result(long serial, String checked, boolean healthy, List<Line> mirrors) {}

  Result json() {
    List<Line> lines = new ArrayList<>();
    for (Health health : all) {
      lines.add(line(health.mirror(), health.isHealthy() ? "ok" : "bad", Optional.of(health)));
    }
    retired.forEach(mirror -> lines.add(line(mirror, "retired", Optional.empty())));
    boolean healthy = all.stream().allMatch(Health::isHealthy);
    return new Result(reference.manifest().serial(), now.toString(), healthy, lines);
  }

  private static Line line(Mirror mirror, String state, Optional<Health> health) {
    return new Line(
        mirror.name(),
        mirror.kind().name().toLowerCase(Locale.ROOT),
        mirror.url(),
        mirror.area().orElse(null),
        mirror.priority(),
        state,
        health.map(Health::reachable).orElse(null),
        health.map(Health::signed).orElse(null),
        health.map(Health::serial).filter(serial -> serial > 0).orElse(null),
        health.map(Health::behind).orElse(null),
        health.map(h -> h.lag().toSeconds()).orElse(null),
        health.flatMap(Health::date).map(Instant::toString).orElse(null),
        health.map(h -> h.latency().toMillis()).filter(ms -> ms > 0).orElse(null),
        health.map(Health::bytesPerSecond).filter(rate -> rate > 0).orElse(null),
        health.flatMap(Health::certificateDays).orElse(null),
        health.flatMap(Health::keyDays).orElse(null),
        health.map(Health::problems).orElse(null));
  }

  String jsonLine() throws IOException {
    return Documents.jsonLine(json()) + "\n";
  }

  /** The text format of Prometheus, version 0.0.4. */
  String prometheus() {
    StringBuilder text = new StringBuilder();
    metric(text, "up", "Whether the mirror answers.", h -> number(h.reachable()));
    metric(text, "healthy", "Whether clients may be sent there.", h -> number(h.isHealthy()));
    metric(text, "signature_valid", "Whether a trusted key signed it.", h -> number(h.signed()));
    metric(
        text,
        "serial",
        "The serial of its tree.",
        h -> Optional.of(h.serial()).filter(serial -> serial > 0).map(Long::doubleValue));
    metric(text, "serials_behind", "Serials that it lacks.", h -> Optional.of((double) h.behind()));
    metric(text, "lag_seconds", "For how long it has been behind.", h -> seconds(h.lag()));
    metric(
        text,
        "last_update_timestamp_seconds",
        "The date of its tree.",
        h -> h.date().map(date -> (double) date.getEpochSecond()));
    metric(
        text,
        "latency_seconds",
        "Time until it sent the manifest.",
        h -> h.latency().isZero() ? Optional.empty() : seconds(h.latency()));
    metric(
        text,
        "throughput_bytes_per_second",
        "Speed of a sample.",
        h -> Optional.of(h.bytesPerSecond()).filter(rate -> rate > 0).map(Long::doubleValue));
    metric(
        text,
        "certificate_remaining_seconds",
        "Time until its certificate ends, in whole days.",
        h -> h.certificateDays().map(days -> days * 86400.0));
    metric(
        text,
        "key_remaining_seconds",
        "Time until its signing key ends, in whole days.",
        h -> h.keyDays().map(days -> days * 86400.0));
    head(text, "problems", "What is not as it should be, by kind.");
    for (Health health : all) {
      Map<String, Integer> counts = new TreeMap<>();
      for (Problem problem : health.problems()) {
        String kind = problem.kind().name().toLowerCase(Locale.ROOT);
        String severity = problem.fault() ? "fault" : "warning";
        counts.merge("kind=\"" + kind + "\",severity=\"" + severity + "\"", 1, Integer::sum);
      }
      counts.forEach((labels, n) -> sample(text, "problems", health, "," + labels, n));
    }
    return text.toString();
  }

  private static Optional<Double> number(boolean yes) {
    return Optional.of(yes ? 1.0 : 0.0);
  }

  private static Optional<Double> seconds(Duration time) {
    return Optional.of(time.toMillis() / 1000.0);
  }

  private void metric(
      StringBuilder text, String name, String help, Function<Health, Optional<Double>> value) {
    head(text, name, help);
    all.forEach(h -> value.apply(h).ifPresent(number -> sample(text, name, h, "", number)));
  }

  private static void head(StringBuilder text, String name, String help) {
    text.append("# HELP klts_mirror_").append(name).append(' ').append(help).append('\n');
    text.append("# TYPE klts_mirror_").append(name).append(" gauge\n");
  }

  private static void sample(
      StringBuilder text, String name, Health health, String more, double value) {
    Mirror mirror = health.mirror();
    text.append("klts_mirror_").append(name);
    text.append("{mirror=\"").append(mirror.name());
    text.append("\",area=\"").append(mirror.area().orElse(""));
    text.append("\",url=\"").append(mirror.url().replace("\\", "\\\\").replace("\"", "\\\""));
    text.append('"').append(more).append("} ");
    String number = value == Math.rint(value) ? Long.toString((long) value) : "" + value;
    text.append(number).append('\n');
  }

  /**
   * Who publishes.
   *
   * @param url of the origin
   * @param abbr the name of the repository in capitals
   */
  private record Site(String url, String abbr) {}

  /**
   * A mirror in the words of MirrorZ.
   *
   * @param cname the name of what is mirrored
   * @param desc the name of the mirror
   * @param url its public address
   * @param status a letter with a time: S good, F failed, R a prefix, C a cache, P retired; O
   *     before the time of an older success
   * @param upstream the origin; absent for the origin itself
   * @param size of the tree
   * @param disable true if it is retired; else absent
   */
  private record MirrorzMirror(
      String cname,
      String desc,
      String url,
      String status,
      String upstream,
      String size,
      Boolean disable) {}

  /**
   * The whole document.
   *
   * @param version of the format: 1.7
   * @param site who publishes
   * @param mirrors the best first
   */
  private record Mirrorz(double version, Site site, List<MirrorzMirror> mirrors) {}

  /**
   * {@code mirrorz.json} of MirrorZ, version 1.7: a main status in one letter with its time, and O
   * for an older success.
   *
   * @param id the name of what is mirrored
   */
  String mirrorz(String id) throws IOException {
    List<MirrorzMirror> mirrors = new ArrayList<>();
    for (Health health : all) {
      mirrors.add(mirrorz(id, health.mirror(), status(health), null));
    }
    retired.forEach(mirror -> mirrors.add(mirrorz(id, mirror, "P", true)));
    Site site = new Site(origin.url(), id.toUpperCase(Locale.ROOT));
    return new String(Documents.prettyJson(new Mirrorz(1.7, site, mirrors)), UTF_8);
  }

  private MirrorzMirror mirrorz(String id, Mirror mirror, String status, Boolean disable) {
    boolean first = mirror.name().equals(Mirror.ORIGIN);
    return new MirrorzMirror(
        id, mirror.name(), mirror.url(), status, first ? null : origin.url(), size(), disable);
  }

  private String size() {
    return Console.mebibytes(
        reference.manifest().entries().values().stream().mapToLong(Manifest.Entry::size).sum());
  }

  private String status(Health health) {
    Optional<Long> date = health.date().map(Instant::getEpochSecond);
    if (!health.isHealthy()) {
      return "F" + now.getEpochSecond() + date.map(time -> "O" + time).orElse("");
    }
    return switch (health.mirror().kind()) {
      case COPY -> "S" + date.map(String::valueOf).orElse("");
      case PREFIX -> "R";
      case CACHE -> "C";
    };
  }

  /** Names as tunasync has them. */
  private record Job(
      String name,
      boolean is_master,
      String status,
      String last_update,
      long last_update_ts,
      String last_started,
      long last_started_ts,
      String last_ended,
      long last_ended_ts,
      String next_schedule,
      long next_schedule_ts,
      String upstream,
      String size) {}

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss xx", Locale.ROOT).withZone(ZoneOffset.UTC);

  /** Go's time that was never set. */
  private static final Instant NEVER = Instant.parse("0001-01-01T00:00:00Z");

  /** What tunasync's manager answers at {@code /jobs}. Of the times only the tree's is known. */
  String tunasync() throws IOException {
    List<Job> jobs = new ArrayList<>();
    for (Health health : all) {
      Instant date = health.date().orElse(NEVER);
      Duration interval = health.mirror().interval();
      Instant next = health.date().isEmpty() || interval.isZero() ? NEVER : date.plus(interval);
      jobs.add(job(health.mirror(), health.isHealthy() ? "success" : "failed", date, next));
    }
    retired.forEach(mirror -> jobs.add(job(mirror, "disabled", NEVER, NEVER)));
    return new String(Documents.prettyJson(jobs), UTF_8);
  }

  private Job job(Mirror mirror, String status, Instant date, Instant next) {
    String text = TIME.format(date);
    long seconds = date.getEpochSecond();
    return new Job(
        mirror.name(),
        true,
        status,
        text,
        seconds,
        text,
        seconds,
        text,
        seconds,
        TIME.format(next),
        next.getEpochSecond(),
        origin.url(),
        size());
  }
}
