package io.klts.repo.acceptance;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A web server on 127.0.0.1 that serves one of several folders, and some files not as it should.
 * The address stays when the folder changes.
 */
final class HostileServer implements AutoCloseable {

  private static final int PIECE = 1 << 16;

  private final HttpServer server;
  private final ExecutorService workers = Executors.newCachedThreadPool();
  private final Map<String, Fault> faults = new ConcurrentHashMap<>();
  private final AtomicLong endless = new AtomicLong();
  private volatile Path folder;
  private final AtomicInteger cuts = new AtomicInteger();

  /** What is done with a file. */
  enum Fault {
    /** Its bytes, and then others without end, a few mebibytes a second. */
    ENDLESS,
    /** A byte a second. */
    DRIPS,
    /** Half of it, and the connection is closed. */
    BREAKS
  }

  HostileServer(Path folder) throws IOException {
    this.folder = folder;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(workers);
    server.createContext("/", this::answer);
    server.start();
  }

  /** Without a slash at its end. */
  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** The folder that it serves. */
  Path folder() {
    return folder;
  }

  /** From now on, the files of this folder, and all as they are. */
  void serve(Path other) {
    faults.clear();
    folder = other;
  }

  /** From now on a file, by its path without a slash at its begin, comes with a fault. */
  void spoil(String path, Fault fault) {
    faults.put(path, fault);
  }

  /** Ends all answers that have not ended by themselves. */
  void cut() {
    cuts.incrementAndGet();
  }

  /** How many bytes clients took that had no end. */
  long endless() {
    return endless.get();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath().substring(1);
      Path file = folder.resolve(path);
      if (!Files.isRegularFile(file)) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      byte[] bytes = Files.readAllBytes(file);
      Fault fault = faults.get(path);
      exchange.sendResponseHeaders(200, fault == Fault.ENDLESS ? 0 : bytes.length);
      if (exchange.getRequestMethod().equals("HEAD")) {
        return;
      }
      OutputStream out = exchange.getResponseBody();
      if (fault == Fault.DRIPS) {
        drip(out, bytes);
      } else if (fault == Fault.BREAKS) {
        out.write(bytes, 0, bytes.length / 2);
      } else {
        out.write(bytes);
      }
      if (fault == Fault.ENDLESS) {
        flood(out);
      }
    }
  }

  private void drip(OutputStream out, byte[] bytes) throws IOException {
    int cut = cuts.get();
    for (int i = 0; i < bytes.length && cut == cuts.get(); i++) {
      out.write(bytes[i]);
      out.flush();
      pause(1000);
    }
  }

  private void flood(OutputStream out) throws IOException {
    byte[] piece = new byte[PIECE];
    int cut = cuts.get();
    while (cut == cuts.get()) {
      out.write(piece);
      endless.addAndGet(piece.length);
      pause(10);
    }
  }

  private static void pause(long millis) throws IOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() {
    cut();
    server.stop(0);
    workers.shutdownNow();
  }
}
