package io.klts.repo.serve;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.eclipse.jetty.server.CustomRequestLog;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.resource.ResourceFactory;

/**
 * A running HTTP server that lets everyone read one directory: GET and HEAD, ranges, conditional
 * requests, {@code index.html} or a listing for directories. Names that begin with a dot and links
 * that lead out of the directory are not there (404). A file that is replaced while it runs is seen
 * by the next request.
 */
public final class StaticServer implements AutoCloseable {

  private final Server server;
  private final URI uri;

  private StaticServer(Server server, URI uri) {
    this.server = server;
    this.uri = uri;
  }

  /** As the other {@code start}, without a log. */
  public static StaticServer start(Path directory, String host, int port) throws IOException {
    return start(directory, host, port, line -> {});
  }

  /**
   * Starts to serve. The server's own threads keep the Java machine running until {@link #close()}.
   *
   * @param host the name or address to listen on; {@code 0.0.0.0} for all of this machine
   * @param port the port, or 0 for any free one
   * @param accessLog gets a line in NCSA format for each answer, from several threads
   * @throws IOException if the directory is not there or the port cannot be had
   */
  public static StaticServer start(
      Path directory, String host, int port, Consumer<String> accessLog) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new IOException("cannot serve " + directory + ": there is no such directory");
    }
    Server server = new Server();
    ServerConnector connector = connector(server, host, port);
    server.addConnector(connector);
    server.setHandler(handler(server, directory.toRealPath()));
    server.setRequestLog(new CustomRequestLog(accessLog::accept, CustomRequestLog.NCSA_FORMAT));
    try {
      server.start();
    } catch (Exception e) {
      stop(server);
      throw cannotStart(host, port, e);
    }
    return new StaticServer(server, uri(host, connector.getLocalPort()));
  }

  /** The directory's address, with the host as it was given and the real port. */
  public URI uri() {
    return uri;
  }

  /** Stops serving, in the middle of answers if need be. A second call does nothing. */
  @Override
  public void close() {
    stop(server);
  }

  private static ServerConnector connector(Server server, String host, int port) {
    HttpConfiguration configuration = new HttpConfiguration();
    configuration.setSendServerVersion(false);
    ServerConnector connector =
        new ServerConnector(server, new HttpConnectionFactory(configuration));
    connector.setHost(host);
    connector.setPort(port);
    return connector;
  }

  private static ReadOnlyHandler handler(Server server, Path directory) {
    PublicFiles files = new PublicFiles();
    files.setBaseResource(
        new PublicResource(ResourceFactory.of(server).newResource(directory), directory));
    return new ReadOnlyHandler(files);
  }

  private static IOException cannotStart(String host, int port, Exception e) {
    Throwable cause = e;
    while (cause != null && !(cause instanceof BindException)) {
      cause = cause.getCause();
    }
    String why =
        cause == null
            ? e.getMessage()
            : "the port is in use or not allowed; "
                + "end the other program, or choose another port, or 0 for any free one";
    return new IOException("cannot listen on " + host + " port " + port + ": " + why, e);
  }

  private static URI uri(String host, int port) {
    try {
      return new URI("http", null, host, port, "/", null, null);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("not a host: " + host, e);
    }
  }

  private static void stop(Server server) {
    try {
      server.stop();
    } catch (Exception e) {
      throw new UncheckedIOException(new IOException("the HTTP server did not stop cleanly", e));
    }
  }
}
