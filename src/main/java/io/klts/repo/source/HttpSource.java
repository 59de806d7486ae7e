package io.klts.repo.source;

import io.klts.repo.blob.Sha256;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSession;

/** A tree behind a web server. */
public final class HttpSource implements TreeSource, AutoCloseable {

  private static final Duration ANSWER = Duration.ofSeconds(30);

  /** For one file in all: a server that sends a byte a minute must end some time. */
  private static final Duration BODY = Duration.ofMinutes(15);

  private final URI base;
  private final Duration answer;
  private final Duration body;
  private final HttpClient client =
      HttpClient.newBuilder()
          .connectTimeout(Duration.ofSeconds(10))
          .followRedirects(HttpClient.Redirect.NORMAL)
          .build();
  private final ScheduledExecutorService watch =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "verify-timeout");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * A tree at an address.
   *
   * @throws IllegalArgumentException if it is no address of a folder over HTTP
   */
  public HttpSource(String url) {
    this(url, ANSWER, BODY);
  }

  /** A tree at an address whose server has another time to answer, and for one file in all. */
  public HttpSource(String url, Duration answer, Duration body) {
    this.answer = answer;
    this.body = body;
    URI uri = URI.create(url.endsWith("/") ? url : url + "/");
    boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    if (!http || uri.getHost() == null || uri.getQuery() != null || uri.getFragment() != null) {
      throw new IllegalArgumentException("\"" + url + "\" is not the http(s) address of a tree");
    }
    base = uri;
  }

  @Override
  public Optional<InputStream> open(String path) throws IOException {
    Answer answer = get(path, Map.of());
    if (answer.status() == 200) {
      return Optional.of(answer.body());
    }
    answer.close();
    if (answer.status() == 404 || answer.status() == 410) {
      return Optional.empty();
    }
    throw new IOException(
        address(path) + ": the server answers with HTTP status " + answer.status());
  }

  /**
   * Asks for a file.
   *
   * @param headers to send besides the usual ones
   * @throws IOException if there is no answer in HTTP; every status is an answer
   */
  public Answer get(String path, Map<String, String> headers) throws IOException {
    URI uri = address(path);
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(answer);
    headers.forEach(request::setHeader);
    HttpResponse<InputStream> response = send(request.build());
    return new Answer(
        response.statusCode(),
        response.headers(),
        response.sslSession(),
        response.uri(),
        new Timed(response.body(), uri));
  }

  /**
   * What a server says to a request. The caller closes it.
   *
   * @param tls of a connection over https
   * @param from where it came from in the end, if the server sent us on
   * @param body ends with an error when the time for one file is over
   */
  public record Answer(
      int status, HttpHeaders headers, Optional<SSLSession> tls, URI from, InputStream body)
      implements AutoCloseable {

    @Override
    public void close() throws IOException {
      body.close();
    }
  }

  /** Not resolved: that would take the second slash from an address within an address. */
  private URI address(String path) {
    return URI.create(base + path.replace("^", "%5E"));
  }

  private HttpResponse<InputStream> send(HttpRequest request) throws IOException {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (IOException e) {
      String reason = e.getMessage() == null ? "the server does not answer" : e.getMessage();
      throw new IOException(request.uri() + ": " + reason, e);
    } catch (IllegalArgumentException e) {
      // Java's client says so of a length that is no number, and of a redirect to no address.
      throw new IOException(request.uri() + ": not an answer in HTTP: " + e.getMessage(), e);
    }
  }

  /** A web server does not say what it has. */
  @Override
  public Optional<SortedMap<String, Kind>> list() {
    return Optional.empty();
  }

  @Override
  public Map<String, Sha256> earlier() {
    return Map.of();
  }

  @Override
  public boolean isRemote() {
    return true;
  }

  @Override
  public void close() {
    watch.shutdownNow();
  }

  /** Ends when the time is over, also in the middle of a read: closing wakes the reader. */
  private final class Timed extends FilterInputStream {
    private final URI uri;
    private final Future<?> end;
    private volatile boolean over;

    Timed(InputStream in, URI uri) {
      super(in);
      this.uri = uri;
      end = watch.schedule(this::expire, body.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void expire() {
      over = true;
      try {
        in.close();
      } catch (IOException e) {
        // The reader is told that the time is over.
      }
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      try {
        int n = super.read(buffer, offset, length);
        if (n >= 0 || !over) {
          return n;
        }
      } catch (IOException e) {
        if (!over) {
          throw new IOException(uri + ": " + e.getMessage(), e);
        }
      }
      throw new IOException(uri + ": not complete after " + body.toSeconds() + " seconds");
    }

    @Override
    public void close() throws IOException {
      end.cancel(false);
      super.close();
    }
  }
}
