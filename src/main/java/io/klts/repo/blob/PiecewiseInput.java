package io.klts.repo.blob;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A filter that looks at bytes in pieces: a single byte comes to it as a piece of one. */
public abstract class PiecewiseInput extends FilterInputStream {

  /** Filters a stream, which is closed with this one. */
  protected PiecewiseInput(InputStream in) {
    super(in);
  }

  @Override
  public final int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public abstract int read(byte[] buffer, int offset, int length) throws IOException;
}
