package io.klts.repo.signature;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.bcpg.BCPGOutputStream;
import org.bouncycastle.bcpg.PacketFormat;
import org.bouncycastle.bcpg.PacketTags;
import org.bouncycastle.openpgp.PGPException;

/**
 * The door for bytes from outside. Before Bouncy Castle sees them, their size, the frame of each
 * packet (RFC 4880 4.2) and the packet versions have been checked, so no length that a stranger
 * wrote decides how much memory is taken.
 *
 * @param bytes whole packets, one after the other
 * @param tags what kind of packet each one is (RFC 4880 4.3)
 */
@SuppressWarnings("ArrayRecordComponent") // lives within one call and is never compared
record Packets(byte[] bytes, List<Integer> tags) {

  /** Reads binary or armored packets. */
  static Packets read(byte[] content, int limit) throws IOException {
    if (content.length > limit) {
      throw new IOException(
          "expected at most " + limit + " bytes of OpenPGP data, found " + content.length);
    }
    byte[] bytes = parse("ASCII armor", () -> Armor.decode(content));
    if (bytes.length == 0) {
      throw new IOException("expected OpenPGP packets, binary or armored, found none");
    }
    try {
      return new Packets(bytes, tags(ByteBuffer.wrap(bytes)));
    } catch (BufferUnderflowException e) {
      throw new IOException("OpenPGP data ends within a packet", e);
    }
  }

  /** How many packets of a kind there are. */
  long count(int tag) {
    return tags.stream().filter(t -> t == tag).count();
  }

  /** Something that Bouncy Castle does with bytes from outside. */
  interface Parser<T> {
    T parse() throws IOException, PGPException;
  }

  /** Packets that can write themselves. */
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /** Runs a parser. Whatever goes wrong in it is a fault of the bytes. */
  static <T> T parse(String what, Parser<T> parser) throws IOException {
    try {
      return parser.parse();
    } catch (IOException | PGPException | RuntimeException e) {
      String detail = e.getMessage() == null ? "it ends too early" : e.getMessage();
      throw new IOException("damaged or unknown " + what + ": " + detail, e);
    }
  }

  /**
   * What {@code content} writes, each packet with an old format header (RFC 4880 4.2.1) where it
   * can have one: that is what gpg writes, and so what every reader of the last twenty years has
   * seen.
   */
  static byte[] write(Content content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (BCPGOutputStream out = new BCPGOutputStream(bytes, PacketFormat.LEGACY)) {
      content.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  private static List<Integer> tags(ByteBuffer in) throws IOException {
    List<Integer> tags = new ArrayList<>();
    while (in.hasRemaining()) {
      int first = in.get() & 0xff;
      if (first < 0x80) {
        throw new IOException("expected an OpenPGP packet, found the octet " + first);
      }
      boolean newFormat = (first & 0x40) != 0;
      int tag = newFormat ? first & 0x3f : first >> 2 & 0x0f;
      long length = newFormat ? newLength(in) : oldLength(in, first & 3);
      if (length > in.remaining()) {
        throw new IOException(
            "an OpenPGP packet says " + length + " bytes, found " + in.remaining());
      }
      checkVersion(tag, in.slice().limit((int) length));
      in.position(in.position() + (int) length);
      tags.add(tag);
    }
    return tags;
  }

  /** RFC 4880 4.2.1. */
  private static long oldLength(ByteBuffer in, int type) throws IOException {
    return switch (type) {
      case 0 -> in.get() & 0xff;
      case 1 -> in.getShort() & 0xffff;
      case 2 -> in.getInt() & 0xffffffffL;
      default -> throw new IOException("an OpenPGP packet without a length");
    };
  }

  /** RFC 4880 4.2.2. */
  private static long newLength(ByteBuffer in) throws IOException {
    int first = in.get() & 0xff;
    if (first < 192) {
      return first;
    }
    if (first < 224) {
      return ((first - 192L) << 8) + (in.get() & 0xff) + 192;
    }
    if (first < 255) {
      throw new IOException("an OpenPGP packet in parts, which keys and signatures never are");
    }
    return in.getInt() & 0xffffffffL;
  }

  private static void checkVersion(int tag, ByteBuffer body) throws IOException {
    switch (tag) {
      case PacketTags.SIGNATURE -> checkVersion("signature", body.get(), 3);
      case PacketTags.PUBLIC_KEY,
          PacketTags.SECRET_KEY,
          PacketTags.PUBLIC_SUBKEY,
          PacketTags.SECRET_SUBKEY ->
          checkVersion("key", body.get(), 4);
      default -> {
        // other packets have no version, or none that matters here
      }
    }
  }

  /** Version 3 signatures of others are still on old keys; version 6 is unknown to most clients. */
  private static void checkVersion(String what, int found, int oldest) throws IOException {
    if (found < oldest || found > 4) {
      throw new IOException("expected an OpenPGP " + what + " of version 4, found " + found);
    }
  }
}
