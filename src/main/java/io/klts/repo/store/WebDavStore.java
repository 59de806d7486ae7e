package io.klts.repo.store;

import io.klts.repo.blob.Parallel;
import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A folder behind WebDAV (RFC 4918). Folders that become empty stay: DELETE takes a folder with all
 * it holds, and there is no request for an empty one only.
 */
final class WebDavStore extends OneByOneStore {

  private final WebDavClient client;
  private final long bytesPerSecond;
  private final Set<String> folders = new HashSet<>();

  /**
   * @throws IOException if credentials are missing, or would be sent in clear
   */
  WebDavStore(Target target, Limits limits, Map<String, String> environment) throws IOException {
    super(limits.parallel(), limits.attempts(), limits.bytesPerSecond());
    bytesPerSecond = limits.bytesPerSecond() / limits.parallel();
    client = new WebDavClient(target, Credentials.of(target, environment));
  }

  @Override
  public Optional<byte[]> read(String path, int limit) throws IOException {
    return retry()
        .call(
            () -> {
              WebDavClient.Answer answer = client.ask("GET", path, Map.of(), limit);
              return answer.isMissing()
                  ? Optional.empty()
                  : Optional.of(answer.assertOneOf(200).body().bytes());
            });
  }

  @Override
  public OptionalLong size(String path) throws IOException {
    return retry()
        .call(
            () -> {
              WebDavClient.Answer answer = client.ask("HEAD", path, Map.of(), 0);
              return answer.isMissing()
                  ? OptionalLong.empty()
                  : answer.assertOneOf(200).contentLength();
            });
  }

  @Override
  void emptyUploads() throws IOException {
    removeUploads();
    makeFolder(UPLOADS);
  }

  @Override
  void removeUploads() throws IOException {
    client.ask("DELETE", UPLOADS + "/", Map.of(), 0).assertOneOf(200, 204, 404);
    synchronized (folders) {
      folders.remove(UPLOADS);
    }
  }

  @Override
  void put(TreeFile file, String beside, Throttle throttle) throws IOException {
    BodyPublisher body =
        BodyPublishers.fromPublisher(
            BodyPublishers.ofInputStream(() -> sending(file, throttle)),
            Math.max(1, file.content().size()));
    client
        .send(
            "PUT",
            beside,
            file.content().size() == 0 ? BodyPublishers.noBody() : body,
            Map.of(),
            WebDavClient.timeFor(file.content().size(), bytesPerSecond))
        .assertOneOf(200, 201, 204);
    int slash = file.path().lastIndexOf('/');
    if (slash > 0) {
      makeFolder(file.path().substring(0, slash));
    }
    URI target = client.address(file.path());
    client
        .ask("MOVE", beside, Map.of("Destination", target.toString(), "Overwrite", "T"), 0)
        .assertOneOf(200, 201, 204);
  }

  private static Sending sending(TreeFile file, Throttle throttle) {
    try {
      return new Sending(file, throttle);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes a folder, and those above it if need be; one at a time, so that none is made twice. */
  private void makeFolder(String path) throws IOException {
    synchronized (folders) {
      if (folders.contains(path)) {
        return;
      }
      String request = path.isEmpty() ? "" : path + "/";
      WebDavClient.Answer answer = client.ask("MKCOL", request, Map.of(), 0);
      // What is above it is missing.
      if (answer.status() == 409 && !path.isEmpty()) {
        makeFolder(path.substring(0, Math.max(0, path.lastIndexOf('/'))));
        answer = client.ask("MKCOL", request, Map.of(), 0);
      }
      // 405: it is there.
      answer.assertOneOf(200, 201, 405);
      folders.add(path);
    }
  }

  @Override
  public void delete(Collection<String> paths) throws IOException {
    Parallel.map(
        parallel(),
        paths,
        path ->
            retry()
                .call(
                    () -> client.ask("DELETE", path, Map.of(), 0).assertOneOf(200, 204, 404, 410)));
  }

  @Override
  void disconnect() {
    // Connections end with the client.
  }
}
