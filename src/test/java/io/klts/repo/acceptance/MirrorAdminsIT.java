package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.tree.CacheRule;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What mirror admins without Java are given, each run as they would. */
class MirrorAdminsIT {

  private static final Path TEMPLATES = Path.of("repo-templates/mirroring").toAbsolutePath();
  private static final String FOLDER = "/srv/mirror/klts";

  private static Sandbox first;
  private static Sandbox second;

  private Sandbox box;
  private Path copy;
  private int port;
  private Process daemon;

  /** A tree, and the same with one more release; each test begins with a copy of the first. */
  @BeforeAll
  static void publish() throws IOException {
    first = new Sandbox();
    first.publish(Sandbox.OLDER).run().assertOk();
    second = new Sandbox().withTreeOf(first);
    second.publish(Sandbox.RELEASE).run().assertOk();
  }

  @AfterAll
  static void end() throws IOException {
    first.close();
    second.close();
  }

  @BeforeEach
  void open() throws IOException {
    box = new Sandbox();
    copy = box.folder.resolve("copy");
    box.withTreeOf(first);
    port = StoreServer.freePort();
    String module =
        replaced("rsyncd.conf", FOLDER, box.tree.toString())
            .replace("uid = nobody", "uid = root")
            .replace("gid = nogroup", "gid = root");
    Path configuration =
        Files.writeString(
            box.folder.resolve("rsyncd.conf"),
            "address = 127.0.0.1\nport = %d\nuse chroot = no\n%s".formatted(port, module));
    daemon =
        StoreServer.started(
            Program.of("rsync", "--daemon", "--no-detach", "--config=" + configuration),
            box.folder.resolve("rsyncd.log"),
            port);
  }

  @AfterEach
  void close() throws IOException {
    Program.kill(daemon.toHandle());
    box.close();
  }

  private void publish(Sandbox state) throws IOException {
    Lab.remove(box.tree);
    box.withTreeOf(state);
  }

  /** A template in which a part is as it has to be here. */
  private static String replaced(String name, String part, String here) throws IOException {
    String text = Files.readString(TEMPLATES.resolve(name));
    assertThat(text).contains(part);
    return text.replace(part, here);
  }

  private String upstream() {
    return "rsync://127.0.0.1:" + port + "/klts";
  }

  private Program script(String... shell) {
    List<String> command = new ArrayList<>(List.of(shell));
    command.add(TEMPLATES.resolve("klts-mirror").toString());
    return Program.of(command)
        .with("KLTS_UPSTREAM", upstream())
        .with("KLTS_TARGET", copy)
        .with("KLTS_KEYRING", Sandbox.KEYS.resolve("good-public.pgp"))
        .with("KLTS_TRIES", 2)
        .with("KLTS_PAUSE", 0);
  }

  /** The files that a tree's manifest lists, and the manifest, with their digests. */
  private static Map<String, String> published(Path tree) throws IOException {
    Map<String, String> all = Sandbox.snapshot(tree);
    Map<String, String> listed = new TreeMap<>();
    for (String path : listed(tree)) {
      listed.put(path, all.get(path));
    }
    return listed;
  }

  private static List<String> listed(Path tree) throws IOException {
    List<String> paths = new ArrayList<>(List.of("manifest", "manifest.asc"));
    for (String line : Files.readAllLines(tree.resolve("manifest"))) {
      String[] words = line.split(" ", -1);
      if (words.length == 4) {
        paths.add(words[3]);
      }
    }
    return paths;
  }

  /** What is in the copy, without the work of the script. */
  private Map<String, String> copied() throws IOException {
    Map<String, String> files = Sandbox.snapshot(copy);
    files.keySet().removeIf(path -> path.startsWith(".") || files.get(path).equals("folder"));
    return files;
  }

