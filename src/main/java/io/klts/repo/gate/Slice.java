package io.klts.repo.gate;

import io.klts.repo.blob.Blob;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** Pieces of files. */
final class Slice {

  private Slice() {}

  /** Some bytes out of the middle. */
  static byte[] of(Blob blob, long start, int length) throws IOException {
    try (InputStream in = blob.open()) {
      if (start < 0 || start > blob.size()) {
        throw new EOFException("it ends before byte " + start);
      }
      in.skipNBytes(start);
      return exactly(in, length);
    }
  }

  /** The next bytes, no fewer. */
  static byte[] exactly(InputStream in, int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("it ends too early");
    }
    return bytes;
  }
}
