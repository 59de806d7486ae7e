package io.klts.repo.gate;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;

/**
 * ASCII armor (RFC 4880 6.2), read strictly.
 *
 * @param label such as {@code PGP SIGNATURE}
 * @param packets what is inside
 */
@SuppressWarnings("ArrayRecordComponent") // is never compared
record ArmoredBlock(String label, byte[] packets) {

  private static final String BEGIN = "-----BEGIN ";
  private static final String DASHES = "-----";
  private static final int CRC_LENGTH = 4;

  /** All blocks of a text. */
  static List<ArmoredBlock> all(byte[] text) throws IOException {
    List<ArmoredBlock> blocks = new ArrayList<>();
    Iterator<String> lines = new String(text, UTF_8).lines().iterator();
    while (lines.hasNext()) {
      String line = lines.next();
      if (line.startsWith(BEGIN) && line.endsWith(DASHES)) {
        blocks.add(block(line.substring(BEGIN.length(), line.length() - DASHES.length()), lines));
      }
    }
    return blocks;
  }

  private static ArmoredBlock block(String label, Iterator<String> lines) throws IOException {
    String end = "-----END " + label + DASHES;
    StringBuilder base64 = new StringBuilder();
    String checksum = "";
    boolean headers = true;
    while (lines.hasNext()) {
      String line = lines.next();
      if (line.equals(end)) {
        return decoded(label, base64.toString(), checksum);
      }
      if (headers) {
        headers = !line.isEmpty();
      } else if (line.startsWith("=") && line.length() == 1 + CRC_LENGTH) {
        checksum = line.substring(1);
      } else {
        base64.append(line);
      }
    }
    throw new IOException("armor without an end");
  }

  private static ArmoredBlock decoded(String label, String base64, String checksum)
      throws IOException {
    try {
      byte[] packets = Base64.getDecoder().decode(base64);
      int crc = crc24(packets);
      byte[] bytes = {(byte) (crc >> 16), (byte) (crc >> 8), (byte) crc};
      if (!Base64.getEncoder().encodeToString(bytes).equals(checksum)) {
        throw new IOException("armor without a right checksum");
      }
      return new ArmoredBlock(label, packets);
    } catch (IllegalArgumentException e) {
      throw new IOException("armor that is damaged", e);
    }
  }

  /** 6.1. */
  private static int crc24(byte[] bytes) {
    int crc = 0xb704ce;
    for (byte b : bytes) {
      crc ^= (b & 0xff) << 16;
      for (int i = 0; i < 8; i++) {
        crc = (crc & 0x800000) != 0 ? (crc << 1) ^ 0x1864cfb : crc << 1;
      }
    }
    return crc & 0xffffff;
  }
}
