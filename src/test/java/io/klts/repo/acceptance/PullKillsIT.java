package io.klts.repo.acceptance;

import static io.klts.repo.acceptance.Sandbox.OLDER;
import static io.klts.repo.acceptance.Sandbox.RELEASE;
import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.acceptance.FaultyFiles.Fault;
import io.klts.repo.source.FolderSource;
import io.klts.repo.tree.Manifest;
import io.klts.repo.tree.Stage;
import io.klts.repo.verify.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A pull that is killed, or finds the disk full, at any change of the copy: what is visible was
 * published and proven, and the next pull ends as the first would have. {@code -Dpulls} says how
 * many are killed.
 */
class PullKillsIT {

  private static final int PULLS = Integer.getInteger("pulls", 8);

  private final Random random = new Random(PULLS);
  private Sandbox box;
  private WebServer server;
  private Path copy;
  private Path saved;
  private Map<String, String> before;
  private Map<String, String> after;
  private Manifest next;

  @BeforeEach
  void publish() throws IOException {
    box = new Sandbox();
    Lab.remove(box.binaries.resolve("arm64"));
    box.publish(OLDER).run().assertOk();
    server = WebServer.serving(box.tree);
    copy = box.folder.resolve("copy");
    saved = box.folder.resolve("saved");
    pull().run().assertOk();
    Files.move(copy, saved);
    box.publish(RELEASE).run().assertOk();
    next = Manifest.parse(Files.readAllBytes(box.tree.resolve("manifest")), "manifest");
  }

  @AfterEach
  void close() throws IOException {
    server.close();
    box.close();
  }

  private Program pull() {
    return box.program(
        "mirror",
        "pull",
        "--from=" + server.uri(),
        "--key=" + Sandbox.KEYS.resolve("good-public.asc"),
        "--keep=0",
        "--keep-hours=0",
        copy.toString());
  }

  private void reset() throws IOException {
    Lab.remove(copy);
    Program.of("cp", "-a", saved.toString(), copy.toString()).run().assertOk();
  }

  @Test
  void whatAPullThatDiedLeftIsFinishedByTheNext() throws IOException {
    reset();
    before = Sandbox.snapshot(copy);
    Outcome rehearsal = FaultyFiles.in(copy, Fault.NONE, 0, pull()).run().assertOk();
    int changes = FaultyFiles.changes(rehearsal).size();
    after = Sandbox.snapshot(copy);
    assertGood();
    for (int i = 0; i < PULLS; i++) {
      reset();
      int at = 1 + (int) (changes * (i + random.nextDouble()) / PULLS);
      // Side by side, so that the number of changes may be another in another run.
      FaultyFiles.in(copy, Fault.KILL, at, pull()).run();
      judge("killed at change " + at + " of " + changes);
    }
    for (int i = 0; i < (PULLS + 3) / 4; i++) {
      reset();
      int at = 1 + random.nextInt(changes);
      Outcome outcome = FaultyFiles.in(copy, Fault.FULL, at, pull()).run();
      if (outcome.exit() != 0) {
        outcome.assertExit(1).assertSays("error: ").assertSays("No space left on device");
      }
      judge("disk full at change " + at + " of " + changes);
    }
  }

  private void judge(String what) throws IOException {
    assertOrdered(what);
    pull().run().assertOk();
    Map<String, String> found = Sandbox.snapshot(copy);
    assertThat(found).as(what).containsAllEntriesOf(after);
    // A pull that died over the last step leaves older files, and its scratch, to the next change.
    found.entrySet().removeAll(after.entrySet());
    assertThat(before).as(what).containsAllEntriesOf(found);
    assertGood();
    try (var left = Files.list(copy.resolve(".klts"))) {
      assertThat(left.map(file -> file.getFileName().toString()))
          .as(what)
          .isSubsetOf("copy", "generations", "incoming", "lock", "scratch");
    }
    assertThat(copy.resolve(".klts/incoming")).isEmptyDirectory();
  }

  /** Everything visible was published, and what is new names only what is there. */
  private void assertOrdered(String what) throws IOException {
    Map<String, String> found = Sandbox.snapshot(copy);
    Map<Stage, Boolean> begun = new HashMap<>();
    Map<Stage, Boolean> lacking = new HashMap<>();
    for (Map.Entry<String, String> file : found.entrySet()) {
      assertThat(file.getValue())
          .as(what + ": " + file.getKey())
          .isIn(List.of(before.getOrDefault(file.getKey(), "folder"), fresh(file.getKey())));
    }
    next.entries()
        .forEach(
            (path, entry) -> {
              boolean isNew = entry.sha256().hex().equals(found.get(path));
              boolean wasThere = entry.sha256().hex().equals(before.get(path));
              begun.merge(entry.stage(), isNew && !wasThere, Boolean::logicalOr);
              lacking.merge(entry.stage(), !isNew, Boolean::logicalOr);
            });
    if (begun.get(Stage.INDEX) || begun.get(Stage.ROOT)) {
      assertThat(lacking.get(Stage.PAYLOAD)).as(what).isFalse();
    }
    if (begun.get(Stage.ROOT)) {
      assertThat(lacking.get(Stage.INDEX)).as(what).isFalse();
    }
    if (found.get("manifest").equals(after.get("manifest"))) {
      assertThat(lacking.get(Stage.ROOT)).as(what).isFalse();
    }
  }

  private String fresh(String path) {
    return after.getOrDefault(path, "folder");
  }

  private void assertGood() throws IOException {
    var report = Verification.run(new FolderSource(copy), Optional.empty(), Instant.now());
    assertThat(report.isHealthy()).as(report.problems().toString()).isTrue();
  }
}
