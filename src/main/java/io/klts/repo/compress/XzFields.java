package io.klts.repo.compress;

import java.io.ByteArrayOutputStream;
import java.util.zip.CRC32;

/** Collects one part of an .xz file from the kinds of fields that the format has. */
final class XzFields {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  XzFields octet(int value) {
    bytes.write(value);
    return this;
  }

  XzFields octets(byte... values) {
    bytes.writeBytes(values);
    return this;
  }

  /** 1.2: a number of variable length, seven bits an octet, the lowest first. */
  XzFields number(long value) {
    long rest = value;
    for (; rest >= 0x80; rest >>>= 7) {
      bytes.write((int) (rest | 0x80));
    }
    return octet((int) rest);
  }

  /** Four octets, the lowest first. */
  XzFields int32(long value) {
    for (int shift = 0; shift < 32; shift += 8) {
      bytes.write((int) (value >>> shift));
    }
    return this;
  }

  /** Zeros up to a multiple of four octets. */
  XzFields pad() {
    return zeros(-bytes.size() & 3);
  }

  XzFields zeros(int count) {
    return octets(new byte[count]);
  }

  /** Adds the CRC32 of all that was collected so far. */
  XzFields crc32() {
    return int32(crc32Value());
  }

  /** The CRC32 of all that was collected so far. */
  long crc32Value() {
    CRC32 crc = new CRC32();
    crc.update(toBytes());
    return crc.getValue();
  }

  int size() {
    return bytes.size();
  }

  byte[] toBytes() {
    return bytes.toByteArray();
  }
}
