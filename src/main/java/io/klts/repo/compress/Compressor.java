package io.klts.repo.compress;

import io.klts.repo.blob.Sha256;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.tukaani.xz.ArrayCache;
import org.tukaani.xz.BasicArrayCache;

/**
 * Compresses files in blocks, several at once. The blocks depend on nothing but the content and the
 * profile: not on the number of threads, nor on what the cache has.
 *
 * <p>Closing it ends the threads, and the promise that the blocks of its {@link CompressedFile}s
 * stay in the cache.
 */
public final class Compressor implements AutoCloseable {

  /**
   * A part of a file, up to the next stretch or to the end. No block reaches over its limits.
   *
   * @param start offset of its first byte
   */
  public record Stretch(long start, Profile profile) {}

  /**
   * A file and how to compress it.
   *
   * @param file is read once, from begin to end
   * @param stretches in their order; the first one starts at 0
   */
  public record Input(Path file, List<Stretch> stretches) {

    public Input {
      stretches = List.copyOf(stretches);
      long next = 0;
      for (Stretch stretch : stretches) {
        if (stretch.start < next || (next == 0 && stretch.start > 0)) {
          throw new IllegalArgumentException("not the stretches of a file: " + stretches);
        }
        next = stretch.start + 1;
      }
    }

    /** A file that is the same all over. */
    public static Input of(Path file, Profile profile) {
      return new Input(file, List.of(new Stretch(0, profile)));
    }
  }

  private final BlockCache cache;
  private final int threads;
  private final ProgressListener progress;
  private final int maxBlockSize;
  private final ExecutorService workers;
  private final ArrayCache arrays = new BasicArrayCache();
  private boolean closed;

  /**
   * Starts a use of the cache. Nothing else happens before the first file.
   *
   * @param cache keeps the blocks; to keep none, give a cache in a folder that you delete
   *     afterwards
   * @param threads at least 1; each takes {@link #heapPerThread()} while it works
   * @param progress hears of each block that is ready
   */
  public Compressor(BlockCache cache, int threads, ProgressListener progress) throws IOException {
    this(cache, threads, progress, Encoding.FILE_BLOCK);
  }

  Compressor(BlockCache cache, int threads, ProgressListener progress, int maxBlockSize)
      throws IOException {
    this.cache = cache;
    this.threads = threads;
    this.progress = progress;
    this.maxBlockSize = maxBlockSize;
    workers = Executors.newFixedThreadPool(threads, Compressor::newThread);
    cache.enter();
  }

  /**
   * The heap that each thread takes at most, in bytes. Divide the free heap by it to know how many
   * threads there may be.
   */
  public static long heapPerThread() {
    // The block that is worked on, the next one, and at worst as much for the compressed block.
    return Profile.OTHER.encoding().encoderMemory() + 3L * Encoding.FILE_BLOCK;
  }

  /**
   * Compresses one file; returns when it is done.
   *
   * @throws IOException if the file cannot be read or changes meanwhile, or if the cache cannot be
   *     written
   */
  public CompressedFile compress(Path file, Profile profile) throws IOException {
    return compressAll(List.of(Input.of(file, profile))).get(0);
  }

  /**
   * Compresses files so that no thread waits at the end of one of them; returns when all are done.
   *
   * @return in the order of the inputs
   * @throws IOException as {@link #compress}; the first failure ends the work on all
   */
  public List<CompressedFile> compressAll(List<Input> inputs) throws IOException {
    try (Batch batch = new Batch(workers, threads + 1, maxBlockSize, this::block)) {
      return batch.compress(inputs);
    }
  }

  /**
   * Stops what is still running, and waits for it: afterwards nothing is written to the cache. May
   * be called twice.
   */
  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      stopWorkers();
      cache.leave();
    }
  }

  private void stopWorkers() {
    workers.shutdownNow();
    try {
      workers.awaitTermination(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private CachedBlock block(byte[] content, Encoding encoding) throws IOException {
    Sha256 key = BlockCache.key(Sha256.of(content), encoding);
    Optional<CachedBlock> known = cache.find(key);
    CachedBlock block =
        known.isPresent()
            ? known.get()
            : cache.add(key, EncodedBlock.of(content, encoding, arrays));
    progress.blockReady(content.length, known.isPresent());
    return block;
  }

  private static Thread newThread(Runnable work) {
    Thread thread = new Thread(work, "compress");
    thread.setDaemon(true);
    return thread;
  }
}
