package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.acceptance.FaultyFiles.Fault;
import io.klts.repo.blob.Parallel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Wherever a run is killed, clients read the tree, and the next run ends where it would have ended.
 *
 * <p>{@code -Dkills=200} is the full form; what it did is written to {@code target/kills.txt}.
 */
class KillsIT {

  private static final int KILLS = Integer.getInteger("kills", 10);

  private static final Path REPORT = Path.of("target", "kills.txt");

  /** A run that changes the tree, of which releases 1 to 3 are published and 1 is withdrawn. */
  private enum Command {
    PUBLISH {
      @Override
      Program on(FollowedTree tree) {
        return tree.publish(4);
      }
    },
    WITHDRAW {
      @Override
      Program on(FollowedTree tree) {
        return tree.withdraw(2);
      }
    },
    REFRESH {
      @Override
      Program on(FollowedTree tree) {
        return tree.refresh();
      }
    },
    ROLLBACK {
      @Override
      Program on(FollowedTree tree) {
        return tree.rollback(2);
      }
    },
    PRUNE {
      @Override
      Program on(FollowedTree tree) {
        return tree.prune();
      }
    };

    abstract Program on(FollowedTree tree);
  }

  /** What a run that did not end well left of the tree. */
  private enum Left {
    BEFORE,
    WITHIN,
    /**
     * A part of within: the signature of the channel's repomd.xml is new, and repomd.xml is old. No
     * file system has two names change at once; dnf and zypper refuse until the next run.
     */
    TORN,
    AFTER
  }

  private static final String REPOMD = "rpm/v1.28/repodata/repomd.xml";

  /** The files that a refresh writes. */
  private static final Pattern DATED =
      Pattern.compile(
          "(^|/)(manifest|timestamp|lastupdate|origin|media|packages\\.json|(repomd|metalink)\\.xml|Release|InRelease)"
              + "(\\.asc|\\.gpg)?$");

  /** Dates, the serial, and digests and signatures of files with dates. */
  private static final Pattern DATES =
      Pattern.compile(
          "\\b1\\d{9}\\b|(?m:^(serial|Date:|Valid-Until:) .*$)|\\d{4}-\\d\\d-\\d\\dT[\\d:]+Z"
              + "|[0-9a-f]{64} (\\d+ (?=ROOT|apt/|rpm/|mirrors))?|(?<=<hash type=\"sha256\">)[0-9a-f]{64}"
              + "|(?s:-----BEGIN PGP SIGNATURE.*)");

  private static FollowedTree tree;
  private static Path origin;

  private final Random random = new Random(KILLS);
  private Command command;
  private Map<String, String> before;
  private Map<String, String> after;
  private List<String> workAfter;

  @BeforeAll
  static void publish() throws IOException {
    tree = new FollowedTree();
    tree.publish(2).run().assertOk();
    tree.publish(3).run().assertOk();
    tree.withdraw(1).run().assertOk();
    origin = tree.folder().resolveSibling("origin");
    Program.of("cp", "-a", tree.folder().toString(), origin.toString()).run().assertOk();
    Files.deleteIfExists(REPORT);
  }

  @AfterAll
  static void remove() throws IOException {
    tree.close();
  }

  @ParameterizedTest
  @EnumSource
  void aRunThatIsKilledIsFinishedByTheNext(Command killed) throws Exception {
    long start = System.nanoTime();
    int changes = rehearse(killed).size();
    Duration whole = Duration.ofNanos(System.nanoTime() - start);
    int kills = KILLS / Command.values().length;
    for (int i = 0; i < kills; i++) {
      reset();
      if (i % 4 == 1) {
        killAtSomeTime(whole);
      } else {
        killAt(oneOf(changes, i, kills));
      }
    }
    int failures = (kills + 4) / 10;
    for (int i = 0; i < failures; i++) {
      reset();
      failAt(oneOf(changes, i, failures));
    }
  }

  @Test
  void betweenTheTwoFilesOfAnRpmChannelOnlyAptGoesOn() throws Exception {
    List<String> changes = rehearse(Command.WITHDRAW);
    reset();
    int between = changes.indexOf(REPOMD) + 1;
    faulty(Fault.KILL, between).run().assertExit(FaultyFiles.KILLED);
    assertThat(left()).isEqualTo(Left.TORN);
    judge("killed at change " + between);

    reset();
    failAt(between);
  }

  /**
   * An undisturbed run.
   *
   * @return the paths that it changed, in order
   */
  private List<String> rehearse(Command next) throws IOException {
    command = next;
    reset();
    before = Sandbox.snapshot(tree.folder());
    Outcome outcome = faulty(Fault.NONE, 0).run().assertOk();
    if (command == Command.REFRESH) {
      tree.prune().run().assertOk();
    }
    after = outcome();
    workAfter = work();
    return FaultyFiles.changes(outcome);
  }

