package io.klts.repo.acceptance;

import static io.klts.repo.acceptance.Sandbox.OLDER;
import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.source.FolderSource;
import io.klts.repo.verify.Report;
import io.klts.repo.verify.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A tree of small packages of v1.28.15-lts.1 and as many further releases as a test wants, on a web
 * server, and a machine of each family that follows it.
 */
final class FollowedTree implements AutoCloseable {

  private static final String LAST_KNOWN = "v1.28.15-lts.2";

  /** For long campaigns. */
  private static final int RELEASES = 99;

  private final Sandbox box = new Sandbox();
  private final Path templates = box.folder.resolve("templates");
  private final WebServer server = WebServer.serving(box.folder);
  private final List<Follower> followers = new ArrayList<>();

  /** A tree with one release. */
  FollowedTree() throws IOException {
    Program.of("cp", "-a", "repo-templates", templates.toString()).run().assertOk();
    addReleases(templates.resolve("releases.yaml"));
    // One architecture, to save time.
    Lab.remove(box.binaries.resolve("arm64"));
    publish(1).run().assertOk();
    followers.add(Follower.apt(box.tree));
    followers.add(Follower.dnf(box.tree));
    followers.add(Follower.zypper(box.tree));
  }

  /** Lets the catalogue go on after the last release of the line, all on the same day. */
  private static void addReleases(Path catalogue) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line : Files.readAllLines(catalogue)) {
      lines.add(line);
      if (line.contains("version: " + LAST_KNOWN.substring(1) + ",")) {
        IntStream.rangeClosed(3, RELEASES)
            .mapToObj(n -> line.replace("-lts.2,", "-lts." + n + ","))
            .forEach(lines::add);
      }
    }
    Files.write(catalogue, lines);
  }

  Path folder() {
    return box.tree;
  }

  Sandbox box() {
    return box;
  }

  List<Follower> followers() {
    return followers;
  }

  /** Publishes v1.28.15-lts.{@code number}. */
  Program publish(int number) {
    return change(
        "publish", release(number), "--binaries=" + box.binaries, "--templates=" + templates);
  }

  Program withdraw(int number) {
    return change("withdraw", release(number), "--reason=it breaks nodes");
  }

  Program refresh() {
    return change("refresh");
  }

  Program rollback(int serial) {
    return change("rollback", "--to=" + serial);
  }

  /** Deletes whatever the present generation does not need. */
  Program prune() {
    return box.program("prune", "--tree=" + box.tree, "--keep=0", "--keep-hours=0");
  }

  /** Fails if anything about the tree is not as it should be, but for missing add-ons. */
  void assertGood() throws IOException {
    Report report = Verification.run(new FolderSource(box.tree), Optional.empty(), Instant.now());
    assertThat(report.isHealthy()).as(report.problems().toString()).isTrue();
  }

  private Program change(String... words) {
    List<String> arguments = new ArrayList<>(List.of(words));
    arguments.add("--tree=" + box.tree);
    arguments.add("--base-url=" + server.uri() + "tree");
    return box.program(arguments.toArray(String[]::new));
  }

  private static String release(int number) {
    return OLDER.replaceFirst("\\d+$", Integer.toString(number));
  }

  /** What a {@linkplain Follower#sees follower sees} when these releases are published. */
  static SortedSet<String> view(Collection<Integer> releases) {
    return releases.stream()
        .flatMap(n -> Stream.of("kubeadm", "kubelet", "kubectl").map(name -> name + " lts." + n))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Override
  public void close() throws IOException {
    for (Follower follower : followers) {
      follower.close();
    }
    server.close();
    box.close();
  }
}
