package io.klts.repo.repository;

import io.klts.repo.blob.Blob;
import io.klts.repo.compress.XzText;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * What a part of the state adds to an index: a text and its compressed forms. A piece refers to
 * nothing outside of itself, so that every index in which it stands takes it over as it is.
 */
final class Piece implements Blob {

  /** The text of a part that has nothing to say. */
  static final Piece EMPTY = new Piece(new byte[0], new byte[0], XzText.EMPTY);

  /** Deflate cannot do better than 1 to 1032. */
  private static final int BEST_RATIO = 1100;

  private static final int BUFFER = 1 << 14;

  private final int length;
  private final byte[] deflated;
  private final XzText xz;

  /** {@code null} for a piece whose text is not in memory. */
  private final byte[] text;

  private Piece(byte[] text, byte[] deflated, XzText xz) {
    this(text.length, deflated, xz, text);
  }

  private Piece(int length, byte[] deflated, XzText xz, byte[] text) {
    this.length = length;
    this.deflated = deflated;
    this.xz = xz;
    this.text = text;
  }

  /** A text for indexes that are only written with gzip. */
  static Piece of(byte[] text) {
    return text.length == 0 ? EMPTY : new Piece(text, deflate(text), XzText.EMPTY);
  }

  /** A short text for indexes that are only written with gzip. */
  static Piece of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The same piece for indexes that are written with xz, too. */
  Piece withXz() throws IOException {
    return new Piece(text(), deflated, XzText.of(text()));
  }

  /**
   * A piece out of an index that was written before. Its text is unpacked when it is asked for,
   * each time: most pieces are only taken over.
   *
   * @param length of the text in bytes
   * @throws IOException if the bytes cannot be a piece of that length
   */
  static Piece kept(byte[] deflated, int length, XzText xz) throws IOException {
    if (length < 0 || length / BEST_RATIO > deflated.length) {
      throw new IOException("a piece of an index cannot have " + length + " bytes");
    }
    return new Piece(length, deflated, xz, null);
  }

  /** The same piece with its text in memory, for one that is read more than once. */
  Piece inMemory() throws IOException {
    return new Piece(text(), deflated, xz);
  }

  /** Bytes of the text. */
  @Override
  public long size() {
    return length;
  }

  @Override
  public InputStream open() throws IOException {
    return new ByteArrayInputStream(text());
  }

  /**
   * The text in UTF-8.
   *
   * @throws IOException if a piece that was kept is not one
   */
  byte[] text() throws IOException {
    if (text != null) {
      return text;
    }
    byte[] unpacked = new byte[length];
    inflate(unpacked, OutputStream.nullOutputStream());
    return unpacked;
  }

  /** Writes the {@link #text()}, without holding all of one that is not in memory. */
  @Override
  public void writeTo(OutputStream out) throws IOException {
    if (text != null) {
      out.write(text);
    } else {
      inflate(new byte[Math.min(length, BUFFER)], out);
    }
  }

  /** Whole blocks of RFC 1951 that end at a byte and are not the last ones of their stream. */
  byte[] deflated() {
    return deflated;
  }

  /** The text in blocks of xz; empty for indexes without that form. */
  XzText xz() {
    return xz;
  }

  private static byte[] deflate(byte[] text) {
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    try {
      deflater.setInput(text);
      byte[] out = new byte[text.length / 8 + 64];
      int length = 0;
      do {
        if (length == out.length) {
          out = Arrays.copyOf(out, 2 * length);
        }
        // The flush ends a block at a byte; what follows does not look back.
        length += deflater.deflate(out, length, out.length - length, Deflater.FULL_FLUSH);
      } while (length == out.length);
      return Arrays.copyOf(out, length);
    } finally {
      deflater.end();
    }
  }

  /** Fills the buffer as often as the text needs. */
  private void inflate(byte[] buffer, OutputStream out) throws IOException {
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(deflated);
      int at = 0;
      for (int left = length; left > 0; left -= at) {
        at = 0;
        int wanted = Math.min(left, buffer.length);
        while (at < wanted && !inflater.needsInput() && !inflater.finished()) {
          at += inflater.inflate(buffer, at, wanted - at);
        }
        if (at < wanted) {
          throw new IOException(
              "a piece of an index has " + (length - left + at) + " bytes instead of " + length);
        }
        out.write(buffer, 0, at);
      }
    } catch (DataFormatException e) {
      throw new IOException("a piece of an index is damaged: " + e.getMessage(), e);
    } finally {
      inflater.end();
    }
  }
}
