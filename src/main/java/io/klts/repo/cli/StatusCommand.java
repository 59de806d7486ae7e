package io.klts.repo.cli;

import io.klts.repo.publish.Status;
import io.klts.repo.tree.StoredTree;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Says how a tree is. */
@Command(
    name = "status",
    description = {
      "Says what is in a tree, how big it is, and for how long its keys and indexes are good.",
      "Exit code 3 if somebody has to act: a key has expired, indexes end within two days, or a run"
          + " died in the middle of a change. It changes nothing and holds nobody up; whether every"
          + " file is right, verify says."
    },
    mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {

  @Mixin private Console console;
  @Mixin private TreeFolder tree;

  /**
   * How a tree is.
   *
   * @param tree its folder
   * @param healthy whether nobody has to act
   * @param status in detail
   */
  private record Result(String tree, boolean healthy, Status status) {}

  @Override
  public Integer call() throws IOException {
    Status status = StoredTree.look(tree.path(), found -> Status.of(found, Instant.now()));
    report(status);
    status.warnings().forEach(warning -> console.warning(warning));
    status.problems().forEach(problem -> console.result(Console.columns("problem", problem)));
    console.result(
        Console.columns(
            status.isHealthy() ? "good" : "unhealthy",
            "serial " + status.serial() + " in " + tree.path()));
    console.json(new Result(tree.path().toString(), status.isHealthy(), status));
    return status.isHealthy() ? 0 : Main.UNHEALTHY;
  }

  private void report(Status status) {
    console.line("published", status.published().isEmpty() ? "never" : status.published());
    for (Status.Channel channel : status.channels()) {
      console.line("channel", describe(channel));
    }
    console.line(
        "size",
        status.files()
            + " files, "
            + Console.mebibytes(status.bytes())
            + "; earlier generations alone have "
            + Console.mebibytes(status.olderBytes())
            + ", of which prune would free "
            + Console.mebibytes(status.prunableBytes()));
    console.line("earlier", serials(status.generations()));
    for (Status.Key key : status.keys()) {
      console.line("key", describe(key));
    }
    console.line("validity", describe(status.validity()));
    if (!status.running().isEmpty()) {
      console.line("running", status.running());
    }
  }

  private static String describe(Status.Channel channel) {
    return channel.channel()
        + ": "
        + channel.releases()
        + (channel.releases() == 1 ? " release" : " releases")
        + (channel.newest().isEmpty() ? "" : ", newest " + channel.newest())
        + (channel.withdrawn() == 0 ? "" : ", " + channel.withdrawn() + " withdrawn")
        + "; "
        + channel.rpms()
        + " rpm, "
        + channel.debs()
        + " deb";
  }

  private static String serials(List<Long> serials) {
    return serials.isEmpty()
        ? "no earlier serial is kept"
        : "serials " + serials.stream().map(String::valueOf).collect(Collectors.joining(" "));
  }

  private static String describe(Status.Key key) {
    return key.fingerprint()
        + " "
        + key.userId()
        + (key.signs() ? ", which signs" : "")
        + (key.daysLeft() == null
            ? ", without end"
            : ", until " + key.expires() + ", " + key.daysLeft() + " days left");
  }

  private static String describe(Status.Validity validity) {
    return validity.daysLeft() == null
        ? "for ever"
        : "until " + validity.until() + ", " + validity.daysLeft() + " days left";
  }
}