  private void reset() throws IOException {
    Lab.remove(tree.folder());
    Program.of("cp", "-a", origin.toString(), tree.folder().toString()).run().assertOk();
    Lab.remove(tree.box().temporary);
    Files.createDirectory(tree.box().temporary);
  }

  private Program faulty(Fault fault, int at) {
    return FaultyFiles.in(tree.folder(), fault, at, command.on(tree));
  }

  /** A random one of the changes, from the i-th of as many equal parts of them. */
  private int oneOf(int changes, int i, int parts) {
    return 1 + (int) (changes * (i + random.nextDouble()) / parts);
  }

  private void killAt(int change) throws IOException {
    faulty(Fault.KILL, change).run().assertExit(FaultyFiles.KILLED);
    judge("killed at change " + change);
  }

  /** A run may be quicker than the one that was measured; then another one is killed. */
  private void killAtSomeTime(Duration whole) throws IOException, InterruptedException {
    Path out = tree.box().folder.resolve("killed.out");
    long moment = (long) (whole.toMillis() * random.nextDouble());
    Process process = command.on(tree).start(out, out);
    if (process.waitFor(moment, TimeUnit.MILLISECONDS)) {
      reset();
      killAtSomeTime(whole);
      return;
    }
    Program.kill(process.toHandle());
    process.waitFor();
    judge("killed after " + moment + " ms");
  }

  /** A disk that is full for a moment: what the run says of the tree is true. */
  private void failAt(int change) throws IOException {
    Outcome outcome = faulty(Fault.FULL, change).run();
    Left left = left();
    if (outcome.exit() == 0) {
      assertThat(left).as(outcome.output()).isEqualTo(Left.AFTER);
    } else {
      outcome.assertExit(1).assertSays("error: ").assertSays("No space left on device");
      if (outcome.err().matches("(?s).*nothing was (published|changed).*")) {
        assertThat(left).as(outcome.output()).isEqualTo(Left.BEFORE);
      } else {
        outcome.assertSays(command == Command.PRUNE ? "run it again" : "run the same again");
      }
    }
    judge("disk full at change " + change);
  }

  /** Whatever happened to the tree, clients read it, and the same command makes it what it is. */
  private void judge(String what) throws IOException {
    Left left = left();
    report(what, left);
    Parallel.map(tree.followers(), follower -> update(follower, left));
    Lab.remove(tree.box().temporary);
    Files.createDirectory(tree.box().temporary);

    command.on(tree).run().assertOk();

    if (command == Command.REFRESH) {
      // After one that was finished, the next is another one, which leaves an older generation.
      tree.prune().run().assertOk();
    }
    assertThat(outcome()).as(left::toString).isEqualTo(after);
    assertThat(work()).isEqualTo(workAfter);
    tree.assertGood();
    tree.box().assertNothingLeft();
  }

  private static Outcome update(Follower follower, Left left) throws IOException {
    follower.forget();
    Outcome outcome = follower.update();
    if (left == Left.TORN && !follower.toString().equals("apt")) {
      return outcome.assertRefused("ignature verif");
    }
    return outcome.assertOk();
  }

  /**
   * The tree byte for byte. A refresh takes the date from the clock: without dates, and what
   * follows from them.
   */
  private Map<String, String> outcome() throws IOException {
    Map<String, String> files = Sandbox.snapshot(tree.folder());
    if (command == Command.REFRESH) {
      for (Map.Entry<String, String> file : files.entrySet()) {
        if (!file.getValue().equals("folder") && DATED.matcher(file.getKey()).find()) {
          Path path = tree.folder().resolve(file.getKey());
          file.setValue(DATES.matcher(Files.readString(path)).replaceAll("#"));
        }
      }
    }
    return files;
  }

  private Left left() throws IOException {
    Map<String, String> found = Sandbox.snapshot(tree.folder());
    if (found.equals(before)) {
      return Left.BEFORE;
    }
    boolean done =
        command == Command.REFRESH
            ? !Files.exists(tree.folder().resolve(".klts/changing"))
            : found.equals(after);
    if (done) {
      return Left.AFTER;
    }
    boolean torn =
        found.get(REPOMD).equals(before.get(REPOMD))
            && !found.get(REPOMD + ".asc").equals(before.get(REPOMD + ".asc"));
    return torn ? Left.TORN : Left.WITHIN;
  }

  /** The names in the tree's own folder for work. */
  private static List<String> work() throws IOException {
    Path work = tree.folder().resolve(".klts");
    try (Stream<Path> files = Files.walk(work)) {
      return files.map(file -> work.relativize(file).toString()).sorted().toList();
    }
  }

  /** One line for each round. */
  private void report(String what, Left left) throws IOException {
    Files.writeString(
        REPORT,
        "%s %s: %s%n".formatted(command, what, left),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }
}
