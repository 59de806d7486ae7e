package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.source.FolderSource;
import io.klts.repo.verify.Problem;
import io.klts.repo.verify.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whenever a push is killed, clients read the copy, and the next push ends it.
 *
 * <p>{@code -Dpushes=100} is the full form; what it did is written to {@code target/pushes.txt}.
 */
class PushKillsIT {

  private static final int PUSHES = Integer.getInteger("pushes", 6);

  private static final int KINDS = 6;

  private static final Path REPORT = Path.of("target", "pushes.txt");

  private static final String REPOMD = "rpm/v1.28/repodata/repomd.xml";

  /** So slow that most of a push is sending. */
  private static final String BANDWIDTH = "--bandwidth=40";

  private static Sandbox box;
  private static Path older;
  private static WebServer server;
  private static Path served;
  private static final List<Follower> FOLLOWERS = new ArrayList<>();

  private final Random random = new Random(PUSHES);

  @BeforeAll
  static void publish() throws IOException {
    box = new Sandbox();
    Lab.remove(box.binaries.resolve("arm64"));
    served = Files.createDirectory(box.folder.resolve("served"));
    server = WebServer.serving(served);
    publish(Sandbox.OLDER);
    older = box.folder.resolve("older");
    Program.of("cp", "-a", box.tree.toString(), older.toString()).run().assertOk();
    publish(Sandbox.RELEASE);
    FOLLOWERS.add(Follower.apt(box.tree));
    FOLLOWERS.add(Follower.dnf(box.tree));
    FOLLOWERS.add(Follower.zypper(box.tree));
    Files.deleteIfExists(REPORT);
  }

  private static void publish(String release) throws IOException {
    box.program(
            "publish",
            release,
            "--binaries=" + box.binaries,
            "--tree=" + box.tree,
            "--base-url=" + server.uri() + "copy")
        .run()
        .assertOk();
  }

  @AfterAll
  static void close() throws IOException {
    for (Follower follower : FOLLOWERS) {
      follower.close();
    }
    server.close();
    box.close();
  }

  /** A place to push to, and how readers see it. */
  private record Place(
      String upload, String more, Map<String, String> environment, Path copy, AutoCloseable end) {

    static Place of(String kind) throws IOException {
      if (kind.equals("S3")) {
        S3Server s3 = S3Server.start();
        String more = "endpoint = \"" + s3.endpoint() + "\"\nstyle = \"path\"\n";
        return new Place(
            "s3://klts/tree", more, s3.environment(), s3.objects().resolve("tree"), s3);
      }
      StoreServer store = StoreServer.Kind.valueOf(kind).server();
      return new Place(store.upload().toString(), "", store.environment(), store.copy(), store);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"FOLDER", "S3", "RSYNC", "RSYNC_SSH", "SFTP", "WEBDAV"})
  void aPushThatIsKilledIsFinishedByTheNext(String kind) throws Exception {
    Place place = Place.of(kind);
    try (AutoCloseable end = place.end()) {
      assertThat(end).isNotNull();
      Path conf = conf(kind, place);
      Path link = served.resolve("copy");
      Files.deleteIfExists(link);
      Files.createSymbolicLink(link, place.copy());
      push(older, conf, place, "").assertOk();
      Path saved = box.folder.resolve("saved-" + kind);
      Program.of("cp", "-a", place.copy().toString(), saved.toString()).run().assertOk();
      long start = System.nanoTime();
      push(box.tree, conf, place, BANDWIDTH).assertOk();
      Duration whole = Duration.ofNanos(System.nanoTime() - start);
      assertWhole(place);
      for (int i = 0; i < Math.max(1, PUSHES / KINDS); i++) {
        long after;
        do {
          Lab.remove(place.copy());
          Program.of("cp", "-a", saved.toString(), place.copy().toString()).run().assertOk();
          after = random.nextLong(whole.toMillis());
        } while (!isKilled(program(box.tree, conf, place, BANDWIDTH), after));
        String left = left(place);
        report(kind + " killed after " + after + " of " + whole.toMillis() + " ms: " + left);
        for (Follower follower : FOLLOWERS) {
          if (!left.equals("TORN") || follower.toString().equals("apt")) {
            follower.forget();
            follower.update().assertOk();
            assertThat(follower.sees()).isIn(views());
          }
        }
        push(box.tree, conf, place, "").assertOk();
        assertWhole(place);
      }
    }
  }

  /** Kills a run; one that is quicker than the one that was measured may have ended before. */
  private static boolean isKilled(Program program, long milliseconds) throws Exception {
    Path out = box.folder.resolve("killed.out");
    Process process = program.start(out, out);
    if (process.waitFor(milliseconds, TimeUnit.MILLISECONDS)) {
      return false;
    }
    Program.kill(process.toHandle());
    process.waitFor();
    return true;
  }

  private static List<SortedSet<String>> views() {
    return List.of(FollowedTree.view(List.of(1)), FollowedTree.view(List.of(1, 2)));
  }

  private static Path conf(String kind, Place place) throws IOException {
    return Files.writeString(
        box.folder.resolve(kind.toLowerCase(Locale.ROOT) + ".conf"),
        """
        [origin]
        url = "http://127.0.0.1:1/none"
        [mirror.it]
        url = "%scopy"
        upload = "%s"
        credentials = "env:%s"
        %s"""
            .formatted(server.uri(), place.upload(), StoreServer.NAME, place.more()));
  }

  private static Program program(Path tree, Path conf, Place place, String bandwidth) {
    List<String> words =
        new ArrayList<>(
            List.of("mirror", "push", "it", "--no-proof", "--mirrors=" + conf, "--tree=" + tree));
    if (!bandwidth.isEmpty()) {
      words.add(bandwidth);
    }
    Program program = Product.unsigned(words.toArray(String[]::new));
    Map<String, String> environment = new LinkedHashMap<>(place.environment());
    environment.keySet().removeIf(name -> !name.startsWith(StoreServer.NAME));
    environment.forEach(program::with);
    return program;
  }

  private static Outcome push(Path tree, Path conf, Place place, String bandwidth)
      throws IOException {
    return program(tree, conf, place, bandwidth).run();
  }

  /**
   * The copy has all of the newer tree, and nothing that was not there before; a push that was
   * killed may have left temporary files, of which readers know nothing.
   */
  private static void assertWhole(Place place) throws IOException {
    assertThat(problems(place.copy())).isEqualTo(problems(box.tree));
    assertThat(place.copy().resolve("manifest"))
        .hasSameBinaryContentAs(box.tree.resolve("manifest"));
  }

  private static List<Problem> problems(Path folder) throws IOException {
    return Verification.run(new FolderSource(folder), Optional.empty(), Instant.now()).problems();
  }

  /** What the push left, by what clients of the rpm channel begin with. */
  private static String left(Place place) throws IOException {
    boolean signature = isNew(place, REPOMD + ".asc");
    boolean root = isNew(place, REPOMD);
    if (signature != root) {
      return "TORN";
    }
    return isNew(place, "manifest") ? "AFTER" : root ? "WITHIN" : "BEFORE";
  }

  private static boolean isNew(Place place, String path) throws IOException {
    return Files.mismatch(place.copy().resolve(path), box.tree.resolve(path)) < 0;
  }

  private static void report(String line) throws IOException {
    Files.writeString(REPORT, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }
}
