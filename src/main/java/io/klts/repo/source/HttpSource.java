package io.klts.repo.source;

import io.klts.repo.blob.PiecewiseInput;
import io.klts.repo.blob.Sha256;
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
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSession;

/** A tree behind a web server. */
public final class HttpSource implements TreeSource, AutoCloseable {

  private static final Duration ANSWER = Duration.ofSeconds(30);

  private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-.*");

  /**
   * How long a server is waited for.
   *
   * @param answer from the question to the begin of the answer
   * @param body for one file in all
   * @param window while it is waited for bytes of one file, for how long they may be too few
   * @param least how many bytes have to come in each window
   */
  public record Patience(Duration answer, Duration body, Duration window, long least) {

    /** A server that sends a byte a minute must end some time. */
    public static final Patience FOR_SMALL_FILES =
        new Patience(ANSWER, Duration.ofMinutes(15), Duration.ofMinutes(15), 0);

    /** A slow line may take as long as it needs; a server that holds a reader up may not. */
    public static final Patience FOR_ALL_FILES =
        new Patience(ANSWER, Duration.ofDays(2), Duration.ofSeconds(30), 30 << 10);
  }

  private final URI base;
  private final Patience patience;
  private final HttpClient client =
      HttpClient.newBuilder()
          .connectTimeout(Duration.ofSeconds(10))
          .followRedirects(HttpClient.Redirect.NORMAL)
          .build();
  private final ScheduledThreadPoolExecutor watch =
      new ScheduledThreadPoolExecutor(
          1,
          work -> {
            Thread thread = new Thread(work, "http-timeout");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * A tree at an address.
   *
   * @throws IllegalArgumentException if it is no address of a folder over HTTP
   */
  public HttpSource(String url) {
    this(url, Patience.FOR_SMALL_FILES);
  }

  /** A tree at an address whose server has another time to answer, and for one file in all. */
  public HttpSource(String url, Duration answer, Duration body) {
    this(url, new Patience(answer, body, body, 0));
  }

  /** A tree at an address whose server is waited for as long as is said. */
  public HttpSource(String url, Patience patience) {
    this.patience = patience;
    watch.setRemoveOnCancelPolicy(true);
    URI uri = URI.create(url.endsWith("/") ? url : url + "/");
    boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    if (!http || uri.getHost() == null || uri.getQuery() != null || uri.getFragment() != null) {
      throw new IllegalArgumentException("\"" + url + "\" is not the http(s) address of a tree");
    }
    base = uri;
  }

  @Override
  public Optional<InputStream> open(String path) throws IOException {
    return answered(path, get(path, Map.of())).map(Answer::body);
  }

  @Override
  public Optional<Tail> open(String path, long from) throws IOException {
    Answer answer = get(path, Map.of("Range", "bytes=" + from + "-"));
    if (answer.status() != 206) {
      return answered(path, answer).map(whole -> new Tail(0, whole.body()));
    }
    String range = answer.headers().firstValue("Content-Range").orElse("");
    Matcher matcher = RANGE.matcher(range);
    if (!matcher.matches() || Long.parseLong(matcher.group(1)) != from) {
      answer.close();
      throw new IOException(
          address(path) + ": asked for bytes from " + from + " on, and got \"" + range + "\"");
    }
    return Optional.of(new Tail(from, answer.body()));
  }

  private Optional<Answer> answered(String path, Answer answer) throws IOException {
    if (answer.status() == 200) {
      return Optional.of(answer);
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
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(patience.answer());
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

  /** For messages. */
  @Override
  public String toString() {
    return base.toString();
  }

  @Override
  public boolean isRemote() {
    return true;
  }

  @Override
  public void close() {
    watch.shutdownNow();
  }

  /**
   * Ends when the time is over or too little comes, also in the middle of a read: closing wakes the
   * reader. Only time in which the reader waits counts as the server's.
   */
  private final class Timed extends PiecewiseInput {
    private final URI uri;
    private final Future<?> looks;
    private final long start = System.nanoTime();
    private volatile String over;
    private long waitingSince;
    private long waited;
    private long count;

    Timed(InputStream in, URI uri) {
      super(in);
      this.uri = uri;
      long nanos = Math.min(patience.body().toNanos(), patience.window().toNanos()) / 4;
      looks = watch.scheduleAtFixedRate(this::look, nanos, nanos, TimeUnit.NANOSECONDS);
    }

    private void look() {
      long now = System.nanoTime();
      if (now - start >= patience.body().toNanos()) {
        expire("not complete after " + patience.body().toSeconds() + " seconds");
      } else if (isTooSlow(now)) {
        expire(
            "less than "
                + patience.least()
                + " bytes in "
                + patience.window().toSeconds()
                + " seconds");
      }
    }

    /** Looks at a window that is over, and begins the next. */
    private synchronized boolean isTooSlow(long now) {
      long all = waited + (waitingSince == 0 ? 0 : now - waitingSince);
      if (all < patience.window().toNanos()) {
        return false;
      }
      boolean slow = count < patience.least();
      count = 0;
      waited = 0;
      waitingSince = waitingSince == 0 ? 0 : now;
      return slow;
    }

    private void expire(String reason) {
      over = reason;
      looks.cancel(false);
      try {
        in.close();
      } catch (IOException e) {
        // The reader is told that the time is over.
      }
    }

    private synchronized void begin() {
      waitingSince = System.nanoTime();
    }

    private synchronized void end(int n) {
      waited += System.nanoTime() - waitingSince;
      waitingSince = 0;
      count += Math.max(n, 0);
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int n = -1;
      begin();
      try {
        n = in.read(buffer, offset, length);
      } catch (IOException e) {
        if (over == null) {
          throw new IOException(uri + ": " + e.getMessage(), e);
        }
      } finally {
        end(n);
      }
      if (n < 0 && over != null) {
        throw new IOException(uri + ": " + over);
      }
      return n;
    }

    @Override
    public void close() throws IOException {
      looks.cancel(false);
      super.close();
    }
  }
}
