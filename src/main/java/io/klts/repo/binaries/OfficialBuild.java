package io.klts.repo.binaries;

import io.klts.repo.blob.DigestOutput;
import io.klts.repo.blob.IoReason;
import io.klts.repo.blob.Sha256;
import io.klts.repo.catalogue.Arch;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Kubernetes' own builds, one file for each program, fetched from where its project offers them.
 *
 * <p>What is fetched is kept in a folder, so that the next time needs no network. Nothing gets its
 * name there before its SHA-256 is right, and each use looks at the SHA-256 again.
 */
public final class OfficialBuild {

  /** Where the project offers its builds. */
  public static final String ADDRESS = "https://dl.k8s.io/release";

  /** More than twice the size of any program so far. */
  private static final long LARGEST_PROGRAM = 256L << 20;

  /** A digest and perhaps a name. */
  private static final long LARGEST_DIGEST = 1024;

  /** A program is read in pieces of this size, each within the time limit. */
  private static final int PIECE = 1 << 20;

  private static final String DIGEST = ".sha256";

  private final String address;
  private final Path kept;
  private final Path scratch;
  private final Meters meters;
  private final Limits limits;
  private final HttpClient client;

  /** Runs one step at a time, and keeps no program from ending. */
  private final ExecutorService steps =
      Executors.newSingleThreadExecutor(
          step -> {
            Thread thread = new Thread(step, "download");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * How long to wait.
   *
   * @param digest for a whole digest: what a closed network costs
   * @param piece for each piece of a program
   */
  record Limits(Duration digest, Duration piece) {}

  /** Shows how far a file is; closed when it is there or has failed. */
  public interface Meter extends AutoCloseable {
    void add(long bytes);

    @Override
    void close();
  }

  /** Makes a meter for each file. */
  public interface Meters {
    Meter begin(String name, long bytes);
  }

  /**
   * Nothing is fetched yet.
   *
   * @param address in place of {@link #ADDRESS}, without a slash at its end
   * @param kept where the files are kept; made if it is missing
   * @param scratch a folder of the same file system for files that are not whole; the caller
   *     deletes it
   */
  public OfficialBuild(String address, Path kept, Path scratch, Meters meters) {
    this(address, kept, scratch, meters, new Limits(Duration.ofSeconds(3), Duration.ofSeconds(15)));
  }

  OfficialBuild(String address, Path kept, Path scratch, Meters meters, Limits limits) {
    this.address = address;
    this.kept = kept;
    this.scratch = scratch;
    this.meters = meters;
    this.limits = limits;
    client =
        HttpClient.newBuilder()
            .connectTimeout(limits.digest())
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
  }

  /**
   * Fetches the programs that are not kept yet.
   *
   * @param version upstream's, such as {@code 1.28.15}
   * @return a folder that {@link BinaryFolder} takes. It may hold more architectures, of other
   *     calls
   * @throws IOException if one of them cannot be had as it should be
   */
  public Path fetch(String version, Collection<Arch> archs, List<String> programs)
      throws IOException {
    Path folder = kept.resolve("v" + version);
    for (Arch arch : archs) {
      Files.createDirectories(folder.resolve(arch.go()));
      for (String program : programs) {
        URI uri = URI.create("%s/v%s/bin/linux/%s/%s".formatted(address, version, arch, program));
        fetch(uri, folder.resolve(arch.go()).resolve(program));
      }
    }
    return folder;
  }

  private void fetch(URI uri, Path file) throws IOException {
    Path digestFile = file.resolveSibling(file.getFileName() + DIGEST);
    if (isKept(file, digestFile)) {
      return;
    }
    Sha256 digest = digest(URI.create(uri + DIGEST));
    Path part = scratch.resolve("part");
    try {
      Sha256 found = program(uri, part);
      if (!found.equals(digest)) {
        throw new IOException(uri + ": its SHA-256 is " + found + "; expected " + digest);
      }
      Files.writeString(digestFile, digest.hex());
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /** A disk forgets, and anybody may have written into the folder. */
  private static boolean isKept(Path file, Path digestFile) throws IOException {
    return Files.isRegularFile(file)
        && Files.isRegularFile(digestFile)
        && Files.readString(digestFile, StandardCharsets.ISO_8859_1).equals(Sha256.of(file).hex());
  }

  private Sha256 digest(URI uri) throws IOException {
    byte[] body =
        within(
            limits.digest(),
            uri,
            () -> {
              try (InputStream in = open(uri, LARGEST_DIGEST).body()) {
                return in.readNBytes((int) LARGEST_DIGEST);
              }
            });
    String text = new String(body, StandardCharsets.ISO_8859_1).strip().split("\\s", 2)[0];
    try {
      return new Sha256(text);
    } catch (IllegalArgumentException e) {
      throw new IOException(uri + ": " + e.getMessage(), e);
    }
  }

  private Sha256 program(URI uri, Path part) throws IOException {
    HttpResponse<InputStream> answer =
        within(limits.piece(), uri, () -> open(uri, LARGEST_PROGRAM));
    long size = size(answer);
    try (InputStream in = answer.body();
        DigestOutput out = new DigestOutput(Files.newOutputStream(part));
        Meter meter = meters.begin(name(uri), size)) {
      while (true) {
        byte[] piece = within(limits.piece(), uri, () -> in.readNBytes(PIECE));
        if (piece.length == 0) {
          return out.sha256();
        }
        if (out.size() + piece.length > size) {
          throw new IOException(uri + ": is longer than the " + size + " bytes it began with");
        }
        out.write(piece);
        meter.add(piece.length);
      }
    }
  }

  private static String name(URI uri) {
    return uri.getPath().substring(uri.getPath().lastIndexOf('/') + 1);
  }

  /** Asks for a file. The caller closes the body. */
  private HttpResponse<InputStream> open(URI uri, long largest)
      throws IOException, InterruptedException {
    HttpResponse<InputStream> answer =
        client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofInputStream());
    String fault = null;
    if (answer.statusCode() != 200) {
      fault = "the server answers " + answer.statusCode();
    } else if (size(answer) < 0) {
      fault = "the server does not say how long it is";
    } else if (size(answer) > largest) {
      fault = size(answer) + " bytes are more than it can be";
    }
    if (fault != null) {
      answer.body().close();
      throw new IOException(fault);
    }
    return answer;
  }

  private static long size(HttpResponse<?> answer) {
    return answer.headers().firstValueAsLong("Content-Length").orElse(-1);
  }

  /**
   * One step of a download. Java's client has no time limit for the look-up of a name, nor for a
   * pause in the middle of an answer.
   */
  private <T> T within(Duration limit, URI uri, Callable<T> step) throws IOException {
    Future<T> result = steps.submit(step);
    try {
      return result.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      result.cancel(true);
      throw new IOException(uri + ": no answer within " + limit.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      throw new IOException(uri + ": " + reason(e.getCause()), e);
    } catch (InterruptedException e) {
      result.cancel(true);
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while fetching " + uri);
    }
  }

  /** The client's own words for this are the names of its exceptions. */
  private static String reason(Throwable cause) {
    if (cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException) {
      return "the server cannot be reached";
    }
    return cause instanceof IOException io ? IoReason.of(io) : cause.toString();
  }
}
