package io.klts.repo.gate;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * One OpenPGP packet (RFC 4880 4).
 *
 * @param tag what it is
 */
@SuppressWarnings("ArrayRecordComponent") // is never compared
record Packet(int tag, byte[] body) {

  static final int SIGNATURE = 2;
  static final int PUBLIC_KEY = 6;

  /** Takes a sequence of packets apart. */
  static List<Packet> all(byte[] bytes) throws IOException {
    List<Packet> packets = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    try {
      while (in.hasRemaining()) {
        int first = in.get() & 0xff;
        if (first < 0x80) {
          throw new IOException("no OpenPGP packet");
        }
        boolean newFormat = (first & 0x40) != 0;
        long length = newFormat ? newLength(in) : oldLength(in, first & 3);
        if (length > in.remaining()) {
          throw new IOException("an OpenPGP packet that is cut off");
        }
        byte[] body = new byte[(int) length];
        in.get(body);
        packets.add(new Packet(newFormat ? first & 0x3f : first >> 2 & 0xf, body));
      }
    } catch (BufferUnderflowException e) {
      throw new IOException("an OpenPGP packet that is cut off", e);
    }
    return packets;
  }

  /** 4.2.1. */
  private static long oldLength(ByteBuffer in, int type) throws IOException {
    if (type == 0) {
      return in.get() & 0xff;
    }
    if (type == 3) {
      throw new IOException("an OpenPGP packet without a length");
    }
    return type == 1 ? in.getShort() & 0xffff : in.getInt() & 0xffffffffL;
  }

  /** 4.2.2. */
  private static long newLength(ByteBuffer in) throws IOException {
    int first = in.get() & 0xff;
    if (first < 192) {
      return first;
    }
    if (first < 224) {
      return ((first - 192L) << 8) + (in.get() & 0xff) + 192;
    }
    if (first < 255) {
      throw new IOException("an OpenPGP packet in parts");
    }
    return in.getInt() & 0xffffffffL;
  }
}
