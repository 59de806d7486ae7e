package io.klts.repo.compress;

import io.klts.repo.blob.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.tukaani.xz.XZ;

/**
 * Compressed blocks on disk, found by the digest of their content and by the settings that made
 * them.
 *
 * <p>Any number of threads and programs may share a folder. A damaged block is noticed by its
 * digest and made again. Blocks are deleted only when no {@link Compressor} of any program is open
 * on the folder, so none disappears under a run, and the limit holds between runs: the blocks of a
 * run in progress come on top.
 */
public final class BlockCache {

  /** Raise it when the same settings come to mean another block, or the files another form. */
  private static final int FORMAT = 1;

  private final Path directory;
  private final long maxBytes;
  private final CacheLock lock;

  private BlockCache(Path directory, long maxBytes) {
    this.directory = directory;
    this.maxBytes = maxBytes;
    lock = CacheLock.of(directory);
  }

  /**
   * A cache in a folder, which is made if it is missing.
   *
   * @param maxBytes what may be left on disk after a run; the least recently used blocks go first
   */
  public static BlockCache at(Path directory, long maxBytes) throws IOException {
    if (maxBytes < 0) {
      throw new IllegalArgumentException("maxBytes < 0: " + maxBytes);
    }
    return new BlockCache(Files.createDirectories(directory).toRealPath(), maxBytes);
  }

  /** Begins a use: until it ends, no block is deleted. */
  void enter() throws IOException {
    lock.enter();
  }

  /** Ends a use; the last one brings the folder down to its limit. */
  void leave() throws IOException {
    lock.leave(() -> new CacheTrim(directory).downTo(maxBytes));
  }

  /** The key of a block: it names the content and all that its compressed form depends on. */
  static Sha256 key(Sha256 content, Encoding encoding) {
    String encoder = XZ.class.getPackage().getImplementationVersion();
    String text = "%d %s %s %s".formatted(FORMAT, encoder, encoding, content);
    return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Finds a whole and undamaged block, and marks it as used now. */
  Optional<CachedBlock> find(Sha256 key) {
    return CachedBlock.use(fileOf(key), key);
  }

  /** Adds a block, in place of a damaged one if there is one. */
  CachedBlock add(Sha256 key, EncodedBlock block) throws IOException {
    try {
      return CachedBlock.write(fileOf(key), key, block);
    } catch (IOException e) {
      throw new IOException(
          "cannot save %d compressed bytes in the block cache %s (%s); make room there, or use another folder for the cache"
              .formatted(block.sizes().unpadded(), directory, e),
          e);
    }
  }

  /** Where a block is, if it is there. Two levels, so that no folder gets too long. */
  Path fileOf(Sha256 key) {
    return directory.resolve(key.hex().substring(0, 2)).resolve(key.hex());
  }
}