  /** What an admin finds in the tree is what is run here. */
  @Test
  void theTreeHasTheSameFilesAndSaysHowLargeItIs() throws IOException {
    try (Stream<Path> templates = Files.list(TEMPLATES)) {
      for (Path file : templates.toList()) {
        Path name = file.getFileName();
        if (!name.toString().equals("MIRRORING.md")) {
          assertThat(box.tree.resolve("mirroring").resolve(name)).hasSameBinaryContentAs(file);
        }
      }
    }
    long bytes = 0;
    for (String path : listed(box.tree)) {
      bytes += Files.size(box.tree.resolve(path));
    }
    String guide = Files.readString(box.tree.resolve("MIRRORING.md"));
    Matcher size = Pattern.compile("\\| size \\| (\\d+) MiB in \\d+ files").matcher(guide);
    assertThat(size.find()).isTrue();
    assertThat(Long.parseLong(size.group(1))).isBetween(bytes >> 20, (bytes >> 20) + 1);
    assertThat(guide).doesNotContainPattern("@[A-Z]+@").contains("KLTS_UPSTREAM=");
  }

  /** What an installer or a watcher does with it, with nothing but gpgv, awk and sha256sum. */
  @Test
  void theTimestampIsSignedAndNamesWhatClientsBeginWith() throws IOException {
    box.program("refresh", "--tree=" + box.tree, "--valid-days=14").run().assertOk();
    Path text = box.folder.resolve("timestamp");
    Program.of(
            "gpgv",
            "--keyring",
            Sandbox.KEYS.resolve("good-public.pgp").toString(),
            "--output",
            text.toString(),
            box.tree.resolve("timestamp.asc").toString())
        .run()
        .assertOk();
    assertThat(Files.readString(text))
        .startsWith("klts-timestamp 1\nserial 2\ndate ")
        .contains("\nvalid-until ")
        .contains(" apt/dists/v1.28/InRelease\n", " rpm/v1.28/repodata/repomd.xml\n");
    Outcome compared =
        Program.of(
                "sh",
                "-c",
                "awk 'length($1) == 64 { print $1 \"  \" $3 }' \"$0\" | sha256sum -c",
                text.toString())
            .in(box.tree)
            .run()
            .assertOk();
    assertThat(compared.out().lines()).hasSize(6).allMatch(line -> line.endsWith(": OK"));
  }

  @Test
  void theScriptIsPosixShell() throws IOException {
    Program.of("shellcheck", "-s", "sh", TEMPLATES.resolve("klts-mirror").toString())
        .run()
        .assertOk();
  }

  @ParameterizedTest
  @ValueSource(strings = {"dash", "busybox"})
  void theScriptCopiesUpdatesAndTidiesUp(String shell) throws IOException {
    Program script = script("dash");
    if (shell.equals("busybox")) {
      Path tools = Files.createDirectory(box.folder.resolve("tools"));
      Program.of("busybox", "--install", "-s", tools.toString()).run().assertOk();
      for (String other : List.of("rsync", "gpgv")) {
        Files.createSymbolicLink(tools.resolve(other), Path.of("/usr/bin", other));
      }
      script = script(tools.resolve("sh").toString()).with("PATH", tools);
    }
    script.run().assertOk().assertSays("serial 1 is here");
    assertThat(copied()).isEqualTo(published(box.tree));
    script.run().assertOk().assertSays("serial 1 is up to date");

    Map<String, String> earlier = copied();
    publish(second);
    script.run().assertOk().assertSays("serial 2 is here");
    // Readers of the state before may still be on their way.
    assertThat(copied()).containsAllEntriesOf(published(box.tree)).containsKeys(keysOf(earlier));

    List<String> old = new ArrayList<>(earlier.keySet());
    old.removeAll(listed(box.tree));
    assertThat(old).isNotEmpty();
    Files.createDirectories(copy.resolve("not"));
    Files.writeString(copy.resolve("not/listed"), "x");
    for (int serial = 3; serial < 5; serial++) {
      box.program("refresh", "--tree=" + box.tree, "--valid-days=" + serial).run().assertOk();
      script.run().assertOk().assertSays("serial " + serial + " is here");
    }
    assertThat(copied())
        .containsAllEntriesOf(published(box.tree))
        .doesNotContainKeys(old.toArray(String[]::new))
        .doesNotContainKey("not/listed");
    assertThat(copy.resolve("not")).doesNotExist();
  }

