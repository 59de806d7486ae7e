package io.klts.repo.store;

import io.klts.repo.blob.Parallel;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Collection;

/** Tells a cache to forget files, by an address that it has for that. */
public final class CachePurge {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final String address;
  private final Limits limits;
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

  /**
   * @param address with {@code {path}} where the path of a file goes
   */
  public CachePurge(String address, Limits limits) {
    this.address = address;
    this.limits = limits;
  }

  /**
   * Asks for each file with POST. What the cache does not have (404) counts as forgotten.
   *
   * @param paths at the cache's host, with a slash at their begin
   * @throws IOException the first answer that is neither 2xx nor 404, or a failure to get one
   */
  public void forget(Collection<String> paths) throws IOException {
    Retry retry = new Retry(limits.attempts());
    Parallel.map(limits.parallel(), paths, path -> retry.call(() -> forget(path)));
  }

  private int forget(String path) throws IOException {
    URI uri = URI.create(address.replace("{path}", path.replace("^", "%5E")));
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .timeout(PATIENCE)
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    int status;
    try {
      status = client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (IOException e) {
      String reason = e.getMessage() == null ? "the cache does not answer" : e.getMessage();
      throw new IOException(uri + ": " + reason, e);
    }
    if (status == 404 || status / 100 == 2) {
      return status;
    }
    String message = uri + ": the cache answers with HTTP status " + status;
    throw status / 100 == 4 ? new RefusedException(message) : new IOException(message);
  }
}
