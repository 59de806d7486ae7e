package io.klts.repo.compress;

import io.klts.repo.blob.AtomicFile;
import io.klts.repo.blob.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Optional;

/**
 * A block in a file of the cache. The file has the block as it stands in a stream, its two sizes (8
 * octets each), and the SHA-256 of the key and of all before: so a file that was damaged, cut or
 * renamed is not taken for the block.
 *
 * @param file where it is
 * @param key which block it is
 */
record CachedBlock(Path file, Sha256 key, BlockSizes sizes) {

  private static final int SIZES_LENGTH = 2 * Long.BYTES;
  private static final int DIGEST_LENGTH = 32;
  private static final int END_LENGTH = SIZES_LENGTH + DIGEST_LENGTH;

  /** Writes the file, or replaces it: there is only one right content. */
  static CachedBlock write(Path file, Sha256 key, EncodedBlock block) throws IOException {
    BlockSizes sizes = block.sizes();
    AtomicFile.writeUnforced(
        file,
        out -> {
          DigestOutputStream digesting = new DigestOutputStream(out, digestFrom(key));
          block.writeTo(digesting);
          digesting.write(
              ByteBuffer.allocate(SIZES_LENGTH)
                  .putLong(sizes.unpadded())
                  .putLong(sizes.uncompressed())
                  .array());
          out.write(digesting.getMessageDigest().digest());
        });
    return new CachedBlock(file, key, sizes);
  }

  /**
   * The block in a file, which is marked as used now. It may be missing, damaged or not ours to
   * use: then there is none.
   */
  static Optional<CachedBlock> use(Path file, Sha256 key) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
      if (!isIntact(bytes.array(), key)) {
        return Optional.empty();
      }
      Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
      int sizesAt = bytes.limit() - END_LENGTH;
      BlockSizes sizes = new BlockSizes(bytes.getLong(sizesAt), bytes.getLong(sizesAt + 8));
      return Optional.of(new CachedBlock(file, key, sizes));
    } catch (IOException e) {
      // The block will be made again, and if the disk is to blame, writing it says so.
      return Optional.empty();
    }
  }

  /** Writes the block, padding included, after another look at its digest. */
  void writeTo(OutputStream out) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    if (!isIntact(bytes, key)) {
      throw new IOException(
          file + " was damaged after it had been checked in this run; run again to replace it");
    }
    out.write(bytes, 0, bytes.length - END_LENGTH);
  }

  private static boolean isIntact(byte[] bytes, Sha256 key) {
    int digestAt = bytes.length - DIGEST_LENGTH;
    if (digestAt < SIZES_LENGTH) {
      return false;
    }
    MessageDigest digest = digestFrom(key);
    digest.update(bytes, 0, digestAt);
    return ByteBuffer.wrap(digest.digest()).equals(ByteBuffer.wrap(bytes, digestAt, DIGEST_LENGTH));
  }

  private static MessageDigest digestFrom(Sha256 key) {
    MessageDigest digest = Sha256.digest();
    digest.update(key.bytes());
    return digest;
  }
}
