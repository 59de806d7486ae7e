package io.klts.repo.cli;

import io.klts.repo.catalogue.Identity;
import io.klts.repo.mirror.Depth;
import io.klts.repo.mirror.Examination;
import io.klts.repo.mirror.Health;
import io.klts.repo.mirror.Mirror;
import io.klts.repo.mirror.Mirrors;
import io.klts.repo.mirror.Ranking;
import io.klts.repo.mirror.Reference;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.source.HttpSource;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Says how mirrors are. */
@Command(
    name = "status",
    description = {
      "Looks at the origin and the mirrors of mirrors.conf as their readers do, side by side: whether"
          + " they answer, what they have, how old that is, how quick they are, and what is wrong.",
      "Exit code 3 if one that is not retired is not right, for cron and systemd. It changes nothing."
    },
    mixinStandardHelpOptions = true)
final class MirrorStatusCommand implements Callable<Integer> {

  @Spec private CommandSpec command;
  @Mixin private Console console;
  @Mixin private MirrorsOption conf;

  @Parameters(
      paramLabel = "NAME",
      arity = "0..*",
      description = "Mirrors of mirrors.conf; without names all of them, and the origin.")
  private List<String> names = List.of();

  @ArgGroup(multiplicity = "1")
  private Origin origin;

  /** What mirrors are compared with. */
  static final class Origin {

    @Option(
        names = "--tree",
        required = true,
        paramLabel = "DIR",
        description = "The tree where it is published: the mirrors should have the same.")
    private Path tree;

    @Option(
        names = "--key",
        required = true,
        paramLabel = "FILE",
        description = "The public key to trust; the mirrors should have what the origin serves.")
    private Path key;
  }

  @Option(names = "--deep", description = "Read every byte of every file, also of packages.")
  private boolean deep;

  @Option(
      names = "--max-lag",
      paramLabel = "TIME",
      description =
          "How long a mirror may be behind, such as 72h or 2d; without it its interval, or 72h.",
      converter = TimeConverter.class)
  private Duration maxLag;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description =
          "One of table, json, prometheus, mirrorz (version 1.7), tunasync (default:"
              + " ${DEFAULT-VALUE}).")
  private Format format;

  /** How the result is written. */
  enum Format {
    TABLE,
    JSON,
    PROMETHEUS,
    MIRRORZ,
    TUNASYNC
  }

  @Override
  public Integer call() throws IOException {
    Mirrors mirrors = conf.load();
    List<Mirror> asked = asked(mirrors);
    List<Mirror> active = asked.stream().filter(mirror -> !mirror.retired()).toList();
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    Reference reference = reference(mirrors.origin());
    Optional<Duration> allowed = Optional.ofNullable(maxLag);
    List<Health> all =
        Examination.all(active, reference, deep ? Depth.DEEP : Depth.QUICK, now, allowed);
    List<Health> ordered = new ArrayList<>(Ranking.best(all));
    ordered.addAll(Ranking.rejected(all));
    List<Mirror> retired = asked.stream().filter(Mirror::retired).toList();
    MirrorReport report = new MirrorReport(mirrors.origin(), reference, ordered, retired, now);
    switch (format) {
      case TABLE -> {
        new MirrorTable(report, allowed, Progress.isTerminal() && System.getenv("NO_COLOR") == null)
            .lines()
            .forEach(console::result);
        console.json(report.json());
      }
      case JSON -> print(report.jsonLine());
      case PROMETHEUS -> print(report.prometheus());
      case MIRRORZ -> print(report.mirrorz(identity()));
      case TUNASYNC -> print(report.tunasync());
    }
    return all.stream().allMatch(Health::isHealthy) ? 0 : Main.UNHEALTHY;
  }

  private static String identity() throws IOException {
    return Identity.load(Home.templates()).id();
  }

  private void print(String text) {
    command.commandLine().getOut().print(text);
    command.commandLine().getOut().flush();
  }

  private List<Mirror> asked(Mirrors mirrors) {
    try {
      if (names.isEmpty()) {
        List<Mirror> all = new ArrayList<>(List.of(mirrors.origin()));
        all.addAll(mirrors.all());
        return all;
      }
      return mirrors.named(names);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
  }

  private Reference reference(Mirror published) throws IOException {
    if (origin.tree != null) {
      return Reference.of(origin.tree);
    }
    List<PublicKey> keys = PublicKey.loadAll(origin.key);
    try (HttpSource source = new HttpSource(published.url())) {
      return Reference.of(source, keys);
    }
  }

  static final class TimeConverter implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      try {
        return Mirrors.time(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
