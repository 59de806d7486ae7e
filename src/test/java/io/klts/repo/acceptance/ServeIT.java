package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command {@code serve} as a process, asked by real clients. */
class ServeIT {

  private static final String PACKAGE = "apt/pool/main/k/kubectl/kubectl_1.28.15-lts.2_amd64.deb";

  private static Sandbox box;
  private static Running server;
  private static String url;

  @BeforeAll
  static void start() throws IOException {
    box = new Sandbox();
    box.publish(Sandbox.RELEASE).run().assertOk();
    Files.writeString(box.tree.resolve(".klts/x"), "not for you");
    Files.writeString(box.folder.resolve("outside"), "not for you");
    server = new Running(serve("--port=0"));
    url = server.awaitOutput(Product.SERVING) + "/";
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
    box.close();
  }

  private static Program serve(String... more) {
    List<String> arguments = new ArrayList<>(List.of("serve", "--tree=" + box.tree));
    arguments.addAll(List.of(more));
    return Product.launched(arguments.toArray(String[]::new));
  }

  /** curl as a person uses it, with the status on a line of its own at the end. */
  private Outcome curl(String path, String... options) throws IOException {
    List<String> command = new ArrayList<>(List.of("curl", "-sS", "-w", "\n%{http_code}"));
    command.addAll(List.of(options));
    command.add(url + path);
    return Program.of(command).run().assertOk();
  }

  @Test
  void continuesADownloadThatWasCutOff() throws IOException {
    Path whole = box.tree.resolve(PACKAGE);
    Path part = box.folder.resolve("part");
    curl(PACKAGE, "-r", "0-99", "-o", part.toString()).assertSays("206");
    assertThat(part).hasSize(100);

    curl(PACKAGE, "-C", "-", "-o", part.toString()).assertSays("206");
    assertThat(part).hasSameBinaryContentAs(whole);
  }

  @Test
  void saysHowLargeAFileIsWithoutSendingIt() throws IOException {
    long size = Files.size(box.tree.resolve(PACKAGE));
    curl(PACKAGE, "-I").assertSays("Content-Length: " + size).assertSays("\n200");
  }

  @Test
  void sendsNothingThatTheClientHas() throws IOException {
    Path copy = box.folder.resolve("manifest");
    Path etag = box.folder.resolve("etag");
    curl("manifest", "-R", "-o", copy.toString(), "--etag-save", etag.toString());
    assertThat(copy).hasSameBinaryContentAs(box.tree.resolve("manifest"));

    assertThat(curl("manifest", "-z", copy.toString()).out()).isEqualTo("\n304");
    assertThat(curl("manifest", "--etag-compare", etag.toString()).out()).isEqualTo("\n304");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../outside",
        "%2e%2e/outside",
        "rpm/../../outside",
        "rpm/..%2f..%2foutside",
        ".klts/x",
        ".klts/",
        "rpm/../.klts/x",
        "%2eklts/x"
      })
  void givesAwayNothingElse(String path) throws IOException {
    Outcome outcome = curl(path, "--path-as-is");
    assertThat(outcome.out()).matches("(?s).*\n40[04]").doesNotContain("not for you");
  }

  @Test
  void dnfInstallsFromIt() throws IOException {
    try (DnfRoot root = new DnfRoot()) {
      root.addRepo("klts.repo", definition("rpm/v1.28/klts.repo"));
      root.dnf("install", "kubectl").assertOk();
      assertThat(root.installed("kubectl")).isEqualTo("1.28.15.lts.2-1");
    }
  }

  @Test
  void aptInstallsFromItAndAsksForNothingTwice() throws IOException {
    try (AptRoot root = new AptRoot()) {
      root.copyIn(
          box.tree.resolve("keys/klts.gpg"), "/usr/share/keyrings/klts-archive-keyring.gpg");
      root.addSource("klts.sources", definition("apt/v1.28.sources"));
      root.apt("update").assertOk().assertSays("Get:1 ");
      root.apt("update").assertOk().assertSays("Hit:1 ");
      root.apt("install", "kubectl").assertOk();
      assertThat(root.installed("kubectl")).isEqualTo("1.28.15-lts.2");
    }
    assertThat(server.out()).contains("request    127.0.0.1 ", "/InRelease HTTP/1.1\" 304");
  }

  private String definition(String path) throws IOException {
    return Program.of("curl", "-fsS", url + path)
        .run()
        .assertOk()
        .out()
        .replace(Sandbox.BASE_URL + "/", url);
  }

  /** Also with a client that never goes away. */
  @ParameterizedTest
  @CsvSource({"HUP, 129", "INT, 130", "TERM, 143"})
  void endsAtASignal(String signal, int exit) throws IOException {
    Path temporary = Files.createDirectory(box.folder.resolve(signal));
    Program program = serve("--port=0").with("KLTS_JAVA_OPTS", "-Djava.io.tmpdir=" + temporary);
    try (Running other = new Running(program);
        Socket client = connect(other.awaitOutput(Product.SERVING))) {
      List<ProcessHandle> family = other.family();
      long start = System.nanoTime();
      Outcome outcome = other.end(signal).assertExit(exit);

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
      assertThat(client.isConnected()).isTrue();
      assertThat(outcome.err()).isEmpty();
      assertThat(family).noneMatch(ProcessHandle::isAlive);
    }
    assertThat(temporary).isEmptyDirectory();
  }

  private static Socket connect(String address) throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), URI.create(address).getPort());
  }

  @Test
  void saysThatThePortIsInUse() throws IOException {
    int port = URI.create(url).getPort();
    Outcome outcome = serve("--port=" + port).run().assertExit(1);
    assertThat(outcome.err())
        .startsWith("error: cannot listen on 127.0.0.1 port " + port + ": the port is in use")
        .doesNotContain("\tat ");
    assertThat(outcome.out()).isEmpty();
  }
}
