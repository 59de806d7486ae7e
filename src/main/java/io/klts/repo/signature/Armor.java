package io.klts.repo.signature;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.bouncycastle.bcpg.ArmoredInputStream;
import org.bouncycastle.bcpg.ArmoredOutputStream;

/** OpenPGP packets as text that survives mail and editors (RFC 4880 6). */
public final class Armor {

  private Armor() {}

  /**
   * Writes packets as one block of text, lines ended by LF. The begin line follows from the first
   * packet. There are no headers such as {@code Version}, so that the same packets give the same
   * text, and there is a checksum, which rpm 4.11 insists on.
   */
  public static byte[] encode(byte[] packets) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try (ArmoredOutputStream armor =
        ArmoredOutputStream.builder().clearHeaders().enableCRC(true).build(text)) {
      armor.write(packets);
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return text.toByteArray();
  }

  /** The packets of every block in {@code content}; binary packets are returned as they are. */
  static byte[] decode(byte[] content) throws IOException {
    if (content.length > 0 && content[0] < 0) {
      return content; // the first octet of a packet has its high bit set (RFC 4880 4.2)
    }
    ByteArrayInputStream in = new ByteArrayInputStream(content);
    ByteArrayOutputStream packets = new ByteArrayOutputStream();
    for (ArmoredInputStream block = block(in); hasBegin(block); block = block(in)) {
      block.transferTo(packets);
    }
    return packets.toByteArray();
  }

  private static ArmoredInputStream block(ByteArrayInputStream in) throws IOException {
    return new ArmoredInputStream(in);
  }

  private static boolean hasBegin(ArmoredInputStream block) throws IOException {
    if (block.isClearText()) {
      throw new IOException("expected packets or ASCII armor, found a clearsigned text");
    }
    return block.getArmorHeaderLine() != null;
  }
}
