package io.klts.repo.source;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.klts.repo.blob.Blob;
import io.klts.repo.tree.CacheRule;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A mirror of a folder that has other bytes, other headers or nothing where a test says so. */
public final class MirrorServer implements Closeable {

  private static final Blob NOTHING = Blob.of(new byte[0]);

  private record Answer(int status, Map<String, String> headers, Blob body) {}

  private final HttpServer server =
      HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Path folder;
  private final String prefix;
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final Map<String, String> cacheControl = new ConcurrentHashMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();

  /** A mirror at the root of its address. */
  public MirrorServer(Path folder) throws IOException {
    this(folder, "");
  }

  /**
   * A mirror of a folder.
   *
   * @param prefix what stands before each path, as it is sent
   */
  public MirrorServer(Path folder, String prefix) throws IOException {
    this.folder = folder;
    this.prefix = prefix;
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /** The address of the tree, without a slash at its end. */
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + prefix;
  }

  /** The paths that were asked for. */
  public List<String> asked() {
    return List.copyOf(asked);
  }

  /** Sends other bytes for a path. */
  public MirrorServer sends(String path, byte[] bytes) {
    answers.put(path, new Answer(200, Map.of(), Blob.of(bytes)));
    return this;
  }

  /** Answers with a status for a path. */
  public MirrorServer refuses(String path, int status) {
    answers.put(path, new Answer(status, Map.of(), NOTHING));
    return this;
  }

  /** Sends readers of a path to another address. */
  public MirrorServer sendsOn(String path, String to) {
    answers.put(path, new Answer(302, Map.of("Location", to), NOTHING));
    return this;
  }

  /** Says that caches shall do so with a path; with nothing, says nothing. */
  public MirrorServer caches(String path, String rule) {
    cacheControl.put(path, rule);
    return this;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String raw = exchange.getRequestURI().getRawPath();
      String path = raw.startsWith(prefix + "/") ? raw.substring(prefix.length() + 1) : "";
      asked.add(path);
      Answer answer =
          Optional.ofNullable(answers.get(path)).orElseGet(() -> file(path.replace("%5E", "^")));
      answer.headers.forEach(exchange.getResponseHeaders()::set);
      String rule = cacheControl.getOrDefault(path, CacheRule.of("/" + path));
      if (!rule.isEmpty()) {
        exchange.getResponseHeaders().set("Cache-Control", rule);
      }
      long size = answer.body.size();
      exchange.sendResponseHeaders(answer.status, size == 0 ? -1 : size);
      answer.body.writeTo(exchange.getResponseBody());
    }
  }

  private Answer file(String path) {
    Path file = folder.resolve(path);
    try {
      return !path.isEmpty() && Files.isRegularFile(file)
          ? new Answer(200, Map.of(), Blob.of(file))
          : new Answer(404, Map.of(), NOTHING);
    } catch (IOException e) {
      return new Answer(500, Map.of(), NOTHING);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
