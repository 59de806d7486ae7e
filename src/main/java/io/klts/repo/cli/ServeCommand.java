package io.klts.repo.cli;

import io.klts.repo.serve.StaticServer;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Serves a tree over HTTP, for tries and small sites. */
@Command(
    name = "serve",
    description =
        "Serves a tree over HTTP until it is stopped. Any static web server does the same.",
    mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {

  @Mixin private Console console;

  @Mixin private TreeFolder tree;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "The address to listen on (default: ${DEFAULT-VALUE}, this machine only).")
  private String host;

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "8080",
      description = "The port to listen on; 0 for a free one (default: ${DEFAULT-VALUE}).",
      converter = WholeNumber.Port.class)
  private int port;

  /**
   * Where it is.
   *
   * @param url where the tree is served
   */
  private record Result(String url) {}

  @Override
  public Integer call() throws IOException {
    try (StaticServer server =
        StaticServer.start(tree.path(), host, port, line -> console.line("request", line))) {
      console.result("serving    " + tree.path() + " at " + server.uri() + "  (stop with Ctrl-C)");
      console.json(new Result(server.uri().toString()));
      awaitInterrupt();
    }
    return 0;
  }

  /** A signal ends the process; nothing needs to be put in order. */
  static void awaitInterrupt() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
