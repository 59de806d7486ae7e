package io.klts.repo.cli;

import io.klts.repo.publish.Difference;
import io.klts.repo.publish.Difference.Side;
import io.klts.repo.tree.StoredTree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Says what changed in a tree. */
@Command(
    name = "diff",
    description = {
      "Says what changed in a tree from one serial to another: releases, packages, indexes, keys,"
          + " dates.",
      "Without serials: from the one before the present one. Earlier serials are kept until they are"
          + " pruned; status lists them."
    },
    mixinStandardHelpOptions = true)
final class DiffCommand implements Callable<Integer> {

  @Mixin private Console console;
  @Mixin private TreeFolder tree;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "FROM",
      description =
          "The first serial, 0 for the empty tree; without it the newest kept one before the other.",
      converter = WholeNumber.Amount.class)
  private Integer from;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "TO",
      description = "The other serial; without it the present one.",
      converter = WholeNumber.Amount.class)
  private Integer to;

  @Override
  public Integer call() throws IOException {
    Difference difference =
        StoredTree.look(tree.path(), found -> Difference.of(found, serial(from), serial(to)));
    console.result(summary(difference));
    report(difference);
    console.json(difference);
    return 0;
  }

  private static Optional<Long> serial(Integer given) {
    return Optional.ofNullable(given).map(Integer::longValue);
  }

  private String summary(Difference difference) {
    List<String> counts = new ArrayList<>();
    count(counts, difference.releases().size(), "release");
    count(counts, difference.packages().size(), "package");
    count(counts, difference.indexes().size(), "index");
    count(counts, difference.definitions().size(), "definition");
    return "serial "
        + difference.from().serial()
        + " → "
        + difference.to().serial()
        + " of "
        + tree.path()
        + ": "
        + (counts.isEmpty() ? "nothing changed" : String.join(", ", counts));
  }

  private static void count(List<String> counts, int count, String what) {
    if (count > 0) {
      String many = what.equals("index") ? "indexes" : what + "s";
      counts.add(count + " " + (count == 1 ? what : many));
    }
  }

  private void report(Difference difference) {
    for (Difference.ReleaseChange change : difference.releases()) {
      console.line(
          change.event().name().toLowerCase(Locale.ROOT),
          change.release() + (change.reason().isEmpty() ? "" : ": " + change.reason()));
    }
    for (Difference.PackageChange change : difference.packages()) {
      console.line(change.added() ? "+" : "-", describe(change));
    }
    difference.indexes().forEach(path -> console.line("index", path));
    difference.definitions().forEach(path -> console.line("definition", path));
    Side from = difference.from();
    Side to = difference.to();
    compare("key", from.key(), to.key(), "none");
    compare("date", from.date(), to.date(), "none");
    compare("valid", from.validUntil(), to.validUntil(), "for ever");
  }

  private static String describe(Difference.PackageChange change) {
    return String.join(
        " ", change.channel(), change.name(), change.version(), change.arch(), change.format());
  }

  private void compare(String what, String from, String to, String empty) {
    if (!from.equals(to)) {
      console.line(what, (from.isEmpty() ? empty : from) + " → " + (to.isEmpty() ? empty : to));
    }
  }
}
