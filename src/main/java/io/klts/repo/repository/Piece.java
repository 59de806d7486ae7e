package io.klts.repo.repository;

import io.klts.repo.compress.XzText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * What a part of the state adds to an index: a text and its compressed forms. A piece refers to
 * nothing outside of itself, so that every index in which it stands takes it over as it is.
 */
final class Piece {

  /** The text of a part that has nothing to say. */
  static final Piece EMPTY = new Piece(new byte[0], new byte[0], XzText.EMPTY);

  /** Deflate cannot do better than 1 to 1032. */
  private static final int BEST_RATIO = 1100;

  private final byte[] text;
  private final byte[] deflated;
  private final XzText xz;

  private Piece(byte[] text, byte[] deflated, XzText xz) {
    this.text = text;
    this.deflated = deflated;
    this.xz = xz;
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
    return new Piece(text, deflated, XzText.of(text));
  }

  /**
   * A piece out of an index that was written before.
   *
   * @param length of the text in bytes
   * @throws IOException if the bytes are not a piece of that length
   */
  static Piece kept(byte[] deflated, int length, XzText xz) throws IOException {
    return new Piece(inflate(deflated, length), deflated, xz);
  }

  /** The text in UTF-8. */
  byte[] text() {
    return text;
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

  private static byte[] inflate(byte[] deflated, int length) throws IOException {
    if (length < 0 || length / BEST_RATIO > deflated.length) {
      throw new IOException("a piece of an index cannot have " + length + " bytes");
    }
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(deflated);
      byte[] text = new byte[length];
      int at = 0;
      while (at < length && !inflater.needsInput() && !inflater.finished()) {
        at += inflater.inflate(text, at, length - at);
      }
      if (at < length) {
        throw new IOException("a piece of an index has " + at + " bytes instead of " + length);
      }
      return text;
    } catch (DataFormatException e) {
      throw new IOException("a piece of an index is damaged: " + e.getMessage(), e);
    } finally {
      inflater.end();
    }
  }
}