  private static String[] keysOf(Map<String, String> files) {
    return files.keySet().toArray(String[]::new);
  }

  @Test
  void anUpstreamInTheMiddleOfAPublicationChangesNothing() throws IOException {
    script("sh").run().assertOk();
    Map<String, String> before = copied();
    publish(second);
    for (String path :
        List.of(
            "rpm/v1.28/repodata/repomd.xml",
            "apt/dists/v1.28/InRelease",
            "apt/stable.list",
            "manifest.asc",
            "rpm/v1.28/x86_64/kubelet-1.28.15.lts.2-1.x86_64.rpm")) {
      Path file = box.tree.resolve(path);
      byte[] good = Files.readAllBytes(file);
      Lab.spoil(file);
      script("sh").run().assertExit(75).assertSays("what readers see here is as before");
      assertThat(copied()).as(path).isEqualTo(before);

      Files.delete(file);
      assertThat(script("sh").run().exit()).as(path).isNotZero();
      assertThat(copied()).as(path).isEqualTo(before);
      Files.write(file, good);
    }
    script("sh").run().assertOk().assertSays("serial 2 is here");
    assertThat(copied()).containsAllEntriesOf(published(box.tree));
  }

  @Test
  void anOlderTreeIsRefused() throws IOException {
    Path older = box.folder.resolve("older");
    Program.of("cp", "-a", box.tree.toString(), older.toString()).run().assertOk();
    publish(second);
    script("sh").run().assertOk();
    Map<String, String> before = copied();
    script("sh")
        .with("KLTS_UPSTREAM", older)
        .run()
        .assertExit(1)
        .assertSays("has serial 1, older than 2 here; nothing was changed");
    assertThat(copied()).isEqualTo(before);
  }

  @Test
  void aPathThatLeavesTheFolderIsRefused() throws IOException {
    Path evil = Files.createDirectory(box.folder.resolve("evil"));
    Files.writeString(
        evil.resolve("manifest"),
        "klts-manifest 1\nserial 7\n" + "0".repeat(64) + " 4 ROOT a/../../escaped\n");
    Files.writeString(evil.resolve("manifest.asc"), "x");
    Program script = script("sh").with("KLTS_UPSTREAM", evil).with("KLTS_KEYRING", "");
    script.run().assertExit(1).assertSays("line 3 is none of a manifest");
    assertThat(copied()).isEmpty();
  }

  /** A file that is larger than listed, and would fill every disk: no more is fetched of it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "manifest",
        "apt/dists/v1.28/InRelease",
        "rpm/v1.28/x86_64/kubelet-1.28.15.lts.2-1.x86_64.rpm"
      })
  void aFileWithoutEndIsNotFetched(String path) throws IOException {
    script("sh").run().assertOk();
    final Map<String, String> before = copied();
    publish(second);
    Program.of("truncate", "--size=1T", box.tree.resolve(path).toString()).run().assertOk();
    Outcome outcome = script("sh").within(Duration.ofSeconds(60)).run();
    assertThat(outcome.exit()).as(outcome.output()).isIn(1, 75);
    assertThat(copied()).isEqualTo(before);
    try (Stream<Path> files = Files.walk(copy)) {
      assertThat(files.mapToLong(file -> file.toFile().length()).max().orElseThrow())
          .isLessThan(1 << 30);
    }
  }

  /** The daemon gives links away if it is told to, and what they lead to is not ours. */
  @ParameterizedTest
  @ValueSource(strings = {"apt/stable.list", "rpm/v1.28/x86_64/kubelet-1.28.15.lts.2-1.x86_64.rpm"})
  void aLinkInThePlaceOfAFileIsNotFetched(String path) throws IOException {
    script("sh").run().assertOk();
    final Map<String, String> before = copied();
    publish(second);
    Path file = box.tree.resolve(path);
    Files.delete(file);
    Files.createSymbolicLink(file, Path.of("/etc/passwd"));
    script("sh").run().assertExit(75).assertSays("what readers see here is as before");
    assertThat(copied()).isEqualTo(before);
  }

