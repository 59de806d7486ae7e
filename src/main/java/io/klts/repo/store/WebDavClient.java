package io.klts.repo.store;

import io.klts.repo.blob.Blob;
import io.klts.repo.blob.IoReason;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/** HTTP requests to a WebDAV server: each has an end, and no redirect is followed. */
final class WebDavClient {

  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofSeconds(60);

  /** A line slower than this is taken for dead. */
  private static final long SLOWEST_BYTES_PER_SECOND = 1 << 15;

  private static final Pattern LOOPBACK = Pattern.compile("localhost|127\\.[\\d.]+|\\[::1]");

  private static final Set<Integer> REFUSALS = Set.of(401, 403, 405, 407, 413, 414, 501);

  private final URI base;
  private final Optional<String> authorization;

  // Version 1.1: an upgrade in the middle of an upload is of no use.
  private final HttpClient client =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT)
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  /**
   * @throws RefusedException if a password would be sent in clear
   */
  WebDavClient(Target target, Optional<Credentials> credentials) throws IOException {
    URI upload = target.upload();
    String scheme = upload.getScheme().substring("webdav+".length());
    if (upload.getHost() == null) {
      throw new RefusedException(upload + " names no host");
    }
    if (credentials.isPresent()
        && scheme.equals("http")
        && !LOOPBACK.matcher(upload.getHost()).matches()) {
      throw new RefusedException(
          upload + ": the password would be sent in clear; use webdav+https");
    }
    try {
      base =
          new URI(
              scheme, null, upload.getHost(), upload.getPort(), upload.getPath() + "/", null, null);
    } catch (URISyntaxException e) {
      throw new RefusedException(upload + ": " + e.getReason());
    }
    authorization =
        credentials.map(
            c ->
                "Basic "
                    + Base64.getEncoder()
                        .encodeToString(
                            (c.user() + ":" + c.secret()).getBytes(StandardCharsets.UTF_8)));
  }

  /** The address of a path of the tree. */
  URI address(String path) {
    return base.resolve(path.replace("^", "%5E"));
  }

  /** How long a transfer may take. */
  static Duration timeFor(long bytes, long bytesPerSecond) {
    long pace =
        bytesPerSecond == 0
            ? SLOWEST_BYTES_PER_SECOND
            : Math.max(1, Math.min(bytesPerSecond / 2, SLOWEST_BYTES_PER_SECOND));
    return ANSWER.plusSeconds(bytes / pace);
  }

  /**
   * A request without a body.
   *
   * @param limit the most bytes to take of the answer's body
   */
  Answer ask(String method, String path, Map<String, String> headers, int limit)
      throws IOException {
    return send(request(method, path, BodyPublishers.noBody(), headers), timeFor(limit, 0), limit);
  }

  /**
   * A request with a body.
   *
   * @param time until the answer is there
   */
  Answer send(
      String method, String path, BodyPublisher body, Map<String, String> headers, Duration time)
      throws IOException {
    return send(request(method, path, body, headers), time, 0);
  }

  private HttpRequest request(
      String method, String path, BodyPublisher body, Map<String, String> headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(address(path)).method(method, body);
    authorization.ifPresent(value -> request.setHeader("Authorization", value));
    headers.forEach(request::setHeader);
    return request.build();
  }

  private Answer send(HttpRequest request, Duration time, int limit) throws IOException {
    CompletableFuture<HttpResponse<byte[]>> running =
        client.sendAsync(
            request,
            info -> new BoundedBody(limit > 0 && info.statusCode() == 200 ? limit + 1 : 0));
    String what = request.method() + " " + request.uri();
    try {
      HttpResponse<byte[]> response = running.get(time.toMillis(), TimeUnit.MILLISECONDS);
      if (response.body().length > limit) {
        throw new RefusedException(what + ": more than the expected " + limit + " bytes");
      }
      return new Answer(what, response.statusCode(), response.headers(), Blob.of(response.body()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (TimeoutException e) {
      throw new IOException(what + ": no answer after " + time.toSeconds() + " seconds", e);
    } catch (ExecutionException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof RefusedException refused) {
          throw refused;
        }
      }
      Optional<String> certificate = IoReason.ofCertificate(e);
      if (certificate.isPresent()) {
        throw new RefusedException(what + ": " + certificate.get());
      }
      String reason = e.getCause().getMessage();
      throw new IOException(
          what + ": " + (reason == null ? "the server does not answer" : reason), e);
    } finally {
      running.cancel(true);
    }
  }

  /**
   * What the server says.
   *
   * @param what the request
   */
  record Answer(String what, int status, HttpHeaders headers, Blob body) {

    boolean isMissing() {
      return status == 404 || status == 410;
    }

    /** The length that the server announces, if it is a number. */
    OptionalLong contentLength() {
      return headers
          .firstValue("Content-Length")
          .filter(value -> value.matches("\\d{1,18}"))
          .map(value -> OptionalLong.of(Long.parseLong(value)))
          .orElse(OptionalLong.empty());
    }

    /**
     * Fails unless the server answered with one of these.
     *
     * @throws RefusedException if it would say no again
     */
    Answer assertOneOf(int... good) throws IOException {
      if (Arrays.stream(good).anyMatch(code -> code == status)) {
        return this;
      }
      String message = what + ": the server answers with HTTP status " + status + words();
      throw status / 100 == 3 || REFUSALS.contains(status)
          ? new RefusedException(message)
          : new IOException(message);
    }

    private String words() {
      return switch (status) {
        case 301, 302, 303, 307, 308 -> ", a redirect; set the address that answers itself";
        case 401 -> "; check user and password";
        case 403 -> "; the user may not write there";
        case 405, 501 -> "; the server has no WebDAV there";
        case 409 -> "; the folder above is missing, make it on the server";
        case 413 -> "; the server takes no file of this size";
        case 507 -> "; the disk of the server is full";
        default -> "";
      };
    }
  }
}
