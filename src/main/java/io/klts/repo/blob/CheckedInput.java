package io.klts.repo.blob;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/**
 * Reads bytes that must have a known size and digest. The last of them are given out only when all
 * are right, so that whoever reads no further than the size never has a wrong whole.
 */
final class CheckedInput extends PiecewiseInput {

  private final MessageDigest digest = Sha256.digest();
  private final String name;
  private final long size;
  private final Sha256 expected;
  private long count;

  CheckedInput(InputStream in, String name, long size, Sha256 expected) throws IOException {
    super(in);
    this.name = name;
    this.size = size;
    this.expected = expected;
    if (size == 0) {
      check();
    }
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int n = in.read(buffer, offset, length);
    if (n > 0) {
      count += n;
      digest.update(buffer, offset, n);
    }
    if (count > size || (n < 0 && count < size)) {
      throw new IOException(
          name + " has " + (n < 0 ? "" : "at least ") + count + " bytes; expected " + size);
    }
    if (n > 0 && count == size) {
      check();
    }
    return n;
  }

  private void check() throws IOException {
    Sha256 found = Sha256.finished(digest);
    if (!found.equals(expected)) {
      throw new IOException(name + " has SHA-256 " + found + "; expected " + expected);
    }
  }

  @Override
  public long skip(long n) {
    throw new UnsupportedOperationException("every byte is digested");
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
