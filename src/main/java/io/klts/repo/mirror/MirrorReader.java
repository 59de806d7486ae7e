package io.klts.repo.mirror;

import io.klts.repo.blob.Blob;
import io.klts.repo.blob.Sha256;
import io.klts.repo.source.HttpSource;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** Reads files of one mirror, bounded in bytes and time. */
final class MirrorReader implements AutoCloseable {

  private static final int SAMPLE = 4 << 20;
  private static final Duration SAMPLE_TIME = Duration.ofSeconds(3);

  /**
   * How long to wait.
   *
   * @param answer until a server begins to send
   * @param body until it has sent a file
   * @param all for everything that is asked of a mirror
   */
  record Patience(Duration answer, Duration body, Duration all) {

    static Patience of(Depth depth) {
      return new Patience(
          Duration.ofSeconds(10),
          Duration.ofMinutes(depth == Depth.DEEP ? 10 : 1),
          switch (depth) {
            case QUICK -> Duration.ofMinutes(2);
            case PUSHED -> Duration.ofMinutes(10);
            case DEEP -> Duration.ofHours(6);
          });
    }
  }

  private final Mirror mirror;
  private final HttpSource source;
  private final String host;
  private final long end;
  private final AtomicInteger files = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();

  MirrorReader(Mirror mirror, Patience patience) {
    this.mirror = mirror;
    this.source = new HttpSource(mirror.url(), patience.answer(), patience.body());
    this.host = URI.create(mirror.url()).getHost();
    this.end = System.nanoTime() + patience.all().toNanos();
  }

  /** How many files were asked for. */
  int files() {
    return files.get();
  }

  /** How many bytes came. */
  long bytes() {
    return bytes.get();
  }

  /** Whether there is time left. */
  boolean hasTime() {
    return System.nanoTime() < end;
  }

  /**
   * Reads a file of the tree.
   *
   * @param limit the most bytes to take
   * @param keep whether the bytes themselves are wanted
   * @throws IOException if there is no whole answer in HTTP
   */
  Reading read(String path, long limit, boolean keep) throws IOException {
    files.incrementAndGet();
    long begin = System.nanoTime();
    try (HttpSource.Answer answer = source.get(mirror.place(path), Map.of())) {
      final Duration answered = Duration.ofNanos(System.nanoTime() - begin);
      MessageDigest digest = Sha256.digest();
      ByteArrayOutputStream kept = new ByteArrayOutputStream();
      byte[] buffer = new byte[1 << 16];
      long count = 0;
      boolean cut = false;
      if (answer.status() == 200) {
        InputStream in = answer.body();
        for (int n = next(in, buffer); n >= 0; n = cut ? -1 : next(in, buffer)) {
          int taken = (int) Math.min(n, limit - count);
          cut = taken < n;
          digest.update(buffer, 0, taken);
          if (keep) {
            kept.write(buffer, 0, taken);
          }
          count += taken;
        }
      }
      bytes.addAndGet(count);
      return new Reading(
          answer.status(),
          answer.headers(),
          Optional.ofNullable(answer.from().getHost()).filter(to -> !to.equalsIgnoreCase(host)),
          answered,
          count,
          cut,
          Sha256.finished(digest),
          Blob.of(kept.toByteArray()),
          answer.tls().flatMap(MirrorReader::certificateEnds));
    }
  }

  /** An answer that has begun and ends with an error is one that was cut off. */
  private static int next(InputStream in, byte[] buffer) throws IOException {
    try {
      return in.read(buffer);
    } catch (IOException e) {
      if (isSlow(e)) {
        throw e;
      }
      EOFException cut = new EOFException(e.getMessage());
      cut.initCause(e);
      throw cut;
    }
  }

  /** Bytes in a second of a bounded part of a file; 0 if it cannot be read. */
  long rate(String path) {
    try (HttpSource.Answer answer = source.get(mirror.place(path), Map.of())) {
      if (answer.status() != 200) {
        return 0;
      }
      byte[] buffer = new byte[1 << 16];
      long begin = System.nanoTime();
      long count = 0;
      InputStream in = answer.body();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        count += n;
        if (count >= SAMPLE || System.nanoTime() - begin > SAMPLE_TIME.toNanos()) {
          break;
        }
      }
      bytes.addAndGet(count);
      return (long) (count * 1e9 / Math.max(1, System.nanoTime() - begin));
    } catch (IOException e) {
      // What is wrong with the file is said where its content is judged.
      return 0;
    }
  }

  private static Optional<Long> certificateEnds(SSLSession session) {
    try {
      return session.getPeerCertificates()[0] instanceof X509Certificate certificate
          ? Optional.of(certificate.getNotAfter().toInstant().getEpochSecond())
          : Optional.empty();
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty();
    }
  }

  /** Whether a failure means that the server was too slow. */
  static boolean isSlow(IOException e) {
    return e instanceof HttpTimeoutException
        || e.getCause() instanceof HttpTimeoutException
        || String.valueOf(e.getMessage()).contains("not complete after");
  }

  @Override
  public void close() {
    source.close();
  }
}
