package io.klts.repo.acceptance;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A cache that keeps what it fetched, whatever the headers say, until it is told to forget it. */
final class CachingProxy implements AutoCloseable {

  private final String origin;
  private final HttpServer server;
  private final ExecutorService workers = Executors.newFixedThreadPool(8);
  private final Map<String, Kept> kept = new ConcurrentHashMap<>();
  private final List<String> forgotten = new CopyOnWriteArrayList<>();

  /** An answer of the origin. */
  private static final class Kept {
    private final int status;
    private final String rule;
    private final byte[] bytes;

    Kept(int status, String rule, byte[] bytes) {
      this.status = status;
      this.rule = rule;
      this.bytes = bytes;
    }
  }

  CachingProxy(String origin) throws IOException {
    this.origin = origin;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(workers);
    server.createContext("/", this::answer);
    server.start();
  }

  /** Where it answers in the place of the origin. */
  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/cdn";
  }

  /** What it was told to forget, without its own folder. */
  List<String> forgotten() {
    return forgotten;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (exchange.getRequestMethod().equals("POST")) {
        String path = exchange.getRequestURI().getQuery().substring("forget=/cdn".length());
        forgotten.add(path);
        exchange.sendResponseHeaders(kept.remove(path) == null ? 404 : 204, -1);
        return;
      }
      String path = exchange.getRequestURI().getRawPath().substring("/cdn".length());
      Kept answer = kept.get(path);
      if (answer == null) {
        answer = fetch(path);
        kept.put(path, answer);
      }
      if (answer.rule != null) {
        exchange.getResponseHeaders().set("Cache-Control", answer.rule);
      }
      exchange.sendResponseHeaders(
          answer.status, answer.bytes.length == 0 ? -1 : answer.bytes.length);
      exchange.getResponseBody().write(answer.bytes);
    }
  }

  private Kept fetch(String path) throws IOException {
    HttpURLConnection from = (HttpURLConnection) URI.create(origin + path).toURL().openConnection();
    int status = from.getResponseCode();
    byte[] bytes = status == 200 ? from.getInputStream().readAllBytes() : new byte[0];
    return new Kept(status, from.getHeaderField("Cache-Control"), bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    workers.shutdownNow();
  }
}