  @Test
  void aTreeWhoseEndIsPastIsRefused() throws IOException {
    script("sh").run().assertOk();
    final Map<String, String> before = copied();
    box.program("refresh", "--tree=" + box.tree, "--valid-days=14").run().assertOk();
    Path manifest = box.tree.resolve("manifest");
    String good = Files.readString(manifest);
    String ended = good.replaceFirst("valid-until .*", "valid-until 2026-01-01T00:00:00Z");
    assertThat(ended).isNotEqualTo(good);
    Files.writeString(manifest, ended);
    Program script = script("sh").with("KLTS_KEYRING", "");
    script.run().assertExit(1).assertSays("ended on 2026-01-01T00:00:00Z");
    assertThat(copied()).isEqualTo(before);
    script.with("KLTS_EXPIRED", "yes").run().assertOk().assertSays("serial 2 is here");
    Files.writeString(manifest, good);
    script("sh").run().assertOk().assertSays("serial 2 is here");
  }

  @Test
  void aSecondRunDoesNothingAndAGhostDoesNotHinder() throws IOException {
    Path lock = Files.createDirectories(copy.resolve(".klts-mirror/lock"));
    Files.writeString(lock.resolve("pid"), ProcessHandle.current().pid() + "\n");
    script("sh").run().assertExit(75).assertSays("goes on; nothing was done");
    assertThat(copied()).isEmpty();
    Files.writeString(lock.resolve("pid"), "999999999\n");
    script("sh").run().assertOk();
    assertThat(lock).doesNotExist();
  }

  @Test
  void aMassOfDeletesIsRefused() throws IOException {
    script("sh").run().assertOk();
    for (int i = 0; i < 5; i++) {
      Files.writeString(copy.resolve("old" + i), "x");
    }
    publish(second);
    script("sh")
        .with("KLTS_MAX_DELETE", 4)
        .run()
        .assertExit(1)
        .assertSays("5 files would be deleted");
    assertThat(copied()).containsKey("old4").containsAllEntriesOf(published(box.tree));
  }

  /** As tunasync starts a command: with its own variables and no others of ours. */
  @Test
  void tunasyncStartsTheCommand() throws IOException {
    Path section =
        Files.writeString(
            box.folder.resolve("tunasync.toml"),
            replaced(
                "tunasync.toml",
                "/usr/local/bin/klts-mirror",
                TEMPLATES.resolve("klts-mirror").toString()));
    String read =
        "import sys,tomllib;m=tomllib.load(open(sys.argv[1],'rb'))['mirrors'][0];"
            + "print(m['provider'],m['command'],*[k+'='+v for k,v in m['env'].items()])";
    String[] words =
        Program.of("python3", "-c", read, section.toString())
            .run()
            .assertOk()
            .out()
            .strip()
            .split(" ", -1);
    assertThat(words[0]).isEqualTo("command");
    Program command =
        Program.of(words[1])
            .with("TUNASYNC_UPSTREAM_URL", upstream())
            .with("TUNASYNC_WORKING_DIR", copy);
    for (int i = 2; i < words.length; i++) {
      command.with(words[i].split("=", -1)[0], words[i].split("=", -1)[1]);
    }
    command.run().assertOk().assertSays("serial 1 is here");
    assertThat(copied()).isEqualTo(published(box.tree));
  }

