package io.klts.repo.binaries;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.klts.repo.blob.Sha256;
import io.klts.repo.catalogue.Arch;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Downloads from a server that does everything wrong that a server can do. */
@Timeout(60)
class OfficialBuildTest {

  private static final String KUBEADM = "/release/v1.28.15/bin/linux/amd64/kubeadm";
  private static final byte[] PROGRAM = "a program".getBytes(UTF_8);
  private static final List<Arch> ARCHS = List.of(Arch.AMD64);
  private static final List<String> NAMES = List.of("kubeadm");

  /** One request is answered. */
  private interface Answer {
    void to(HttpExchange exchange) throws IOException, InterruptedException;
  }

  @TempDir private Path folder;
  private final Map<String, Answer> answers = new HashMap<>();
  private final Queue<String> requests = new ConcurrentLinkedQueue<>();
  private final Queue<String> progress = new ConcurrentLinkedQueue<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch end = new CountDownLatch(1);
  private HttpServer server;
  private Path scratch;

  @BeforeEach
  void start() throws IOException {
    scratch = Files.createDirectory(folder.resolve("scratch"));
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
    answers.put(KUBEADM, bytes(PROGRAM));
    answers.put(KUBEADM + ".sha256", bytes(Sha256.of(PROGRAM).hex()));
  }

