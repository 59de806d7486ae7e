package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Real clients install from copies that were pulled, each on a web server of its own. */
@ExtendWith(PublishedTree.Shared.class)
class MirrorPullIT {

  private static final String KEY = "--key=" + Sandbox.KEYS.resolve("good-public.asc");

  private Path folder;
  private Path copy;

  @BeforeEach
  void open() throws IOException {
    folder = Lab.folder("pulled");
    copy = folder.resolve("copy");
  }

  @AfterEach
  void close() throws IOException {
    Lab.remove(folder);
  }

  private static Outcome mirror(String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of("mirror"));
    all.addAll(List.of(arguments));
    return Product.unsigned(all.toArray(String[]::new)).run();
  }

  @Test
  void fromACopyOfTheWholeTree(PublishedTree tree) throws IOException {
    String from = "--from=" + tree.uri();
    mirror("pull", from, KEY, copy.toString()).assertOk().assertSays("pulled     serial 0 → 5");
    Product.unsigned("verify", copy.toString(), KEY).run().assertOk();
    mirror("pull", from, KEY, copy.toString()).assertOk().assertSays("nothing changed: serial 5");
    Outcome json = mirror("pull", from, KEY, copy.toString(), "--json").assertOk();
    assertThat(json.out()).contains("\"serial\":5", "\"files\":0").hasLineCount(1);
    install();
  }

  @Test
  void fromACopyThatAPartOfTheTreeCameToInABundle(PublishedTree tree) throws IOException {
    String bundle = folder.resolve("klts.tar").toString();
    String[] part = {"--channel=v1.28", "--arch=amd64"};
    mirror("bundle", "--tree=" + tree.tree(), part[0], part[1], bundle)
        .assertOk()
        .assertSays("bundled    serial 5: ");
    assertThat(Program.of("tar", "-tf", bundle).run().assertOk().out())
        .startsWith("manifest.asc\nmanifest\n")
        .endsWith("\n")
        .contains("apt/dists/v1.28/InRelease\n", "rpm/v1.28/repodata/repomd.xml\n")
        .doesNotContain("v1.32/", "aarch64.rpm", "arm64.deb", "rpm/repodata/");

    mirror("pull", "--from=" + bundle, KEY, part[0], part[1], copy.toString())
        .assertOk()
        .assertSays("files of the tree are left out");
    Product.unsigned("verify", copy.toString(), KEY)
        .run()
        .assertOk()
        .assertSays("a part of the tree: ");
    install();
  }

  @Test
  void aPullThatStaysFollowsTheTreeAndGoesOnAfterFailures() throws IOException {
    Path key = folder.resolve("key.asc");
    try (Sandbox box = new Sandbox()) {
      box.publish(Sandbox.OLDER).run().assertOk();
      try (WebServer server = WebServer.serving(box.tree);
          Running pull =
              new Running(
                  Product.unsigned(
                      "mirror",
                      "pull",
                      "--every=1",
                      "--from=" + server.uri(),
                      "--key=" + key,
                      copy.toString()))) {
        awaitError(pull, key + ": no such file");
        awaitError(pull, "next try in 1 s");
        assertThat(copy).doesNotExist();

        // Renamed, because a key that is half written is another error.
        Path good = Files.copy(Sandbox.KEYS.resolve("good-public.asc"), folder.resolve("good.asc"));
        Files.move(good, key);
        pull.awaitOutput(Pattern.compile("(pulled +serial 0 → 1)"));
        int asked = server.requests().size();
        awaitUnchanged(pull, 2);
        int threads = threads(pull);
        awaitUnchanged(pull, 8);
        // The compilers of Java may have one more at one time than at another.
        assertThat(threads(pull)).isLessThan(threads + 4);
        assertThat(server.requests().stream().skip(asked))
            .isNotEmpty()
            .allMatch(request -> request.matches(".* GET /manifest(\\.asc)? (200|304)"));

        box.publish(Sandbox.RELEASE).run().assertOk();
        pull.awaitOutput(Pattern.compile("(pulled +serial 1 → 2)"));

        Path manifest = box.tree.resolve("manifest");
        Path away = box.tree.resolve("away");
        Files.move(manifest, away);
        awaitError(pull, "this is not a published tree");
        Files.move(away, manifest);
        box.publish("v1.18.20-lts.3").run().assertOk();
        pull.awaitOutput(Pattern.compile("(pulled +serial 2 → 3)"));
        pull.end("TERM").assertExit(143);
      }
      Product.unsigned("verify", copy.toString(), KEY).run().assertOk();
      assertThat(Sandbox.snapshot(copy)).isEqualTo(Sandbox.snapshot(box.tree));
    }
  }

  private static void awaitUnchanged(Running program, int times) throws IOException {
    program.awaitOutput(Pattern.compile("(?s)((nothing changed: serial 1 .*){" + times + "})"));
  }

  private static int threads(Running program) throws IOException {
    long pid = program.family().get(0).pid();
    try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
      return (int) threads.count();
    }
  }

  private static void awaitError(Running program, String words) throws IOException {
    program.await(
        "error with " + words, () -> Optional.of(program.err()).filter(e -> e.contains(words)));
  }

  @Test
  void whatIsWrongOnTheCommandLineIsSaidBeforeAnythingIsDone(PublishedTree tree)
      throws IOException {
    String from = "--from=" + tree.uri();
    mirror("pull", from, copy.toString()).assertExit(2).assertSays("--key is missing");
    mirror("pull", from, KEY, "--arch=pdp11", copy.toString()).assertExit(2).assertSays("pdp11");
    mirror("pull", from, KEY, "--every=0", copy.toString()).assertExit(2).assertSays("\"0\" is");
    mirror("pull", from, KEY, "--every=9", "--dry-run", copy.toString())
        .assertExit(2)
        .assertSays("--dry-run pulls nothing");
    mirror("pull", "--from=ftp://x/", KEY, copy.toString()).assertExit(1).assertSays("ftp:");
    mirror("bundle", from, copy.toString()).assertExit(2).assertSays("--from needs --key");
    mirror("bundle", from, KEY, "--since=2", copy.toString())
        .assertExit(2)
        .assertSays("--since needs --tree");
    String other = "--key=" + Sandbox.KEYS.resolve("passphrase-public.asc");
    mirror("pull", from, other, copy.toString())
        .assertExit(1)
        .assertSays("a signature by ")
        .assertSays("nothing was changed");
    assertThat(copy).doesNotExist();
  }

  private void install() throws IOException {
    try (WebServer server = WebServer.serving(copy);
        DnfRoot dnf = new DnfRoot();
        ZypperRoot zypper = new ZypperRoot();
        AptRoot apt = new AptRoot()) {
      dnf.addRepo("klts.repo", definition(server, "rpm/v1.28/klts.repo"));
      dnf.dnf("install", "kubectl").assertOk();
      assertThat(dnf.installed("kubectl")).isEqualTo("1.28.15.lts.2-1");

      zypper.addRepo("klts.repo", definition(server, "rpm/v1.28/klts-zypper.repo"));
      zypper.refresh().assertOk();
      zypper.zypper("install", "kubectl").assertOk();
      assertThat(zypper.installed("kubectl")).isEqualTo("1.28.15.lts.2-1");

      apt.copyIn(copy.resolve("keys/klts.gpg"), "/usr/share/keyrings/klts-archive-keyring.gpg");
      apt.addSource("klts.sources", definition(server, "apt/v1.28.sources"));
      apt.apt("update").assertOk();
      apt.apt("install", "kubectl").assertOk();
      assertThat(apt.installed("kubectl")).isEqualTo("1.28.15-lts.2");
      assertThat(server.requests()).anyMatch(line -> line.contains("kubectl"));
    }
  }

  private String definition(WebServer server, String path) throws IOException {
    String text = Files.readString(copy.resolve(path));
    assertThat(text).contains(PublishedTree.ADDRESS);
    return text.replace(PublishedTree.ADDRESS, server.uri().toString());
  }
}
