package io.klts.repo.compress;

import io.klts.repo.blob.Sha256;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;

/**
 * Files that are compressed together: the caller's thread reads and cuts them, the workers make the
 * blocks. The first failure comes up with the next block that is read. Closing it stops the blocks
 * that are not ready.
 */
final class Batch implements AutoCloseable {

  /** Makes one block, on the thread of a worker. */
  @FunctionalInterface
  interface BlockWork {
    CachedBlock make(byte[] content, Encoding encoding) throws IOException;
  }

  private record ReadFile(long size, Sha256 sha256, List<Future<CachedBlock>> blocks) {}

  private final ExecutorService workers;
  private final int maxBlockSize;
  private final BlockWork work;

  /** Bounds the blocks in memory, so that reading does not run far ahead of the workers. */
  private final Semaphore room;

  private final List<Future<CachedBlock>> started = new ArrayList<>();

  Batch(ExecutorService workers, int blocksInMemory, int maxBlockSize, BlockWork work) {
    this.workers = workers;
    this.maxBlockSize = maxBlockSize;
    this.work = work;
    room = new Semaphore(blocksInMemory);
  }

  /** Compresses all files; the results are in the order of the inputs. */
  List<CompressedFile> compress(List<Compressor.Input> inputs) throws IOException {
    ReadFile[] files = new ReadFile[inputs.size()];
    for (int i : largestFirst(inputs)) {
      files[i] = read(inputs.get(i));
    }
    List<CompressedFile> results = new ArrayList<>();
    for (ReadFile file : files) {
      results.add(ready(file));
    }
    return results;
  }

  /** So the last blocks are short, and no thread works long after the others have ended. */
  private static List<Integer> largestFirst(List<Compressor.Input> inputs) {
    return IntStream.range(0, inputs.size())
        .boxed()
        .sorted(Comparator.comparing(i -> -inputs.get(i).file().toFile().length()))
        .toList();
  }

  /** Reads a file and starts its blocks. */
  private ReadFile read(Compressor.Input input) throws IOException {
    List<Future<CachedBlock>> blocks = new ArrayList<>();
    try (SourceReader in = new SourceReader(input.file())) {
      List<Compressor.Stretch> stretches = input.stretches();
      for (int i = 0; i < stretches.size(); i++) {
        long end = i + 1 < stretches.size() ? stretches.get(i + 1).start() : Long.MAX_VALUE;
        read(in, Math.min(end, in.size()), stretches.get(i).profile().encoding(), blocks);
      }
      return new ReadFile(in.size(), in.finish(), blocks);
    }
  }

  /** Reads up to the end of a stretch. */
  private void read(SourceReader in, long end, Encoding encoding, List<Future<CachedBlock>> blocks)
      throws IOException {
    long length = blockLength(end - in.position());
    while (in.position() < end) {
      blocks.add(start(in, (int) Math.min(length, end - in.position()), encoding));
      reportFailure();
    }
  }

  private static CompressedFile ready(ReadFile file) throws IOException {
    List<CachedBlock> blocks = new ArrayList<>();
    for (Future<CachedBlock> block : file.blocks()) {
      blocks.add(result(block));
    }
    return new CompressedFile(file.size(), file.sha256(), blocks);
  }

  @Override
  public void close() {
    started.forEach(block -> block.cancel(true));
  }

  /**
   * The fewest blocks that are not too long, and all of one length: so that all cores stay busy.
   */
  private long blockLength(long size) {
    long blocks = Math.max(1, ceilDiv(size, maxBlockSize));
    return ceilDiv(size, blocks);
  }

  private static long ceilDiv(long dividend, long divisor) {
    return (dividend + divisor - 1) / divisor;
  }

  private Future<CachedBlock> start(SourceReader in, int length, Encoding encoding)
      throws IOException {
    acquireRoom();
    byte[] content = in.read(length);
    Future<CachedBlock> block =
        workers.submit(
            () -> {
              try {
                return work.make(content, encoding);
              } finally {
                room.release();
              }
            });
    started.add(block);
    return block;
  }

  private void acquireRoom() throws IOException {
    try {
      room.acquire();
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private void reportFailure() throws IOException {
    for (Future<CachedBlock> block : started) {
      if (block.isDone()) {
        result(block);
      }
    }
  }

  private static CachedBlock result(Future<CachedBlock> block) throws IOException {
    try {
      return block.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      if (e.getCause() instanceof OutOfMemoryError) {
        throw new IOException(
            "there is not enough memory to compress with so many threads; take fewer, or give Java"
                + " more with -Xmx",
            e);
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private static IOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("the compression was interrupted");
  }
}
