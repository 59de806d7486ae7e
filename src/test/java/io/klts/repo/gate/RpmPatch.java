package io.klts.repo.gate;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.blob.Blob;
import io.klts.repo.blob.Sha256;
import io.klts.repo.signature.SecretKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;

/** Changes an rpm in its place, and makes right what must be right all the same. */
final class RpmPatch {

  private static final int LEAD = 96;

  private byte[] rpm;

  RpmPatch(byte[] rpm) {
    this.rpm = rpm.clone();
  }

  byte[] bytes() {
    return rpm;
  }

  private ByteBuffer buffer() {
    return ByteBuffer.wrap(rpm);
  }

  private int length(int header) {
    return 16 + 16 * buffer().getInt(header + 8) + buffer().getInt(header + 12);
  }

  private int main() {
    return (LEAD + length(LEAD) + 7) / 8 * 8;
  }

  private int payload() {
    return main() + length(main());
  }

  /** Where the index of a header has a tag. */
  private int entry(int header, int tag) {
    for (int i = 0; i < buffer().getInt(header + 8); i++) {
      int at = header + 16 + 16 * i;
      if (buffer().getInt(at) == tag) {
        return at;
      }
    }
    throw new AssertionError(tag);
  }

  private int data(int header, int tag) {
    int start = header + 16 + 16 * buffer().getInt(header + 8);
    return start + buffer().getInt(entry(header, tag) + 8);
  }

  RpmPatch number(int tag, int value) {
    buffer().putInt(data(main(), tag), value);
    return this;
  }

  RpmPatch string(int tag, String value) {
    return text(data(main(), tag), value);
  }

  RpmPatch signatureString(int tag, String value) {
    return text(data(LEAD, tag), value);
  }

  RpmPatch tag(int from, int to) {
    buffer().putInt(entry(main(), from), to);
    return this;
  }

  RpmPatch signatureTag(int from, int to) {
    buffer().putInt(entry(LEAD, from), to);
    return this;
  }

  /** Replaces bytes of the payload; both texts have a character for each byte. */
  RpmPatch payload(String from, String to) {
    String all = new String(rpm, payload(), rpm.length - payload(), ISO_8859_1);
    assertThat(all).contains(from);
    int at = payload() + all.indexOf(from);
    return text(at, to);
  }

  /** The payload twice, one behind the other. */
  RpmPatch payloadTwice() {
    int length = rpm.length - payload();
    byte[] twice = Arrays.copyOf(rpm, rpm.length + length);
    System.arraycopy(rpm, payload(), twice, rpm.length, length);
    rpm = twice;
    return this;
  }

  private RpmPatch text(int at, String value) {
    byte[] bytes = value.getBytes(ISO_8859_1);
    System.arraycopy(bytes, 0, rpm, at, bytes.length);
    return this;
  }

  RpmPatch digestPayload() {
    return string(5092, Sha256.of(Arrays.copyOfRange(rpm, payload(), rpm.length)).hex());
  }

  RpmPatch digestHeader() {
    return signatureString(273, Sha256.of(Arrays.copyOfRange(rpm, main(), payload())).hex());
  }

  /** Digest and both signatures over what there is now. */
  RpmPatch sign(SecretKey key) throws IOException {
    digestHeader();
    sign(key, 268, payload());
    return sign(key, 1002, rpm.length);
  }

  RpmPatch sign(SecretKey key, int tag, int end) throws IOException {
    Blob data = Blob.of(Arrays.copyOfRange(rpm, main(), end));
    byte[] packet = key.detached(data, Instant.parse("2025-05-06T00:00:00Z"));
    int count = entry(LEAD, tag) + 12;
    assertThat(packet).hasSizeLessThanOrEqualTo(buffer().getInt(count));
    buffer().putInt(count, packet.length);
    System.arraycopy(packet, 0, rpm, data(LEAD, tag), packet.length);
    return this;
  }

  /** Flips a bit of the last byte of a signature. */
  RpmPatch spoil(int tag) {
    int last = data(LEAD, tag) + buffer().getInt(entry(LEAD, tag) + 12) - 1;
    rpm[last] ^= 1;
    return this;
  }
}
