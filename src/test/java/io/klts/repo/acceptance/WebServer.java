package io.klts.repo.acceptance;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A real nginx that serves one folder, on one free port of 127.0.0.1, 127.0.0.2 and 127.0.0.3:
 * clients judge a server by its address, so a second mirror needs a second address.
 */
final class WebServer implements AutoCloseable {

  private static final int ATTEMPTS = 5;

  private final String scheme;
  private final Path prefix;
  private final int port;
  private final Process nginx;

  private WebServer(String scheme, Path prefix, int port, Process nginx) {
    this.scheme = scheme;
    this.prefix = prefix;
    this.port = port;
    this.nginx = nginx;
  }

  /**
   * Starts a server, which answers when this returns. It serves the folder as it is at any time.
   */
  static WebServer serving(Path folder) throws IOException {
    return serving(folder, "");
  }

  /**
   * As the other, with more settings.
   *
   * @param settings directives of nginx, each with its semicolon
   */
  static WebServer serving(Path folder, String settings) throws IOException {
    return serving(folder, settings, Optional.empty());
  }

  /** As the other, over https. */
  static WebServer secure(Path folder, String settings, Authority.Certificate certificate)
      throws IOException {
    return serving(folder, settings, Optional.of(certificate));
  }

  private static WebServer serving(
      Path folder, String settings, Optional<Authority.Certificate> certificate)
      throws IOException {
    for (int attempt = 1; ; attempt++) {
      Path prefix = Lab.folder("nginx");
      int port = freePort();
      String text = configuration(port, folder.toAbsolutePath(), settings);
      if (certificate.isPresent()) {
        text = certificate.get().on(text);
      }
      String scheme = certificate.isPresent() ? "https" : "http";
      WebServer server = new WebServer(scheme, prefix, port, start(prefix, text));
      if (server.answers()) {
        return server;
      }
      String log = Files.readString(prefix.resolve("error.log"));
      server.close();
      // Between asking for a free port and using it, somebody else may take it.
      if (attempt == ATTEMPTS) {
        throw new IOException("nginx did not start on port " + port + ": " + log);
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static Process start(Path prefix, String text) throws IOException {
    Path configuration = prefix.resolve("nginx.conf");
    Files.writeString(configuration, text);
    Path log = Files.createFile(prefix.resolve("error.log"));
    Files.createFile(prefix.resolve("access.log"));
    return Program.of("nginx", "-p", prefix.toString(), "-c", configuration.toString())
        .start(log, log);
  }

  private static String configuration(int port, Path folder, String settings) {
    return """
        daemon off;
        # The tests run as root, and what they serve may lie in root's home.
        user root;
        worker_processes 1;
        pid nginx.pid;
        error_log error.log;
        events { worker_connections 64; }
        http {
          log_format requests '$server_addr $request_method $uri $status';
          access_log access.log requests;
          types { text/html html; text/plain asc sh txt; }
          default_type application/octet-stream;
          client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp;
          uwsgi_temp_path tmp; scgi_temp_path tmp;
          server {
            listen 127.0.0.1:%1$d;
            listen 127.0.0.2:%1$d;
            listen 127.0.0.3:%1$d;
            root "%2$s";
            %3$s
          }
        }
        """
        .formatted(port, folder, settings);
  }

  /** Waits until the server takes connections, or has ended without. */
  private boolean answers() throws IOException {
    while (nginx.isAlive()) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress("127.0.0.3", port), 1000);
        return nginx.isAlive();
      } catch (IOException notYet) {
        Lab.pause();
      }
    }
    return false;
  }

  /** The address of the folder, which ends in a slash, at 127.0.0.1. */
  URI uri() {
    return uri(1);
  }

  /** The same folder at 127.0.0.{@code host}; {@code host} is 1, 2 or 3. */
  URI uri(int host) {
    return URI.create("%s://127.0.0.%d:%d/".formatted(scheme, host, port));
  }

  /** All requests so far, such as {@code 127.0.0.1 GET /rpm/repodata/repomd.xml 200}. */
  List<String> requests() throws IOException {
    return Files.readAllLines(prefix.resolve("access.log"));
  }

  /** How many bytes it has of requests that are not complete yet. */
  long bytesOfBodies() throws IOException {
    long bytes = 0;
    try (DirectoryStream<Path> bodies = Files.newDirectoryStream(prefix.resolve("tmp"))) {
      for (Path body : bodies) {
        bytes += Files.size(body);
      }
    }
    return bytes;
  }

  /** Ends the server. May be called twice. */
  @Override
  public void close() throws IOException {
    Program.kill(nginx.toHandle());
    Lab.remove(prefix);
  }
}
