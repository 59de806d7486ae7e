package io.klts.repo.compress;

/** Hears how far a compression is. */
@FunctionalInterface
public interface ProgressListener {

  /**
   * A block is ready. Called on the threads of the compressor, so for several blocks at once.
   *
   * @param bytes length of the block before compression
   * @param fromCache whether it was there already
   */
  void blockReady(long bytes, boolean fromCache);
}
