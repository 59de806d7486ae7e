package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The same releases give the same bytes, wherever, whenever and however they are published. */
class ReproducibleIT {

  /** A cache that nobody has filled; the first run in it compresses everything. */
  private static Path coldCache;

  private Path folder;
  private Path binaries;

  @BeforeAll
  static void makeColdCache() throws IOException {
    coldCache = Lab.folder("cold");
  }

  @AfterAll
  static void removeColdCache() throws IOException {
    Lab.remove(coldCache);
  }

  /** One program of several blocks is enough. */
  @BeforeEach
  void take() throws IOException {
    folder = Lab.folder("reproducible");
    binaries = folder.resolve("binaries");
    Path amd64 = Files.createDirectories(binaries.resolve("amd64"));
    Path programs = Binaries.withAddons().resolve("amd64");
    Files.createLink(amd64.resolve("kubelet"), programs.resolve("kubelet"));
    Files.createLink(amd64.resolve("kubeadm"), programs.resolve("runc"));
    Files.createLink(amd64.resolve("kubectl"), programs.resolve("runc"));
  }

  @AfterEach
  void remove() throws IOException {
    Lab.remove(folder);
  }

  @Test
  void aSignedTreeIsTheSameEverywhere() throws IOException {
    assertThat(digests(elsewhere("elsewhere", true))).isEqualTo(digests(here("here", true)));
  }

  @Test
  void anUnsignedTreeIsTheSameEverywhere() throws IOException {
    assertThat(digests(elsewhere("elsewhere", false))).isEqualTo(digests(here("here", false)));
  }

  @Test
  void theOrderOfReleasesMakesNoDifference() throws IOException {
    Path one = folder.resolve("one");
    Path other = folder.resolve("other");
    for (String release : List.of("v1.18.20-lts.3", "v1.28.15-lts.1", "v1.28.15-lts.2")) {
      run(List.of(), command(release, one, 2), true).assertOk();
    }
    for (String release : List.of("v1.28.15-lts.2", "v1.18.20-lts.3", "v1.28.15-lts.1")) {
      run(List.of(), command(release, other, 2), true).assertOk();
    }
    // What earlier publications left for clients in the middle of an update is not part of the
    // tree.
    for (String file : List.of("manifest", "manifest.asc")) {
      assertThat(other.resolve(file)).hasSameBinaryContentAs(one.resolve(file));
    }
  }

  private Path here(String name, boolean signed) throws IOException {
    Path tree = folder.resolve(name);
    run(List.of(), command("v1.28.15-lts.2", tree, 1), signed).assertOk();
    return tree;
  }

  /** Another host name, time zone and locale, other threads, a cache of its own. */
  private Path elsewhere(String name, boolean signed) throws IOException {
    Path tree = folder.resolve("deep/down").resolve(name);
    List<String> surroundings =
        List.of("unshare", "--uts", "sh", "-c", "hostname elsewhere && exec \"$@\"", "sh");
    List<String> command = command("v1.28.15-lts.2", tree, 2);
    command.add("--cache=" + coldCache);
    Program program = program(surroundings, command, signed);
    program.with("TZ", "Asia/Shanghai").with("LC_ALL", "tr_TR.UTF-8").run().assertOk();
    return tree;
  }

  private static Outcome run(List<String> surroundings, List<String> command, boolean signed)
      throws IOException {
    return program(surroundings, command, signed).run();
  }

  private static Program program(List<String> surroundings, List<String> command, boolean signed) {
    List<String> whole = new ArrayList<>(surroundings);
    List<String> arguments = new ArrayList<>(command);
    if (!signed) {
      arguments.add("--unsigned-for-test");
    }
    whole.addAll(Product.command(List.of(), arguments));
    return Program.of(whole).with("KLTS_SIGNING_KEY", Product.KEY).within(Product.LIMIT);
  }

  private List<String> command(String release, Path tree, int threads) {
    return new ArrayList<>(
        List.of(
            "publish",
            release,
            "--binaries=" + binaries,
            "--tree=" + tree,
            "--threads=" + threads,
            "--base-url=http://127.0.0.1"));
  }

  /** One line a file, without the folder in which nothing is published. */
  private static List<String> digests(Path tree) throws IOException {
    return Program.of(
            "sh", "-c", "find . -path ./.klts -prune -o -type f -print | sort | xargs sha256sum")
        .in(tree)
        .run()
        .assertOk()
        .out()
        .lines()
        .toList();
  }
}
