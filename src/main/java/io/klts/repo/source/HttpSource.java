package io.klts.repo.source;

import io.klts.repo.blob.IoReason;
import io.klts.repo.blob.PiecewiseInput;
import io.klts.repo.blob.Sha256;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSession;

/** A tree behind a web server. */
public final class HttpSource implements TreeSource {

  static {
    // Java keeps five connections to a server for later, and would make a new one for many a file
    // where more than five come side by side.
    System.setProperty("http.maxConnections", "1024");
  }

  private static final Duration ANSWER = Duration.ofSeconds(30);

  private static final Set<Integer> REDIRECTED = Set.of(301, 302, 303, 307, 308);

  private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");
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

    /** For how long nothing at all may come. */
    private Duration silence() {
      return body.compareTo(window) < 0 ? body : window;
    }
  }

  /** How often a server may send us on for one file. */
  private static final int REDIRECTIONS = 5;

  private static final int CONNECT_MILLIS = 10_000;

  private final URI base;
  private final Patience patience;
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
    URI asked = address(path);
    URI uri = asked;
    try {
      for (int redirections = 0; ; redirections++) {
        Answer answer = ask(uri, headers);
        if (!REDIRECTED.contains(answer.status()) || redirections == REDIRECTIONS) {
          return answer;
        }
        URI next = next(uri, answer.headers());
        if ("https".equals(uri.getScheme()) && !"https".equals(next.getScheme())) {
          return answer;
        }
        answer.close();
        uri = next;
      }
    } catch (ConnectException e) {
      throw new IOException(asked + ": the server does not answer", e);
    } catch (SocketTimeoutException e) {
      throw timeout(asked, e);
    } catch (IOException e) {
      throw new IOException(asked + ": " + IoReason.of(e), e);
    }
  }

  private static URI next(URI uri, HttpHeaders headers) throws IOException {
    String location =
        headers.firstValue("Location").orElseThrow(() -> new IOException("Invalid redirection"));
    try {
      URI next = uri.resolve(location);
      if ("http".equals(next.getScheme()) || "https".equals(next.getScheme())) {
        return next;
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new IOException("not an answer in HTTP: a redirection to \"" + location + "\"");
  }

  /**
   * One question and its answer. By Java's older client: the newer one takes longer to start than
   * an unchanged copy takes in all, and thrice as long for many small files.
   */
  private Answer ask(URI uri, Map<String, String> headers) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
    connection.setInstanceFollowRedirects(false);
    connection.setConnectTimeout((int) Math.min(CONNECT_MILLIS, patience.answer().toMillis()));
    connection.setReadTimeout((int) patience.silence().toMillis());
    connection.setRequestProperty("Accept", "*/*");
    headers.forEach(connection::setRequestProperty);
    AtomicBoolean late = new AtomicBoolean();
    // Its time for one read would begin anew with each byte of an answer that drips.
    Future<?> end =
        watch.schedule(
            () -> {
              late.set(true);
              connection.disconnect();
            },
            patience.answer().toMillis(),
            TimeUnit.MILLISECONDS);
    try {
      int status = connection.getResponseCode();
      if (status < 0) {
        throw new IOException("not an answer in HTTP");
      }
      InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream();
      return new Answer(
          status,
          headers(connection),
          connection instanceof HttpsURLConnection secure
              ? secure.getSSLSession()
              : Optional.empty(),
          uri,
          new Timed(body == null ? InputStream.nullInputStream() : body, length(connection), uri));
    } catch (IOException e) {
      connection.disconnect();
      if (late.get()) {
        throw timeout(uri, e);
      }
      throw e;
    } finally {
      end.cancel(false);
    }
  }

  private static IOException timeout(URI uri, IOException cause) {
    HttpTimeoutException timeout = new HttpTimeoutException(uri + ": request timed out");
    timeout.initCause(cause);
    return timeout;
  }

  private static HttpHeaders headers(HttpURLConnection connection) {
    Map<String, List<String>> headers = new HashMap<>(connection.getHeaderFields());
    headers.remove(null); // The line with the status.
    return HttpHeaders.of(headers, (name, value) -> true);
  }

  /** How many bytes are announced, or -1. */
  private static long length(HttpURLConnection connection) throws IOException {
    String length = connection.getHeaderField("Content-Length");
    if (length == null) {
      return -1;
    }
    if (!NUMBER.matcher(length).matches()) {
      connection.disconnect();
      throw new IOException("not an answer in HTTP: a length of \"" + length + "\"");
    }
    return Long.parseLong(length);
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
   * Ends when the time is over or too little comes. A read that waits ends by itself after the time
   * in which nothing may come; only time in which the reader waits counts as the server's.
   */
  private final class Timed extends PiecewiseInput {
    private final URI uri;
    private final long length;
    private final long start = System.nanoTime();
    private long position;
    private long waited;
    private long count;

    Timed(InputStream in, long length, URI uri) {
      super(in);
      this.length = length;
      this.uri = uri;
    }

    @Override
    public int read(byte[] buffer, int offset, int size) throws IOException {
      if (Thread.interrupted()) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted");
      }
      if (position == length) {
        return -1;
      }
      // A server that sends more than it announced confuses other clients: take what was announced.
      int most = length < 0 ? size : (int) Math.min(size, length - position);
      long begin = System.nanoTime();
      int n;
      try {
        n = in.read(buffer, offset, most);
      } catch (SocketTimeoutException e) {
        throw over(patience.body().compareTo(patience.window()) <= 0);
      } catch (IOException e) {
        throw new IOException(uri + ": " + e.getMessage(), e);
      }
      long now = System.nanoTime();
      if (n < 0 && position < length) {
        throw new EOFException(uri + ": ended after " + position + " of " + length + " bytes");
      }
      if (now - start >= patience.body().toNanos()) {
        throw over(true);
      }
      position += Math.max(n, 0);
      count += Math.max(n, 0);
      waited += now - begin;
      if (waited >= patience.window().toNanos()) {
        if (count < patience.least()) {
          throw over(false);
        }
        waited = 0;
        count = 0;
      }
      return n;
    }

    private IOException over(boolean body) {
      return new IOException(
          uri
              + (body
                  ? ": not complete after " + patience.body().toSeconds() + " seconds"
                  : ": less than "
                      + patience.least()
                      + " bytes in "
                      + patience.window().toSeconds()
                      + " seconds"));
    }
  }
}
