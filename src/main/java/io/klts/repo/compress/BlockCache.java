package io.klts.repo.compress;

import io.klts.repo.blob.IoReason;
import io.klts.repo.blob.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
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
  private final Optional<Path> spare;
  private final Consumer<String> trouble;
  private final AtomicBoolean told = new AtomicBoolean();

  private BlockCache(
      Path directory, long maxBytes, Optional<Path> spare, Consumer<String> trouble) {
    this.directory = directory;
    this.maxBytes = maxBytes;
    this.spare = spare;
    this.trouble = trouble;
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
    Path real = Files.createDirectories(directory).toRealPath();
    return new BlockCache(real, maxBytes, Optional.empty(), reason -> {});
  }

  /**
   * The same cache, which its own troubles do not stop: blocks that cannot be saved in it, because
   * its disk is full or somebody else's, go elsewhere.
   *
   * @param folder takes those blocks. The caller deletes it when nobody uses them any more
   * @param reason is told once what the trouble is; any thread may do so
   */
  public BlockCache orElse(Path folder, Consumer<String> reason) {
    return new BlockCache(directory, maxBytes, Optional.of(folder), reason);
  }

  /** Begins a use: until it ends, no block is deleted. */
  void enter() throws IOException {
    lock.enter();
  }

  /** Ends a use; the last one brings the folder down to its limit. */
  void leave() throws IOException {
    try {
      lock.leave(() -> new CacheTrim(directory).downTo(maxBytes));
    } catch (IOException | UncheckedIOException e) {
      if (spare.isEmpty()) {
        throw e;
      }
      tell("cannot tidy up the block cache " + directory + ": " + e.getMessage());
    }
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
      String reason =
          "cannot save %d compressed bytes in the block cache %s (%s); make room there, or use another folder for the cache"
              .formatted(block.sizes().unpadded(), directory, IoReason.of(e));
      if (spare.isEmpty()) {
        throw new IOException(reason, e);
      }
      tell(reason);
      return CachedBlock.write(spare.get().resolve(key.hex()), key, block);
    }
  }

  private void tell(String reason) {
    if (told.compareAndSet(false, true)) {
      trouble.accept(reason);
    }
  }

  /** Where a block is, if it is there. Two levels, so that no folder gets too long. */
  Path fileOf(Sha256 key) {
    return directory.resolve(key.hex().substring(0, 2)).resolve(key.hex());
  }
}
