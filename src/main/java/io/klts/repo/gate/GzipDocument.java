package io.klts.repo.gate;

import io.klts.repo.blob.Blob;
import io.klts.repo.blob.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * What is inside of a gzip file of one member without optional fields (RFC 1952).
 *
 * @param sha256 of the content
 * @param size of the content
 */
record GzipDocument(Sha256 sha256, long size) {

  private static final int HEADER = 10;
  private static final int TRAILER = 8;
  private static final int BUFFER = 1 << 13;

  /**
   * Reads a file.
   *
   * @param text takes the content
   */
  static GzipDocument read(Blob blob, OutputStream text) throws IOException {
    Inflater inflater = new Inflater(true);
    try (InputStream in = blob.open()) {
      byte[] header = Slice.exactly(in, HEADER);
      if (header[0] != 0x1f || header[1] != (byte) 0x8b || header[2] != 8 || header[3] != 0) {
        throw new IOException("no plain gzip file");
      }
      MessageDigest digest = Sha256.digest();
      byte[] packed = new byte[(int) Math.min(BUFFER, blob.size())];
      byte[] content = new byte[BUFFER];
      while (!inflater.finished()) {
        if (inflater.needsInput()) {
          int n = in.read(packed);
          if (n < 0) {
            throw new IOException("a gzip file that is cut off");
          }
          inflater.setInput(packed, 0, n);
        }
        int length = inflater.inflate(content);
        digest.update(content, 0, length);
        text.write(content, 0, length);
      }
      long behind = blob.size() - HEADER - inflater.getBytesRead();
      if (behind != TRAILER) {
        throw new IOException((behind - TRAILER) + " bytes behind the first gzip member");
      }
      return new GzipDocument(Sha256.finished(digest), inflater.getBytesWritten());
    } catch (DataFormatException e) {
      throw new IOException("a gzip file that is damaged", e);
    } finally {
      inflater.end();
    }
  }
}
