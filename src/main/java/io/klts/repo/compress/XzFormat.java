package io.klts.repo.compress;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * What holds the blocks of an .xz stream together. Numbers in comments are sections of "The .xz
 * File Format", version 1.2.1.
 */
final class XzFormat {

  /** 3.4: CRC32, which even the smallest reader can check. Four octets. */
  static final int CHECK_SIZE = 4;

  /** 2.1.1.1 Header Magic Bytes. */
  private static final byte[] MAGIC = {(byte) 0xFD, '7', 'z', 'X', 'Z', 0x00};

  /** 2.1.1.2: the two octets of Stream Flags; the second one names the check. */
  private static final byte[] STREAM_FLAGS = {0x00, 0x01};

  private XzFormat() {}

  /** 2.1.1 Stream Header. */
  static byte[] streamHeader() {
    byte[] flags = new XzFields().octets(STREAM_FLAGS).crc32().toBytes();
    return new XzFields().octets(MAGIC).octets(flags).toBytes();
  }

  /**
   * 3.1 Block Header with both sizes, which lets readers decode the blocks of a stream side by
   * side.
   */
  static byte[] blockHeader(Encoding encoding, long compressedSize, long uncompressedSize) {
    XzFields fields = new XzFields();
    fields.octet(0xC0 | (encoding.filterCount() - 1)); // 3.1.2: both sizes are present
    fields.number(compressedSize).number(uncompressedSize); // 3.1.3, 3.1.4
    encoding.writeFilterFlags(fields); // 3.1.5
    // 3.1.1: the length of the header in units of four octets, without the CRC32.
    int units = (1 + fields.size() + 3) / 4;
    return new XzFields().octet(units).octets(fields.toBytes()).pad().crc32().toBytes();
  }

  /**
   * Reads from a block header, as {@link #blockHeader} writes them, how long its block is.
   *
   * @param at where the header begins
   * @throws IOException if there is no such header
   */
  static BlockSizes blockSizes(byte[] bytes, int at) throws IOException {
    int length = (Byte.toUnsignedInt(bytes[at]) + 1) * 4; // 3.1.1
    if (length > bytes.length - at || length < 8 || (bytes[at + 1] & 0xC0) != 0xC0) {
      throw new IOException("no xz block header with both sizes where one is expected");
    }
    ByteBuffer fields = ByteBuffer.wrap(bytes, at + 2, length - 6);
    long compressed = number(fields);
    return new BlockSizes(length + compressed + CHECK_SIZE, number(fields));
  }

  /** 1.2 Multibyte Integer: seven bits an octet, the low ones first. */
  private static long number(ByteBuffer fields) throws IOException {
    long number = 0;
    for (int shift = 0; shift < 63 && fields.hasRemaining(); shift += 7) {
      byte octet = fields.get();
      number |= (long) (octet & 0x7F) << shift;
      if (octet >= 0) {
        return number;
      }
    }
    throw new IOException("a size in an xz block header does not end");
  }

  /** 4 Index: the sizes of all blocks in the order of the stream. */
  static byte[] index(List<BlockSizes> blocks) {
    XzFields fields = new XzFields().octet(0).number(blocks.size());
    for (BlockSizes block : blocks) {
      fields.number(block.unpadded()).number(block.uncompressed());
    }
    return fields.pad().crc32().toBytes();
  }

  /** 2.1.2 Stream Footer. */
  static byte[] streamFooter(int indexSize) {
    XzFields fields = new XzFields().int32(indexSize / 4 - 1).octets(STREAM_FLAGS);
    // Unlike everywhere else, the CRC32 comes before what it protects.
    return new XzFields()
        .int32(fields.crc32Value())
        .octets(fields.toBytes())
        .octet('Y')
        .octet('Z')
        .toBytes();
  }
}
