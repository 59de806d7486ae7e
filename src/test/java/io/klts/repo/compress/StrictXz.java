package io.klts.repo.compress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.tukaani.xz.SingleXZInputStream;

/** Reads a stream as rpm and dpkg do: one stream, and nothing may follow it. */
final class StrictXz {

  private StrictXz() {}

  static byte[] decode(byte[] stream) throws IOException {
    ByteArrayInputStream in = new ByteArrayInputStream(stream);
    byte[] content = new SingleXZInputStream(in).readAllBytes();
    assertThat(in.available()).as("bytes after the stream").isZero();
    return content;
  }
}