  /** The two stages of tunasync's own provider, with the profile for Debian. */
  @Test
  void twoStagesOfPlainRsyncEndWithTheSameTree() throws IOException {
    for (Sandbox state : List.of(first, second)) {
      publish(state);
      Program.of(
              "rsync",
              "-aHh",
              "--no-o",
              "--no-g",
              "--filter=risk .~tmp~/",
              "--exclude=Packages*",
              "--exclude=Release*",
              "--exclude=InRelease",
              "--include=*/by-hash/**",
              "--safe-links",
              upstream() + "/",
              copy + "/")
          .run()
          .assertOk();
      Program.of(
              "rsync",
              "-aHh",
              "--no-o",
              "--no-g",
              "--filter=risk .~tmp~/",
              "--delete",
              "--delete-after",
              "--delay-updates",
              "--safe-links",
              upstream() + "/",
              copy + "/")
          .run()
          .assertOk();
      Map<String, String> tree = Sandbox.snapshot(box.tree);
      assertThat(Sandbox.snapshot(copy)).isEqualTo(tree);
      assertThat(copy.resolve(".klts")).doesNotExist();
    }
  }

  @Test
  void nginxServesWithTheRulesForCaches() throws Exception {
    script("sh").run().assertOk();
    int http = StoreServer.freePort();
    String site =
        replaced("nginx.conf", FOLDER, copy.toString())
            .replace("listen 80;", "listen 127.0.0.1:" + http + ";");
    Path prefix = Files.createDirectory(box.folder.resolve("nginx"));
    Path configuration =
        Files.writeString(
            prefix.resolve("nginx.conf"),
            """
            daemon off;
            user root;
            pid nginx.pid;
            error_log error.log;
            events { }
            http {
              access_log off;
              client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp;
              uwsgi_temp_path tmp; scgi_temp_path tmp;
              include site.conf;
            }
            """);
    Files.writeString(prefix.resolve("site.conf"), site);
    Program.of("nginx", "-t", "-p", prefix.toString(), "-c", configuration.toString())
        .run()
        .assertOk();
    Process nginx =
        StoreServer.started(
            Program.of("nginx", "-p", prefix.toString(), "-c", configuration.toString()),
            prefix.resolve("out"),
            http);
    try {
      URI base = URI.create("http://127.0.0.1:" + http + "/");
      int immutable = 0;
      for (String path : listed(copy)) {
        HttpResponse<byte[]> answer = get(base.resolve(path));
        assertThat(answer.statusCode()).as(path).isEqualTo(200);
        assertThat(answer.headers().firstValue("Cache-Control"))
            .as(path)
            .hasValue(CacheRule.of("/" + path));
        immutable += CacheRule.of("/" + path).equals("no-cache") ? 0 : 1;
      }
      assertThat(immutable).isGreaterThan(10);
      assertThat(get(base.resolve("rpm/")).body()).asString().contains("href=\"v1.28/\"");
      assertThat(copy.resolve(".klts-mirror/listed.1")).exists();
      assertThat(get(base.resolve(".klts-mirror/listed.1")).statusCode()).isEqualTo(404);
    } finally {
      Program.kill(nginx.toHandle());
    }
  }

  private static HttpResponse<byte[]> get(URI uri) throws Exception {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  @Test
  void systemdTakesTheUnits() throws IOException {
    String here = TEMPLATES.resolve("klts-mirror").toString();
    String service = replaced("klts-mirror.service", "/usr/local/bin/klts-mirror", here);
    String timer = Files.readString(TEMPLATES.resolve("klts-mirror.timer"));
    assertThat(complaints(service, timer)).doesNotContain("klts-mirror.");
    // It would say so if it did not.
    assertThat(complaints(service.replace("Nice=", "Nize="), timer)).contains("Nize");
    assertThat(complaints(service, timer.replace("00/6:00", "33:00")))
        .contains("klts-mirror.timer");
  }

  private String complaints(String service, String timer) throws IOException {
    Path folder = Files.createDirectories(box.folder.resolve("units"));
    return Program.of(
            "systemd-analyze",
            "verify",
            Files.writeString(folder.resolve("klts-mirror.service"), service).toString(),
            Files.writeString(folder.resolve("klts-mirror.timer"), timer).toString())
        .run()
        .output();
  }
}
