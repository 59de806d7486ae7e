package io.klts.repo.source;

import io.klts.repo.blob.PiecewiseInput;
import io.klts.repo.blob.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/**
 * Counts and digests what is read, and refuses more than was announced: of bytes in all, and of
 * bytes in one token, which a parser has to keep in memory.
 */
public final class BoundedInput extends PiecewiseInput {

  private static final int LONGEST_TOKEN = 1 << 20;

  private final MessageDigest digest = Sha256.digest();
  private final long limit;
  private final String ends;
  private long count;
  private int token;

  /**
   * @param ends characters that end a token; empty for no bound on tokens
   */
  public BoundedInput(InputStream in, long limit, String ends) {
    super(in);
    this.limit = limit;
    this.ends = ends;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int n = in.read(buffer, offset, length);
    if (n <= 0) {
      return n;
    }
    count += n;
    if (count > limit) {
      throw new IOException("more than the " + limit + " bytes that were announced");
    }
    if (!ends.isEmpty()) {
      checkTokens(buffer, offset, n);
    }
    digest.update(buffer, offset, n);
    return n;
  }

  private void checkTokens(byte[] buffer, int offset, int length) throws IOException {
    for (int i = offset; i < offset + length; i++) {
      token = ends.indexOf(buffer[i]) >= 0 ? 0 : token + 1;
      if (token > LONGEST_TOKEN) {
        throw new IOException("a piece of text longer than " + LONGEST_TOKEN + " bytes");
      }
    }
  }

  /** Reads what is left. */
  public void drain() throws IOException {
    byte[] buffer = new byte[1 << 16];
    while (read(buffer, 0, buffer.length) >= 0) {
      // Counted and digested.
    }
  }

  public long count() {
    return count;
  }

  /** The digest of everything so far; can be asked once. */
  public Sha256 sha256() {
    return Sha256.finished(digest);
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  @Override
  public long skip(long n) {
    throw new UnsupportedOperationException("every byte is digested");
  }
}
