package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.source.FolderSource;
import io.klts.repo.source.HttpSource;
import io.klts.repo.tree.Manifest;
import io.klts.repo.verify.Report;
import io.klts.repo.verify.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * One tree, pushed to a mirror of each kind at once, and one of them dead; read back, judged,
 * pulled from, and installed from by real clients.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MirrorsIT {

  /** As docs/mirroring.md tells owners of mirrors to set their servers up. */
  private static final String CACHES =
      """
      add_header Cache-Control no-cache;
      location ~ "\\.(rpm|deb)$|/by-hash/|/[0-9a-f]{64}-" {
        add_header Cache-Control "public, max-age=31536000, immutable";
      }
      """;

  private static final Path KEY_FILE = Path.of("keys/klts.asc");

  private static Sandbox box;
  private static WebServer origin;
  private static S3Server s3;
  private static int closed;
  private static final Map<String, StoreServer> SERVERS = new LinkedHashMap<>();
  private static final Map<String, WebServer> READ = new LinkedHashMap<>();
  private static final Map<String, String> ENVIRONMENT = new LinkedHashMap<>();
  private static Path conf;
  private static Path confWithoutDead;

  @BeforeAll
  static void start() throws IOException {
    box = new Sandbox();
    Lab.remove(box.binaries.resolve("arm64"));
    origin = WebServer.serving(box.folder, CACHES);
    publish(Sandbox.OLDER);
    StringBuilder text = new StringBuilder("[origin]\nurl = \"" + url(origin, "tree") + "\"\n");
    for (StoreServer.Kind kind : StoreServer.Kind.values()) {
      String name = kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
      StoreServer server = kind.server();
      SERVERS.put(name, server);
      lend(name, server.environment());
      WebServer read = WebServer.serving(server.copy().getParent(), CACHES);
      READ.put(name, read);
      add(text, name, url(read, "klts"), server.upload().toString(), "");
    }
    s3 = S3Server.start();
    lend("s3", s3.environment());
    READ.put("s3", WebServer.serving(s3.objects(), CACHES));
    String endpoint = "endpoint = \"" + s3.endpoint() + "\"\nstyle = \"path\"\n";
    add(text, "s3", url(READ.get("s3"), "tree"), "s3://klts/tree", endpoint);
    conf = box.folder.resolve("mirrors.conf");
    confWithoutDead = box.folder.resolve("without-dead.conf");
    Files.writeString(confWithoutDead, text);
    closed = StoreServer.freePort();
    String nobody = "http://127.0.0.1:" + closed + "/klts";
    StringBuilder dead = new StringBuilder(Files.readString(confWithoutDead));
    add(dead, "dead", nobody, "webdav+" + nobody, "");
    Files.writeString(conf, dead);
  }

  private static void add(StringBuilder text, String name, String url, String upload, String more) {
    text.append(
        """

        [mirror.%s]
        url = "%s"
        upload = "%s"
        area = "cn"
        credentials = "env:%s"
        %s"""
            .formatted(name, url, upload, variable(name), more));
  }

  /** Each mirror has credentials of its own. */
  private static void lend(String name, Map<String, String> environment) {
    environment.forEach(
        (key, value) -> {
          if (key.startsWith(StoreServer.NAME)) {
            ENVIRONMENT.put(key.replace(StoreServer.NAME, variable(name)), value);
          }
        });
  }

  private static String variable(String name) {
    return "KLTS_" + name.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  private static String url(WebServer server, String folder) {
    return server.uri() + folder;
  }

  private static void publish(String release) throws IOException {
    box.program(
            "publish",
            release,
            "--binaries=" + box.binaries,
            "--tree=" + box.tree,
            "--base-url=" + url(origin, "tree"))
        .run()
        .assertOk();
  }

  @AfterAll
  static void stop() throws IOException {
    for (WebServer server : READ.values()) {
      server.close();
    }
    for (StoreServer server : SERVERS.values()) {
      server.close();
    }
    s3.close();
    origin.close();
    box.close();
  }

  private static Outcome mirror(String command, Path mirrors, String... more) throws IOException {
    List<String> words = new ArrayList<>(List.of("mirror", command));
    words.addAll(List.of(more));
    words.addAll(List.of("--mirrors=" + mirrors, "--tree=" + box.tree));
    Program program = Product.unsigned(words.toArray(String[]::new));
    ENVIRONMENT.forEach(program::with);
    Outcome outcome = program.run();
    assertThat(outcome.output()).doesNotContain(StoreServer.SECRET);
    return outcome;
  }

  @Test
  @Order(1)
  void aDeadMirrorDoesNotHoldUpTheOthers() throws IOException {
    Outcome outcome = mirror("push", conf, "--attempts=1");

    outcome.assertExit(3).assertSays("dead       FAILED: ");
    for (String name : READ.keySet()) {
      assertThat(outcome.out())
          .containsPattern("(?m)^" + name + " +serial 0 → 1: \\d+ files, .*, 0 deleted");
    }
    assertCopies();
  }

  private static void assertCopies() throws IOException {
    Report tree = Verification.run(new FolderSource(box.tree), Optional.empty(), Instant.now());
    for (Map.Entry<String, WebServer> read : READ.entrySet()) {
      String folder = read.getKey().equals("s3") ? "tree" : "klts";
      try (HttpSource source = new HttpSource(url(read.getValue(), folder))) {
        Report copy = Verification.run(source, Optional.empty(), Instant.now());
        assertThat(copy.serial()).as(read.getKey()).isEqualTo(tree.serial());
        assertThat(copy.problems()).as(read.getKey()).isEqualTo(tree.problems());
      }
    }
  }

  @Test
  @Order(2)
  void allThatLiveAreHealthyAndTheDeadOneIsNamed() throws IOException {
    mirror("status", confWithoutDead).assertOk();

    mirror("status", conf).assertExit(3).assertSays("unreachable");
  }

  @Test
  @Order(3)
  void ofAFurtherReleaseOnlyWhatChangedIsPut() throws IOException {
    Manifest before = Manifest.parse(Files.readAllBytes(box.tree.resolve("manifest")), "before");
    publish(Sandbox.RELEASE);
    Manifest after = Manifest.parse(Files.readAllBytes(box.tree.resolve("manifest")), "after");
    long changed =
        after.entries().entrySet().stream()
            .filter(file -> !file.getValue().equals(before.entries().get(file.getKey())))
            .count();

    Outcome planned = mirror("push", confWithoutDead, "--dry-run").assertOk();
    assertThat(planned.out()).contains("s3         + manifest");
    mirror("status", confWithoutDead, "--max-lag=72h");
    Outcome outcome = mirror("push", confWithoutDead).assertOk();

    for (String name : READ.keySet()) {
      assertThat(outcome.out())
          .containsPattern("(?m)^" + name + " +serial 1 → 2: " + (changed + 2));
    }
    assertCopies();
    assertThat(mirror("push", confWithoutDead).assertOk().out())
        .contains("s3         serial 2: 0 files");
  }

  @Test
  @Order(4)
  void realClientsInstallFromEachCopy() throws IOException {
    Path key = box.tree.resolve(KEY_FILE);
    try (AptRoot debian = new AptRoot();
        DnfRoot enterprise = new DnfRoot();
        ZypperRoot suse = new ZypperRoot()) {
      debian.copyIn(
          box.tree.resolve("keys/klts.gpg"), "/usr/share/keyrings/klts-archive-keyring.gpg");
      for (RpmRoot root : List.of(enterprise, suse)) {
        root.rpm("--import", key.toString()).assertOk();
      }
      for (Map.Entry<String, WebServer> read : READ.entrySet()) {
        String base = url(read.getValue(), read.getKey().equals("s3") ? "tree" : "klts");
        debian.addSource("klts.sources", definition("apt/v1.28.sources", base));
        debian.forgetIndexes();
        debian.apt("update").assertOk();
        debian.apt("install", "kubectl").assertOk();
        assertThat(debian.installed("kubectl")).as(read.getKey()).isEqualTo("1.28.15-lts.2");
        debian.apt("purge", "kubectl").assertOk();
        debian.apt("clean").assertOk();

        enterprise.addRepo("klts.repo", definition("rpm/v1.28/klts.repo", base));
        Lab.remove(enterprise.path("/var/cache/dnf"));
        enterprise.dnf("install", "kubectl").assertOk();
        assertThat(enterprise.installed("kubectl")).as(read.getKey()).isEqualTo("1.28.15.lts.2-1");
        enterprise.rpm("-e", "kubectl").assertOk();

        suse.addRepo("klts.repo", definition("rpm/v1.28/klts-zypper.repo", base));
        Lab.remove(suse.path("/var/cache/zypp"));
        suse.zypper("refresh", "--force").assertOk();
        suse.zypper("install", "kubectl").assertOk();
        assertThat(suse.installed("kubectl")).as(read.getKey()).isEqualTo("1.28.15.lts.2-1");
        suse.rpm("-e", "kubectl").assertOk();
      }
    }
  }

  private static String definition(String path, String base) throws IOException {
    return Files.readString(box.tree.resolve(path)).replace(url(origin, "tree"), base);
  }

  @Test
  @Order(5)
  void aCacheForgetsWhatIsOld() throws IOException {
    try (CachingProxy cache = new CachingProxy(url(origin, "tree"))) {
      Path cached = box.folder.resolve("cache.conf");
      Files.writeString(
          cached,
          """
          [origin]
          url = "%s"
          [mirror.cdn]
          kind = "cache"
          url = "%s"
          purge = "%s?forget={path}"
          """
              .formatted(url(origin, "tree"), cache.url(), cache.url()));
      mirror("push", cached).assertOk().assertSays("cdn");
      Product.signing("refresh", "--tree=" + box.tree, "--base-url=" + url(origin, "tree"))
          .run()
          .assertOk();
      mirror("status", cached)
          .assertOk()
          .assertSays("cdn: stale: expected serial 3, found serial 2");

      mirror("push", cached, "--dry-run").assertSays("purge rpm/v1.28/repodata/repomd.xml");
      mirror("push", cached).assertOk().assertSays("files forgotten");

      assertThat(cache.forgotten())
          .contains("/rpm/v1.28/repodata/repomd.xml", "/apt/dists/v1.28/InRelease", "/manifest")
          .noneMatch(path -> path.endsWith(".rpm"));
      assertThat(mirror("push", cached).assertOk().out()).doesNotContain("files forgotten");
    }
  }

  @Test
  @Order(6)
  void eachCopyCanBePulledFrom() throws IOException {
    for (Map.Entry<String, WebServer> read : READ.entrySet()) {
      String base = url(read.getValue(), read.getKey().equals("s3") ? "tree" : "klts");
      Path pulled = box.folder.resolve("pulled-" + read.getKey());
      Product.unsigned(
              "mirror",
              "pull",
              "--from=" + base,
              "--key=" + box.tree.resolve(KEY_FILE),
              pulled.toString())
          .run()
          .assertOk();
      Report copy = Verification.run(new FolderSource(pulled), Optional.empty(), Instant.now());
      assertThat(copy.serial()).as(read.getKey()).isEqualTo(2);
    }
  }
}
