package io.klts.repo.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.klts.repo.blob.Parallel;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** How a web server is treated. */
final class HttpSourceTest {

  private static final int AT_ONCE = 16;

  @Test
  void connectionsOfManyFilesAtOnceAreKept() throws IOException {
    Set<InetSocketAddress> connections = ConcurrentHashMap.newKeySet();
    CyclicBarrier all = new CyclicBarrier(AT_ONCE);
    ExecutorService threads = Executors.newCachedThreadPool();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), AT_ONCE);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          connections.add(exchange.getRemoteAddress());
          await(all);
          answer(exchange);
        });
    server.start();
    try (HttpSource source = new HttpSource("http://127.0.0.1:" + server.getAddress().getPort())) {
      for (int round = 0; round < 2; round++) {
        Parallel.run(
            AT_ONCE,
            Collections.nCopies(AT_ONCE, "file"),
            path -> assertThat(source.read(path, 1)).hasValue(new byte[] {'x'}));
      }
    } finally {
      server.stop(0);
      threads.shutdownNow();
    }
    assertThat(connections).hasSize(AT_ONCE);
  }

  /** Until so many files are asked for at the same time that each needs a connection. */
  private static void await(CyclicBarrier all) throws IOException {
    try {
      all.await(10, TimeUnit.SECONDS);
    } catch (BrokenBarrierException | TimeoutException e) {
      throw new IOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private static void answer(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().close();
    exchange.sendResponseHeaders(200, 1);
    try (OutputStream body = exchange.getResponseBody()) {
      body.write('x');
    }
  }
}
