package io.klts.repo.compress;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * One .xz stream that is put together from ready blocks of big files and from the small pieces
 * between them. What is written is collected and becomes blocks of its own.
 */
public final class XzOutput extends OutputStream {

  /** Octets before the first block (2.1.1). */
  public static final int HEADER_LENGTH = 12;

  private final OutputStream out;
  private final ByteArrayOutputStream pieces = new ByteArrayOutputStream();
  private final List<BlockSizes> blocks = new ArrayList<>();
  private boolean finished;

  /** Writes the stream header to {@code out}, which this object never closes. */
  public XzOutput(OutputStream out) throws IOException {
    this.out = out;
    out.write(XzFormat.streamHeader());
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b});
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    requireOpen();
    int at = offset;
    for (int left = length; left > 0; ) {
      int fits = Math.min(left, Encoding.PIECE_BLOCK - pieces.size());
      pieces.write(bytes, at, fits);
      at += fits;
      left -= fits;
      if (pieces.size() == Encoding.PIECE_BLOCK) {
        endPieces();
      }
    }
  }

  /** Appends the content of a file, all of it, after what was written before. */
  public void splice(CompressedFile file) throws IOException {
    requireOpen();
    endPieces();
    for (CachedBlock block : file.blocks()) {
      block.writeTo(out);
      blocks.add(block.sizes());
    }
  }

  /** Appends a text that is compressed already, after what was written before. */
  public void splice(XzText text) throws IOException {
    requireOpen();
    endPieces();
    append(text);
  }

  private void append(XzText text) throws IOException {
    text.writeTo(out);
    blocks.addAll(text.blocks());
  }

  /**
   * Ends the stream with its index and footer, and flushes {@code out}. May be called twice. After
   * an exception the stream is of no use, closed or not.
   */
  @Override
  public void close() throws IOException {
    if (finished) {
      return;
    }
    finished = true;
    endPieces();
    byte[] index = XzFormat.index(blocks);
    out.write(index);
    out.write(XzFormat.streamFooter(index.length));
    out.flush();
  }

  private void endPieces() throws IOException {
    if (pieces.size() > 0) {
      append(XzText.of(pieces.toByteArray()));
      pieces.reset();
    }
  }

  private void requireOpen() throws IOException {
    if (finished) {
      throw new IOException("the xz stream has already ended");
    }
  }
}
