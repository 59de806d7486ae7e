package io.klts.repo.compress;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.tukaani.xz.ArrayCache;

/**
 * A small text as ready xz blocks in memory, to be spliced into any number of streams. The blocks
 * depend on nothing but the text.
 */
public final class XzText {

  /** No text at all. */
  public static final XzText EMPTY = new XzText(new byte[0], List.of());

  private final byte[] bytes;
  private final List<BlockSizes> blocks;

  private XzText(byte[] bytes, List<BlockSizes> blocks) {
    this.bytes = bytes;
    this.blocks = blocks;
  }

  /** Compresses a text; an empty one has no block. */
  public static XzText of(byte[] text) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    List<BlockSizes> blocks = new ArrayList<>();
    for (int at = 0; at < text.length; at += Encoding.PIECE_BLOCK) {
      int end = Math.min(text.length, at + Encoding.PIECE_BLOCK);
      byte[] content =
          at == 0 && end == text.length ? text : java.util.Arrays.copyOfRange(text, at, end);
      EncodedBlock block =
          EncodedBlock.of(content, Encoding.SMALL_PIECES, ArrayCache.getDummyCache());
      block.writeTo(out);
      blocks.add(block.sizes());
    }
    return new XzText(out.toByteArray(), blocks);
  }

  /**
   * Takes over blocks that this class made, from inside of a stream: the header of each says how
   * long it is (3.1.3, 3.1.4).
   *
   * @throws IOException if the bytes are not whole blocks with both sizes in their headers
   */
  public static XzText ofBlocks(byte[] bytes) throws IOException {
    List<BlockSizes> blocks = new ArrayList<>();
    for (int at = 0; at < bytes.length; ) {
      BlockSizes sizes = XzFormat.blockSizes(bytes, at);
      blocks.add(sizes);
      long next = at + (sizes.unpadded() + 3 & ~3L);
      if (next > bytes.length) {
        throw new IOException("an xz block ends outside of its place");
      }
      at = (int) next;
    }
    return new XzText(bytes, blocks);
  }

  /** Octets of the blocks in a stream. */
  public int length() {
    return bytes.length;
  }

  List<BlockSizes> blocks() {
    return blocks;
  }

  void writeTo(OutputStream out) throws IOException {
    out.write(bytes);
  }
}
