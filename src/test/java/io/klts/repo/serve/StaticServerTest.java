package io.klts.repo.serve;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StaticServerTest {

  private static final String HASH = "0123456789abcdef".repeat(4);

  @TempDir Path folder;
  private Path tree;
  private final Queue<String> log = new ConcurrentLinkedQueue<>();
  private final HttpClient client = HttpClient.newHttpClient();
  private StaticServer server;

  @BeforeEach
  void serve() throws IOException {
    tree = Files.createDirectory(folder.resolve("tree"));
    write("rpm/repodata/repomd.xml", "<repomd/>");
    write("secret/../../outside.txt", "not for you");
    server = StaticServer.start(tree, "127.0.0.1", 0, log::add);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void servesFilesAndRemembersNothing() throws Exception {
    assertThat(server.uri()).hasScheme("http").hasHost("127.0.0.1").hasPath("/");
    HttpResponse<String> first = get("rpm/repodata/repomd.xml");
    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(first.body()).isEqualTo("<repomd/>");
    assertThat(header(first, "Content-Length")).isEqualTo("9");
    assertThat(header(first, "Server")).isEmpty();

    write("rpm/repodata/repomd.xml", "<another/>");

    assertThat(get("rpm/repodata/repomd.xml").body()).isEqualTo("<another/>");
  }

  @Test
  void answersHeadWithoutABody() throws Exception {
    HttpResponse<String> head =
        send(request("rpm/repodata/repomd.xml").method("HEAD", BodyPublishers.noBody()));

    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(header(head, "Content-Length")).isEqualTo("9");
  }

  @Test
  void answersRanges() throws Exception {
    HttpResponse<String> part =
        send(request("rpm/repodata/repomd.xml").header("Range", "bytes=1-3"));
    assertThat(part.statusCode()).isEqualTo(206);
    assertThat(part.body()).isEqualTo("rep");
    assertThat(header(part, "Content-Range")).isEqualTo("bytes 1-3/9");

    HttpResponse<String> beyond =
        send(request("rpm/repodata/repomd.xml").header("Range", "bytes=9-"));
    assertThat(beyond.statusCode()).isEqualTo(416);
  }

  @ParameterizedTest
  @CsvSource({"Last-Modified, If-Modified-Since", "ETag, If-None-Match"})
  void answersNotModifiedUntilTheFileChanges(String given, String asked) throws Exception {
    String path = "rpm/repodata/repomd.xml";
    Path file = tree.resolve(path);
    Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2026-11-01T00:00:00Z")));
    HttpResponse<String> first = get(path);
    HttpRequest.Builder again = request(path).header(asked, header(first, given));

    HttpResponse<String> unchanged = send(again);
    assertThat(unchanged.statusCode()).isEqualTo(304);
    assertThat(unchanged.body()).isEmpty();
    assertThat(header(unchanged, "Cache-Control")).isEqualTo("no-cache");

    write(path, "<changed/>");
    assertThat(send(again).body()).isEqualTo("<changed/>");
  }

  @Test
  void listsDirectoriesWithoutWhatIsHidden() throws Exception {
    write("rpm/.klts/state", "secret");
    write("rpm/v1.28/klts.repo", "[klts]");
    Files.createSymbolicLink(tree.resolve("rpm/escape"), folder);

    HttpResponse<String> listing = get("rpm/");

    assertThat(listing.statusCode()).isEqualTo(200);
    assertThat(header(listing, "Content-Type")).startsWith("text/html");
    assertThat(listing.body()).contains("repodata/", "v1.28/").doesNotContain("klts/", "escape");
    assertThat(get("rpm").statusCode()).isEqualTo(302);
    assertThat(get("rpm/jetty-dir.css").statusCode()).isEqualTo(200);
  }

  @Test
  void servesTheIndexPageOfADirectory() throws Exception {
    write("index.html", "<h1>hello</h1>");

    assertThat(get("").body()).isEqualTo("<h1>hello</h1>");
    assertThat(header(get(""), "Cache-Control")).isEqualTo("no-cache");
  }

  @Test
  void namesNoContentEncodingForCompressedFiles() throws Exception {
    write("primary.xml.gz", "not really");

    HttpResponse<String> answer = send(request("primary.xml.gz").header("Accept-Encoding", "gzip"));

    assertThat(answer.body()).isEqualTo("not really");
    assertThat(header(answer, "Content-Encoding")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "missing",
        ".klts/state",
        "rpm/.hidden",
        "rpm/.klts/",
        "%2eklts/state",
        "escape/outside.txt",
        "link.txt",
        "dangling"
      })
  void hasNothingHiddenAndNothingFromOutside(String path) throws Exception {
    write(".klts/state", "not for you");
    write("rpm/.hidden", "not for you");
    write("rpm/.klts/state", "not for you");
    Files.createSymbolicLink(tree.resolve("escape"), folder);
    Files.createSymbolicLink(tree.resolve("link.txt"), folder.resolve("outside.txt"));
    Files.createSymbolicLink(tree.resolve("dangling"), folder.resolve("nowhere"));

    HttpResponse<String> answer = get(path);

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).doesNotContain("not for you").doesNotContain(folder.toString());
  }

  /** The client of the JDK tidies paths up, so these go over a socket as they are. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/../outside.txt",
        "/rpm/../../outside.txt",
        "/%2e%2e/outside.txt",
        "/..%2foutside.txt",
        "/rpm/..%2f..%2foutside.txt",
        "/..%5coutside.txt",
        "/.%00./outside.txt",
        "/rpm%00",
        "/..;/outside.txt",
        "//../outside.txt"
      })
  void refusesPathsThatClimbOut(String path) throws IOException {
    String answer = raw("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

    assertThat(answer).matches("(?s)HTTP/1.1 40[04] .*");
    assertThat(answer).doesNotContain("not for you").doesNotContain(folder.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "MKCOL"})
  void refusesToChangeAnything(String method) throws Exception {
    HttpResponse<String> answer =
        send(request("rpm/repodata/repomd.xml").method(method, BodyPublishers.ofString("x")));

    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(header(answer, "Allow")).isEqualTo("GET, HEAD");
    assertThat(tree.resolve("rpm/repodata/repomd.xml")).hasContent("<repomd/>");
  }

  @Test
  void letsOnlyFilesThatNeverChangeBeKept() throws Exception {
    assertKept("apt/dists/stable/main/binary-amd64/by-hash/SHA256/" + HASH);
    assertKept("rpm/repodata/" + HASH + "-primary.xml.gz");
    assertKept("rpm/v1.28/x86_64/kubeadm-1.28.15.lts.2-1.x86_64.rpm");
    assertKept("apt/pool/main/k/kubeadm/kubeadm_1.28.15-lts.2_amd64.deb");
    assertAsked("rpm/repodata/repomd.xml");
    assertAsked("apt/dists/stable/InRelease");
    assertAsked("manifest");
    assertAsked("rpm/");
    assertAsked("apt/dists/stable/main/binary-amd64/by-hash/SHA256/");
  }

  @Test
  void doesNotLetAMissingFileBeKept() throws Exception {
    HttpResponse<String> answer = get("rpm/repodata/" + HASH + "-primary.xml.gz");

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(header(answer, "Cache-Control")).doesNotContain("immutable");
  }

  @Test
  void logsEachAnswer() throws Exception {
    get("rpm/repodata/repomd.xml");
    get("missing");
    server.close(); // a line may come after the client has its answer

    assertThat(log)
        .anySatisfy(
            line -> assertThat(line).contains("\"GET /rpm/repodata/repomd.xml HTTP/1.1\" 200 9"))
        .anySatisfy(line -> assertThat(line).contains("\"GET /missing HTTP/1.1\" 404"));
  }

  @Test
  void saysThatThePortIsInUse() {
    int port = server.uri().getPort();

    assertThatThrownBy(() -> StaticServer.start(tree, "127.0.0.1", port).close())
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("cannot listen on 127.0.0.1 port " + port + ": the port is in use")
        .hasMessageContaining("choose another port, or 0");
  }

  @Test
  void saysThatTheHostOrTheDirectoryIsNotThere() {
    assertThatThrownBy(() -> StaticServer.start(tree, "no.such.host.invalid", 0).close())
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("cannot listen on no.such.host.invalid port 0: ");
    assertThatThrownBy(() -> StaticServer.start(tree.resolve("no"), "127.0.0.1", 0).close())
        .isInstanceOf(IOException.class)
        .hasMessageEndingWith("no: there is no such directory");
  }

  @Test
  void mayBeClosedTwiceAndFreesThePort() throws IOException {
    int port = server.uri().getPort();
    server.close();
    server.close();

    StaticServer.start(tree, "127.0.0.1", port).close();
  }

  private void assertKept(String path) throws Exception {
    write(path, "x");
    assertThat(header(get(path), "Cache-Control")).isEqualTo("public, max-age=31536000, immutable");
  }

  private void assertAsked(String path) throws Exception {
    if (!path.endsWith("/")) {
      write(path, "x");
    }
    HttpResponse<String> answer = get(path);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(header(answer, "Cache-Control")).isEqualTo("no-cache");
  }

  private void write(String path, String text) throws IOException {
    Path file = tree.resolve(path).normalize();
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(server.uri() + path));
  }

  private HttpResponse<String> get(String path) throws Exception {
    return send(request(path));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private String raw(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.uri().getPort())) {
      socket.getOutputStream().write(request.getBytes(US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), US_ASCII);
    }
  }

  private static String header(HttpResponse<String> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }
}
