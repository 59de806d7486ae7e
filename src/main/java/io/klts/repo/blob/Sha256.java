package io.klts.repo.blob;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The SHA-256 digest of some bytes (FIPS 180-4).
 *
 * @param hex 64 lower-case hexadecimal digits
 */
public record Sha256(String hex) implements Comparable<Sha256> {

  /** How many digits that are. */
  public static final int HEX_LENGTH = 64;

  public Sha256 {
    if (hex.length() != HEX_LENGTH
        || !isHex(hex.getBytes(StandardCharsets.ISO_8859_1), 0, HEX_LENGTH)) {
      throw new IllegalArgumentException("not a SHA-256 in lower-case hexadecimal: " + hex);
    }
  }

  /** Whether all bytes of a text are lower-case hexadecimal digits. */
  public static boolean isHex(byte[] text, int from, int end) {
    boolean good = true;
    for (int i = from; i < end; i++) {
      byte c = text[i];
      good &= (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }
    return good;
  }

  /** The digest of an array. */
  public static Sha256 of(byte[] bytes) {
    return ofDigest(digest().digest(bytes));
  }

  /** The digest of a file, read once from begin to end. */
  public static Sha256 of(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return of(in);
    }
  }

  /** The digest of a blob, read once from begin to end. */
  public static Sha256 of(Blob blob) throws IOException {
    DigestOutput digest = DigestOutput.discarding();
    blob.writeTo(digest);
    return digest.sha256();
  }

  /** The digest of what is left of a stream. Does not close the stream. */
  public static Sha256 of(InputStream in) throws IOException {
    MessageDigest digest = digest();
    byte[] buffer = new byte[1 << 16];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      digest.update(buffer, 0, n);
    }
    return finished(digest);
  }

  /** The digest that a {@link MessageDigest} made by {@link #digest()} has come to; resets it. */
  public static Sha256 finished(MessageDigest digest) {
    return ofDigest(digest.digest());
  }

  /** A fresh SHA-256 computation, for callers that see the bytes in pieces. */
  public static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /** The 32 bytes of the digest. */
  public byte[] bytes() {
    return HexFormat.of().parseHex(hex);
  }

  // Not those of the record: Java makes these at run time, which every start would pay for.
  @Override
  public boolean equals(Object other) {
    return other instanceof Sha256 sha256 && hex.equals(sha256.hex);
  }

  @Override
  public int hashCode() {
    return hex.hashCode();
  }

  @Override
  public int compareTo(Sha256 other) {
    return hex.compareTo(other.hex);
  }

  @Override
  public String toString() {
    return hex;
  }

  private static Sha256 ofDigest(byte[] digest) {
    return new Sha256(HexFormat.of().formatHex(digest));
  }
}
