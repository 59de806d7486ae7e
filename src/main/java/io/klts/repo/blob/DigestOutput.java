package io.klts.repo.blob;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;

/** Passes bytes on and knows, at any time, how many there were and what their SHA-256 is. */
public final class DigestOutput extends FilterOutputStream {

  private final MessageDigest digest = Sha256.digest();
  private long size;

  /** Closing this stream closes {@code out}. */
  public DigestOutput(OutputStream out) {
    super(out);
  }

  /** A stream that only counts and digests. */
  public static DigestOutput discarding() {
    return new DigestOutput(nullOutputStream());
  }

  @Override
  public void write(int b) throws IOException {
    out.write(b);
    digest.update((byte) b);
    size++;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    out.write(bytes, offset, length);
    digest.update(bytes, offset, length);
    size += length;
  }

  /** The number of bytes written so far. */
  public long size() {
    return size;
  }

  /** The digest of all bytes. Ends the computation: call it once, after the last write. */
  public Sha256 sha256() {
    return Sha256.finished(digest);
  }
}
