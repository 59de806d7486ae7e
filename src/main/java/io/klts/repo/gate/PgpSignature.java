package io.klts.repo.gate;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/** A signature packet (RFC 4880 5.2.3). */
final class PgpSignature {

  /** 9.4: those that every client from EL 7 to EL 9 takes. */
  private static final Map<Integer, String> DIGESTS =
      Map.of(8, "SHA256", 9, "SHA384", 10, "SHA512");

  /** 5.2.3.1: seconds since 1970. */
  private static final int CREATED = 2;

  /** 5.2.3.1: the id of the key that signed. */
  private static final int ISSUER = 16;

  private final int algorithm;
  private final int digest;
  private final String issuer;
  private final long created;
  private final byte[] hashed;
  private final byte[] value;

  private PgpSignature(byte[] body) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(body);
    int version = in.get();
    if (version != 4) {
      throw new IOException("a signature of version " + version);
    }
    in.get();
    this.algorithm = in.get();
    this.digest = in.get();
    ByteBuffer hashedArea = area(in);
    this.hashed = Arrays.copyOf(body, in.position());
    ByteBuffer otherArea = area(in);
    this.issuer =
        subpacket(hashedArea, ISSUER)
            .or(() -> subpacket(otherArea, ISSUER))
            .map(HexFormat.of().withUpperCase()::formatHex)
            .orElse("none");
    this.created =
        subpacket(hashedArea, CREATED)
            .map(t -> ByteBuffer.wrap(t).getInt() & 0xffffffffL)
            .orElse(0L);
    in.getShort();
    this.value = algorithm == PgpKey.RSA ? number(in).toByteArray() : new byte[0];
  }

  static PgpSignature read(byte[] body) throws IOException {
    try {
      return new PgpSignature(body);
    } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
      throw new IOException("a signature that is damaged", e);
    }
  }

  private static ByteBuffer area(ByteBuffer in) {
    int length = in.getShort() & 0xffff;
    ByteBuffer area = in.slice(in.position(), length);
    in.position(in.position() + length);
    return area;
  }

  /** The content of the first subpacket of a type (5.2.3.1). */
  private static Optional<byte[]> subpacket(ByteBuffer area, int type) {
    ByteBuffer in = area.duplicate();
    while (in.hasRemaining()) {
      int first = in.get() & 0xff;
      int length = first;
      if (first == 255) {
        length = in.getInt();
      } else if (first >= 192) {
        length = ((first - 192) << 8) + (in.get() & 0xff) + 192;
      }
      int found = in.get() & 0x7f;
      byte[] content = new byte[Math.max(0, Math.min(length - 1, in.remaining()))];
      in.get(content);
      if (found == type) {
        return Optional.of(content);
      }
    }
    return Optional.empty();
  }

  /** 3.2 Multiprecision Integer. */
  static BigInteger number(ByteBuffer in) {
    byte[] octets = new byte[((in.getShort() & 0xffff) + 7) / 8];
    in.get(octets);
    return new BigInteger(1, octets);
  }

  /** Whether it names a key as its issuer. */
  boolean isBy(PgpKey key) {
    return issuer.equals(key.keyId());
  }

  /** Seconds since 1970. */
  long created() {
    return created;
  }

  boolean isStrong() {
    return DIGESTS.containsKey(digest);
  }

  /** Algorithms and issuer, as far as clients care; equal to {@link #wanted} for a good one. */
  @Override
  public String toString() {
    return (algorithm == PgpKey.RSA ? "RSA" : "algorithm " + algorithm)
        + " with "
        + DIGESTS.getOrDefault(digest, digest == 2 ? "SHA1" : "digest " + digest)
        + " by "
        + issuer;
  }

  /** Whether every client takes it, if it is right. */
  boolean isAcceptable(PgpKey key) {
    return algorithm == PgpKey.RSA && isStrong() && isBy(key);
  }

  /** What {@link #isAcceptable} asks for, in words. */
  static String wanted(PgpKey key) {
    return "RSA with SHA256 or better by " + key.keyId();
  }

  /** Whether a key made this signature over some bytes (5.2.4). */
  boolean isOver(byte[] data, PgpKey key) {
    try {
      Signature rsa = Signature.getInstance(DIGESTS.get(digest) + "withRSA");
      rsa.initVerify(key.forJava());
      rsa.update(data);
      rsa.update(hashed);
      rsa.update(
          ByteBuffer.allocate(6).put((byte) 4).put((byte) 0xff).putInt(hashed.length).flip());
      return rsa.verify(padded((key.bits() + 7) / 8));
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** Java wants as many octets as the modulus has; a number has no zeros before it. */
  private byte[] padded(int length) {
    byte[] padded = new byte[length];
    int count = Math.min(length, value.length);
    System.arraycopy(value, value.length - count, padded, length - count, count);
    return padded;
  }
}