  @AfterEach
  void stop() {
    end.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  private void answer(HttpExchange exchange) {
    String path = exchange.getRequestURI().getPath();
    requests.add(path);
    try (exchange) {
      answers.getOrDefault(path, e -> e.sendResponseHeaders(404, -1)).to(exchange);
    } catch (IOException | InterruptedException e) {
      // The client went away, or the test is over.
    }
  }

  private static Answer bytes(byte[] body) {
    return exchange -> {
      exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    };
  }

  private static Answer bytes(String body) {
    return bytes(body.getBytes(UTF_8));
  }

  @Test
  void fetchesWhatItHasNotKept() throws IOException {
    assertThat(fetch().resolve("amd64/kubeadm")).hasBinaryContent(PROGRAM);
    assertThat(requests).containsExactly(KUBEADM + ".sha256", KUBEADM);
    assertThat(progress).containsExactly("kubeadm 9", "9", "end");
    assertThat(scratch).isEmptyDirectory();

    fetch();
    assertThat(requests).hasSize(2);
  }

  @Test
  void fetchesAgainWhatIsNotAsItWas() throws IOException {
    Path file = fetch().resolve("amd64/kubeadm");
    Files.writeString(file, "another program");
    fetch();
    assertThat(file).hasBinaryContent(PROGRAM);

    Files.delete(file.resolveSibling("kubeadm.sha256"));
    fetch();
    assertThat(requests).hasSize(6);
  }

  @ParameterizedTest
  @ValueSource(strings = {"%s\n", "%s  kubeadm\n", "\t%s "})
  void takesADigestInAnyFormThatSha256sumReads(String form) throws IOException {
    answers.put(KUBEADM + ".sha256", bytes(form.formatted(Sha256.of(PROGRAM).hex())));
    assertThat(fetch()).isDirectory();
  }

  @Test
  void followsToAnotherServer() throws IOException {
    answers.put("/elsewhere", bytes(PROGRAM));
    answers.put(
        KUBEADM,
        exchange -> {
          exchange.getResponseHeaders().add("Location", "/elsewhere");
          exchange.sendResponseHeaders(302, -1);
        });
    assertThat(fetch().resolve("amd64/kubeadm")).hasBinaryContent(PROGRAM);
  }

  @Test
  void refusesAnotherProgram() {
    answers.put(KUBEADM, bytes("another"));
    assertRefused(
        "kubeadm: its SHA-256 is " + Sha256.of("another".getBytes(UTF_8)) + "; expected ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "<html>Not found</html>", "0123456789abcdef"})
  void refusesWhatIsNoDigest(String text) {
    answers.put(KUBEADM + ".sha256", bytes(text));
    assertRefused("kubeadm.sha256: not a SHA-256");
  }

  @ParameterizedTest
  @ValueSource(strings = {KUBEADM, KUBEADM + ".sha256"})
  void saysThatAFileIsNotThere(String path) {
    answers.remove(path);
    assertRefused(path + ": the server answers 404");
  }

  @Test
  void refusesAProgramThatIsCutOff() {
    answers.put(
        KUBEADM,
        exchange -> {
          exchange.sendResponseHeaders(200, PROGRAM.length + 1);
          exchange.getResponseBody().write(PROGRAM);
        });
    assertRefused("kubeadm: ");
  }

  @Test
  void refusesAProgramThatIsTooLarge() {
    answers.put(
        KUBEADM,
        exchange -> {
          exchange.sendResponseHeaders(200, 1L << 40);
          end.await(); // A connection that ends at once may be noticed before the length is.
        });
    assertRefused("kubeadm: 1099511627776 bytes are more than it can be");
  }

  @ParameterizedTest
  @ValueSource(strings = {KUBEADM, KUBEADM + ".sha256"})
  void refusesWhatDoesNotEnd(String path) {
    answers.put(
        path,
        exchange -> {
          exchange.sendResponseHeaders(200, 0); // means: in chunks
          while (true) {
            exchange.getResponseBody().write(PROGRAM);
          }
        });
    assertRefused(path + ": the server does not say how long it is");
  }

  @ParameterizedTest
  @ValueSource(strings = {KUBEADM, KUBEADM + ".sha256"})
  void waitsForAnAnswerOnlySoLong(String path) {
    answers.put(path, exchange -> end.await());
    assertRefused(path + ": no answer within 1 s");
  }

  @ParameterizedTest
  @ValueSource(strings = {KUBEADM, KUBEADM + ".sha256"})
  void waitsForTheRestOfAnAnswerOnlySoLong(String path) {
    answers.put(
        path,
        exchange -> {
          exchange.sendResponseHeaders(200, PROGRAM.length + 1);
          exchange.getResponseBody().write(PROGRAM);
          exchange.getResponseBody().flush();
          end.await();
        });
    assertRefused(path + ": no answer within 1 s");
  }

  @Test
  void saysThatTheServerCannotBeReached() {
    server.stop(0);
    assertRefused("kubeadm.sha256: the server cannot be reached");
  }

  /** An address of a block that is reserved for documentation (RFC 5737): nothing answers. */
  @ParameterizedTest
  @ValueSource(strings = {"http://192.0.2.1", "http://no.such.host.invalid"})
  void aClosedNetworkCostsLittle(String address) {
    long start = System.nanoTime();
    assertThatThrownBy(() -> build(address).fetch("1.28.15", ARCHS, NAMES))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(address);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
  }

  private OfficialBuild build(String address) {
    return new OfficialBuild(
        address,
        folder.resolve("kept"),
        scratch,
        this::meter,
        new OfficialBuild.Limits(Duration.ofSeconds(1), Duration.ofSeconds(1)));
  }

  private Path fetch() throws IOException {
    return build("http://127.0.0.1:" + server.getAddress().getPort() + "/release")
        .fetch("1.28.15", ARCHS, NAMES);
  }

  private OfficialBuild.Meter meter(String name, long size) {
    progress.add(name + " " + size);
    return new OfficialBuild.Meter() {
      @Override
      public void add(long bytes) {
        progress.add(Long.toString(bytes));
      }

      @Override
      public void close() {
        progress.add("end");
      }
    };
  }

  /** A message with these words, and nothing kept, whole or in part. */
  private void assertRefused(String words) {
    assertThatThrownBy(this::fetch).isInstanceOf(IOException.class).hasMessageContaining(words);
    try (Stream<Path> left = Files.walk(folder)) {
      assertThat(left.filter(Files::isRegularFile)).isEmpty();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
