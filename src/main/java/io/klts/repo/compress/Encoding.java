package io.klts.repo.compress;

import org.tukaani.xz.ArrayCache;
import org.tukaani.xz.FinishableOutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.UnsupportedOptionsException;
import org.tukaani.xz.X86Options;

/**
 * A filter chain and its settings. The text of this record names every setting, and is part of the
 * key of a cached block.
 *
 * @param x86 whether the x86 BCJ filter comes before LZMA2
 * @param dictionary bytes that a reader keeps in memory; a power of two, or one and a half of it
 * @param fast takes the first good match and no better one: several times quicker, some larger
 * @param lc LZMA literal context bits
 * @param lp LZMA literal position bits
 * @param pb LZMA position bits
 * @param niceLength a match of this length is taken at once
 * @param depth steps in the search for a match; 0 lets LZMA2 choose
 */
record Encoding(
    boolean x86, boolean fast, int dictionary, int lc, int lp, int pb, int niceLength, int depth) {

  /** The bytes of a big file that go into one block at most. */
  static final int FILE_BLOCK = 24 << 20;

  private static final int FILE_DICTIONARY = 16 << 20;

  private static final int SMALLEST_DICTIONARY = 1 << 16;
  private static final int FILE_NICE_LENGTH = 48;

  private static final int FILE_DEPTH = 12;

  /**
   * For archive headers, scripts and indexes. An index of thousands of packages takes seconds with
   * the settings for files, and no client would notice the difference.
   */
  static final Encoding SMALL_PIECES =
      new Encoding(false, true, 1 << 20, 3, 0, 2, LZMA2Options.NICE_LEN_MAX, 4);

  /** The bytes of small pieces that go into one block at most. */
  static final int PIECE_BLOCK = SMALL_PIECES.dictionary();

  static Encoding ofFile(boolean x86, int lc, int lp, int pb) {
    return new Encoding(x86, false, FILE_DICTIONARY, lc, lp, pb, FILE_NICE_LENGTH, FILE_DEPTH);
  }

  /** These settings with no more dictionary than a short content can use. */
  Encoding fitting(int length) {
    int enough = Math.max(SMALLEST_DICTIONARY, Integer.highestOneBit(Math.max(length, 1)) * 2);
    return new Encoding(x86, fast, Math.min(dictionary, enough), lc, lp, pb, niceLength, depth);
  }

  /**
   * Opens the encoder. Its {@code finish()} ends the data, gives the arrays back and leaves {@code
   * out} open.
   */
  FinishableOutputStream open(FinishableOutputStream out, ArrayCache arrays) {
    FinishableOutputStream lzma2 = lzma2().getOutputStream(out, arrays);
    return x86 ? new X86Options().getOutputStream(lzma2, arrays) : lzma2;
  }

  /** Heap that the encoder takes, in bytes. */
  long encoderMemory() {
    return lzma2().getEncoderMemoryUsage() * 1024L;
  }

  /** The length of the List of Filter Flags. */
  int filterCount() {
    return x86 ? 2 : 1;
  }

  /** 3.1.5 List of Filter Flags. */
  void writeFilterFlags(XzFields fields) {
    if (x86) {
      fields.number(0x04).number(0); // 5.3.2: x86 BCJ, no properties: the start offset is 0
    }
    fields.number(0x21).number(1).octet(dictionaryBits()); // 5.3.1: LZMA2
  }

  /** 5.3.1: sizes are 2 or 3 times a power of two. */
  private int dictionaryBits() {
    int bits = 0;
    while ((2L | (bits & 1)) << (bits / 2 + 11) < dictionary) {
      bits++;
    }
    return bits;
  }

  private LZMA2Options lzma2() {
    try {
      return new LZMA2Options(
          dictionary,
          lc,
          lp,
          pb,
          fast ? LZMA2Options.MODE_FAST : LZMA2Options.MODE_NORMAL,
          niceLength,
          fast ? LZMA2Options.MF_HC4 : LZMA2Options.MF_BT4,
          depth);
    } catch (UnsupportedOptionsException e) {
      throw new IllegalArgumentException("settings that LZMA2 does not have: " + this, e);
    }
  }
}
