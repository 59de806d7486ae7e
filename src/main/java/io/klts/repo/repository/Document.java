package io.klts.repo.repository;

import io.klts.repo.blob.Blob;
import io.klts.repo.blob.DigestOutput;
import io.klts.repo.blob.Sha256;
import io.klts.repo.compress.XzOutput;
import io.klts.repo.compress.XzText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;

/**
 * The text of an index, put together from pieces. Its gzip form is one member without name and time
 * (RFC 1952), which every client reads.
 */
final class Document {

  /** 2.3.1: magic number, deflate, no flags, no time, no hint, system unknown. */
  private static final byte[] GZIP_HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

  /** RFC 1951 3.2.6: a last block with nothing in it. */
  private static final byte[] LAST_BLOCK = {3, 0};

  private final List<Piece> pieces;
  private final byte[] gz;
  private final Sha256 gzSha256;
  private final Sha256 sha256;
  private final long size;

  /**
   * The pieces in their order.
   *
   * @throws IOException if a piece that was kept is not one
   */
  Document(List<Piece> pieces) throws IOException {
    this.pieces = pieces;
    DigestOutput digest = DigestOutput.discarding();
    CheckedOutputStream crc = new CheckedOutputStream(digest, new CRC32());
    int deflated = 0;
    for (Piece piece : pieces) {
      piece.writeTo(crc);
      deflated += piece.deflated().length;
    }
    ByteBuffer out = ByteBuffer.allocate(GZIP_HEADER.length + deflated + LAST_BLOCK.length + 8);
    out.put(GZIP_HEADER);
    pieces.forEach(piece -> out.put(piece.deflated()));
    out.put(LAST_BLOCK).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt((int) crc.getChecksum().getValue()).putInt((int) digest.size());
    this.gz = out.array();
    this.gzSha256 = Sha256.of(gz);
    this.sha256 = digest.sha256();
    this.size = digest.size();
  }

  /** The digest of the text. */
  Sha256 sha256() {
    return sha256;
  }

  /** Bytes of the text in UTF-8. */
  long size() {
    return size;
  }

  byte[] gz() {
    return gz;
  }

  /** The digest of the gzip form. */
  Sha256 gzSha256() {
    return gzSha256;
  }

  /**
   * Takes a document apart again.
   *
   * @param gz its gzip form
   * @param xz its xz form; empty if no piece has one
   * @param sizes of its pieces by name, in their order
   * @throws IOException if there are no such pieces
   */
  static Map<String, Piece> pieces(byte[] gz, byte[] xz, Map<String, PieceSizes> sizes)
      throws IOException {
    Map<String, Piece> pieces = new LinkedHashMap<>();
    int gzAt = GZIP_HEADER.length;
    int xzAt = XzOutput.HEADER_LENGTH;
    for (Map.Entry<String, PieceSizes> piece : sizes.entrySet()) {
      PieceSizes size = piece.getValue();
      XzText blocks = size.xz() == 0 ? XzText.EMPTY : XzText.ofBlocks(cut(xz, xzAt, size.xz()));
      pieces.put(piece.getKey(), Piece.kept(cut(gz, gzAt, size.gz()), size.text(), blocks));
      gzAt += size.gz();
      xzAt += size.xz();
    }
    return pieces;
  }

  private static byte[] cut(byte[] bytes, int start, int length) throws IOException {
    if (length < 0 || start > bytes.length - length) {
      throw new IOException("a piece lies outside of its document");
    }
    return Arrays.copyOfRange(bytes, start, start + length);
  }

  /** The text; that of pieces which were kept is unpacked each time it is read. */
  Blob text() {
    return Blob.concat(pieces);
  }

  byte[] xz() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (XzOutput xz = new XzOutput(out)) {
      for (Piece piece : pieces) {
        xz.splice(piece.xz());
      }
    }
    return out.toByteArray();
  }
}
