package io.klts.repo.store;

import io.klts.repo.blob.Parallel;
import io.klts.repo.tree.CacheRule;
import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.apache.commons.io.function.IOSupplier;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Error;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * A bucket of an S3-compatible object store. An object is there as a whole or not at all, so files
 * are put in place at once. The bucket is never listed.
 */
final class S3Store implements Store {

  /** The digest that whoever sent an object computed from the bytes. */
  static final String DIGEST = "sha256";

  /** What an object store takes in one piece. */
  private static final long LARGEST = 5L << 30;

  /** What an object store deletes with one request. */
  private static final int BATCH = 1000;

  private static final int NOT_FOUND = 404;

  private final S3Client client;
  private final S3Place place;
  private final Patience patience;
  private final Retry retry;
  private final Throttle throttle;
  private final int parallel;
  private boolean deletesBatches = true;

  /**
   * @param client is closed with the store
   */
  S3Store(S3Client client, S3Place place, Limits limits) {
    this.client = client;
    this.place = place;
    this.patience = new Patience(limits);
    this.retry = new Retry(limits.attempts());
    this.throttle = new Throttle(limits.bytesPerSecond());
    this.parallel = limits.parallel();
  }

  /** Opens a bucket; nothing is sent yet. */
  static Store open(Target target, Limits limits, Map<String, String> environment)
      throws IOException {
    Optional<Credentials> credentials =
        target.credentials().isEmpty()
            ? Optional.empty()
            : Optional.of(Credentials.from(target.credentials().get(), environment));
    return new S3Store(
        S3Settings.client(target, credentials, limits.parallel()), S3Place.of(target), limits);
  }

  @Override
  public Optional<byte[]> read(String path, int limit) throws IOException {
    Optional<byte[]> bytes = ask("read", path, () -> get(path, limit));
    if (bytes.isPresent() && bytes.get().length > limit) {
      throw new IOException(
          place.describe(path) + " has more than the expected " + limit + " bytes");
    }
    return bytes;
  }

  /** One byte more than the limit, if there is one. */
  private Optional<byte[]> get(String path, int limit) throws IOException {
    try (ResponseInputStream<GetObjectResponse> in =
        client.getObject(
            request ->
                request
                    .bucket(place.bucket())
                    .key(place.key(path))
                    .overrideConfiguration(o -> o.apiCallTimeout(patience.forBytes(limit))))) {
      byte[] bytes = in.readNBytes(limit + 1);
      if (bytes.length > limit) {
        // Without this, the end of the stream would be awaited.
        in.abort();
      }
      return Optional.of(bytes);
    } catch (S3Exception e) {
      if (isMissing(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Whether it is the object that is missing, as far as the server tells. */
  private static boolean isMissing(S3Exception e) {
    return e.statusCode() == NOT_FOUND && !(e instanceof NoSuchBucketException);
  }

  @Override
  public OptionalLong size(String path) throws IOException {
    return ask("look for", path, () -> head(path));
  }

  private OptionalLong head(String path) {
    try {
      return OptionalLong.of(
          client
              .headObject(request -> request.bucket(place.bucket()).key(place.key(path)))
              .contentLength());
    } catch (S3Exception e) {
      if (isMissing(e)) {
        return OptionalLong.empty();
      }
      throw e;
    }
  }

  @Override
  public void put(Collection<TreeFile> files, Consumer<TreeFile> done) throws IOException {
    Parallel.run(
        parallel,
        files,
        file -> {
          put(file);
          done.accept(file);
        });
  }

  @Override
  public void putInOrder(Collection<List<TreeFile>> lists, Consumer<TreeFile> done)
      throws IOException {
    Parallel.run(
        parallel,
        lists,
        list -> {
          for (TreeFile file : list) {
            put(file);
            done.accept(file);
          }
        });
  }

  private void put(TreeFile file) throws IOException {
    long size = file.content().size();
    if (size > LARGEST) {
      throw new RefusedException(
          file.path()
              + " has "
              + size
              + " bytes; an object store takes "
              + LARGEST
              + " in one piece, and more is not supported");
    }
    ask(
        "write",
        file.path(),
        () ->
            client.putObject(
                request ->
                    request
                        .bucket(place.bucket())
                        .key(place.key(file.path()))
                        .cacheControl(CacheRule.of("/" + file.path()))
                        .metadata(Map.of(DIGEST, file.sha256().hex()))
                        .overrideConfiguration(o -> o.apiCallTimeout(patience.forBytes(size))),
                RequestBody.fromContentProvider(
                    () -> sending(file), size, MediaType.of(file.path()))));
  }

  private InputStream sending(TreeFile file) {
    try {
      return new Sending(file, throttle);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void delete(Collection<String> paths) throws IOException {
    List<String> all = List.copyOf(paths);
    for (int from = 0; from < all.size(); from += BATCH) {
      List<String> batch = all.subList(from, Math.min(from + BATCH, all.size()));
      Parallel.map(parallel, deletesBatches ? leftOf(batch) : batch, this::deleteOne);
    }
  }

  /** Deletes with one request; returns those for which the server says that it did not. */
  private List<String> leftOf(List<String> batch) throws IOException {
    List<ObjectIdentifier> objects =
        batch.stream()
            .map(path -> ObjectIdentifier.builder().key(place.key(path)).build())
            .toList();
    try {
      List<String> failed =
          ask(
              "delete files of",
              "",
              () ->
                  client
                      .deleteObjects(
                          request ->
                              request
                                  .bucket(place.bucket())
                                  .delete(delete -> delete.objects(objects).quiet(true)))
                      .errors()
                      .stream()
                      .map(S3Error::key)
                      .toList());
      return batch.stream().filter(path -> failed.contains(place.key(path))).toList();
    } catch (IOException e) {
      // Some stores do not know this request, some allow it to nobody. If it was something else,
      // the
      // single requests tell.
      deletesBatches = false;
      return batch;
    }
  }

  private String deleteOne(String path) throws IOException {
    ask(
        "delete",
        path,
        () -> client.deleteObject(request -> request.bucket(place.bucket()).key(place.key(path))));
    return path;
  }

  private <T> T ask(String what, String path, IOSupplier<T> work) throws IOException {
    return retry.call(
        () -> {
          try {
            return work.get();
          } catch (SdkException | IOException e) {
            throw S3Faults.explain(what, place.describe(path), e);
          }
        });
  }

  @Override
  public void close() {
    client.close();
  }
}
