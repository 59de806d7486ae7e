package io.klts.repo.compress;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.zip.CRC32;
import org.apache.commons.io.output.UnsynchronizedByteArrayOutputStream;
import org.tukaani.xz.ArrayCache;
import org.tukaani.xz.FinishableOutputStream;
import org.tukaani.xz.FinishableWrapperOutputStream;

/** A complete block in memory (3 Block): header, compressed data, padding, check. */
final class EncodedBlock {

  /** A part of a second's work. */
  private static final int SLICE = 1 << 18;

  private final byte[] header;
  private final UnsynchronizedByteArrayOutputStream data;
  private final byte[] paddingAndCheck;
  private final BlockSizes sizes;

  private EncodedBlock(
      byte[] header,
      UnsynchronizedByteArrayOutputStream data,
      byte[] paddingAndCheck,
      BlockSizes sizes) {
    this.header = header;
    this.data = data;
    this.paddingAndCheck = paddingAndCheck;
    this.sizes = sizes;
  }

  /**
   * Compresses some content. An interrupt of the thread ends it soon.
   *
   * @param atMost the settings, whose dictionary may be larger than needed
   * @param arrays lends the encoder its big arrays
   */
  static EncodedBlock of(byte[] content, Encoding atMost, ArrayCache arrays) throws IOException {
    Encoding encoding = atMost.fitting(content.length);
    var data = UnsynchronizedByteArrayOutputStream.builder().setBufferSize(1 << 16).get();
    FinishableOutputStream encoder = encoding.open(new FinishableWrapperOutputStream(data), arrays);
    for (int at = 0; at < content.length; at += SLICE) {
      if (Thread.interrupted()) {
        throw new InterruptedIOException("the compression was stopped");
      }
      encoder.write(content, at, Math.min(SLICE, content.length - at));
    }
    encoder.finish();

    byte[] header = XzFormat.blockHeader(encoding, data.size(), content.length);
    CRC32 check = new CRC32();
    check.update(content);
    byte[] end = new XzFields().zeros(-data.size() & 3).int32(check.getValue()).toBytes();
    long unpadded = (long) header.length + data.size() + XzFormat.CHECK_SIZE;
    return new EncodedBlock(header, data, end, new BlockSizes(unpadded, content.length));
  }

  BlockSizes sizes() {
    return sizes;
  }

  /** Writes the block, padding included. Does not close {@code out}. */
  void writeTo(OutputStream out) throws IOException {
    out.write(header);
    data.writeTo(out);
    out.write(paddingAndCheck);
  }
}
