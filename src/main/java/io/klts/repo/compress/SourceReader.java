package io.klts.repo.compress;

import io.klts.repo.blob.Sha256;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;

/** Reads a file once, from begin to end, digests it on the way and notices when it changes. */
final class SourceReader implements Closeable {

  private final Path file;
  private final BasicFileAttributes before;
  private final InputStream in;
  private final MessageDigest digest = Sha256.digest();
  private long position;

  SourceReader(Path file) throws IOException {
    this.file = file;
    before = attributes();
    in = Files.newInputStream(file);
  }

  /** The size of the whole file. */
  long size() {
    return before.size();
  }

  /** How many bytes have been read. */
  long position() {
    return position;
  }

  /** Reads the next bytes, exactly as many as asked for. */
  byte[] read(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw changed();
    }
    digest.update(bytes);
    position += length;
    return bytes;
  }

  /** Ends the reading: the digest of the whole file, which must be as it was at the begin. */
  Sha256 finish() throws IOException {
    BasicFileAttributes after = attributes();
    if (after.size() != before.size()
        || !after.lastModifiedTime().equals(before.lastModifiedTime())) {
      throw changed();
    }
    return Sha256.finished(digest);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private BasicFileAttributes attributes() throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class);
  }

  private IOException changed() throws IOException {
    BasicFileAttributes now = attributes();
    return new IOException(
        "%s changed while it was read: it had %d bytes, modified %s; now %d bytes, modified %s. Run again when it is complete"
            .formatted(
                file,
                before.size(),
                before.lastModifiedTime(),
                now.size(),
                now.lastModifiedTime()));
  }
}
