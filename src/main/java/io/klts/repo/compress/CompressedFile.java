package io.klts.repo.compress;

import io.klts.repo.blob.Sha256;
import java.util.List;

/**
 * A file whose compressed blocks lie ready in the cache, to be spliced into any number of streams.
 * Good until the {@link Compressor} that made it is closed.
 */
public final class CompressedFile {

  private final long size;
  private final Sha256 sha256;
  private final List<CachedBlock> blocks;

  CompressedFile(long size, Sha256 sha256, List<CachedBlock> blocks) {
    this.size = size;
    this.sha256 = sha256;
    this.blocks = List.copyOf(blocks);
  }

  /** The number of bytes of the uncompressed file. */
  public long size() {
    return size;
  }

  /** The digest of the uncompressed file, taken in the same single read. */
  public Sha256 sha256() {
    return sha256;
  }

  List<CachedBlock> blocks() {
    return blocks;
  }
}
