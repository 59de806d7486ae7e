package io.klts.repo.gate;

import io.klts.repo.blob.Blob;
import java.io.IOException;
import java.io.InputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;

/**
 * What an .xz stream asks of its reader. Nothing is decompressed: the index at the end says where
 * the blocks are. Numbers are sections of "The .xz File Format", version 1.2.1.
 *
 * @param dictionary the largest that a block needs, in bytes
 * @param filters the ids that blocks use
 */
record XzStream(long dictionary, Set<Long> filters) {

  private static final byte[] MAGIC = {(byte) 0xFD, '7', 'z', 'X', 'Z', 0};
  private static final int ENDS = 12;
  private static final long LZMA2 = 0x21;
  private static final int LARGEST_INDEX = 1 << 26;

  /**
   * Reads one stream that fills a part of a file exactly.
   *
   * @throws IOException if it does not: there are several, or something stands before or behind
   */
  static XzStream read(Blob blob, long start, long end) throws IOException {
    if (end - start < 2 * ENDS || !Arrays.equals(Slice.of(blob, start, MAGIC.length), MAGIC)) {
      throw new IOException("no xz stream");
    }
    try {
      return read(blob, start, index(blob, end));
    } catch (BufferUnderflowException e) {
      throw new IOException("an xz stream that is damaged", e);
    }
  }

  private record Index(ByteBuffer records, long start) {}

  /** 2.1.2 Stream Footer, which says where the index begins (4). */
  private static Index index(Blob blob, long end) throws IOException {
    byte[] footer = Slice.of(blob, end - ENDS, ENDS);
    if (footer[10] != 'Y' || footer[11] != 'Z') {
      throw new IOException("bytes behind the xz stream");
    }
    long size =
        (ByteBuffer.wrap(footer).order(ByteOrder.LITTLE_ENDIAN).getInt(4) & 0xffffffffL) * 4;
    if (size + 4 > LARGEST_INDEX) {
      throw new IOException("an xz stream that is damaged");
    }
    long start = end - ENDS - size - 4;
    return new Index(ByteBuffer.wrap(Slice.of(blob, start, (int) size + 4)), start);
  }

  private static XzStream read(Blob blob, long start, Index index) throws IOException {
    ByteBuffer records = index.records;
    long count = records.get() == 0 ? number(records) : 0;
    long dictionary = 0;
    Set<Long> filters = new TreeSet<>();
    long at = start + ENDS;
    try (InputStream in = blob.open()) {
      in.skipNBytes(at);
      for (long i = 0; i < count; i++) {
        long unpadded = number(records);
        long length = (unpadded + 3) & ~3L;
        number(records);
        if (unpadded < 5 || at + length > index.start) {
          throw new IOException("an xz stream that is damaged");
        }
        // 3.1.1: the length of the header in units of four octets.
        int first = in.read();
        if (first <= 0 || (first + 1) * 4L > length) {
          throw new IOException("an xz stream that is damaged");
        }
        ByteBuffer header = ByteBuffer.wrap(Slice.exactly(in, (first + 1) * 4 - 1));
        dictionary = Math.max(dictionary, filters(header, filters));
        in.skipNBytes(length - (first + 1) * 4L);
        at += length;
      }
    }
    if (at != index.start) {
      throw new IOException("more than one xz stream");
    }
    return new XzStream(dictionary, filters);
  }

  /** 3.1.2 to 3.1.5; returns the size of the dictionary. */
  private static long filters(ByteBuffer header, Set<Long> filters) throws IOException {
    int flags = header.get();
    if ((flags & 0x40) != 0) {
      number(header);
    }
    if ((flags & 0x80) != 0) {
      number(header);
    }
    long dictionary = 0;
    for (int i = 0; i <= (flags & 3); i++) {
      long id = number(header);
      byte[] properties = new byte[(int) Math.min(number(header), header.remaining())];
      header.get(properties);
      filters.add(id);
      if (id == LZMA2 && properties.length == 1) {
        int bits = properties[0] & 0x3f; // 5.3.1
        dictionary = bits == 40 ? 0xffffffffL : (2L | (bits & 1)) << (bits / 2 + 11);
      }
    }
    return dictionary;
  }

  /** 1.2 Multibyte Integer. */
  private static long number(ByteBuffer in) throws IOException {
    long number = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      byte octet = in.get();
      number |= (long) (octet & 0x7f) << shift;
      if (octet >= 0) {
        return number;
      }
    }
    throw new IOException("an xz stream that is damaged");
  }
}
