package io.klts.repo.rpm;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.List;
import org.redline_rpm.header.AbstractHeader;

/** Fills one of Redline's headers and turns it into bytes, its region closed. */
final class HeaderBuilder {

  private final AbstractHeader header;
  private final int region;

  HeaderBuilder(AbstractHeader header, int region) {
    this.header = header;
    this.region = region;
  }

  HeaderBuilder string(int tag, String value) {
    header.createEntry(tag, Tag.TYPE_STRING, new String[] {value});
    return this;
  }

  HeaderBuilder i18n(int tag, String value) {
    header.createEntry(tag, Tag.TYPE_I18N_STRING, new String[] {value});
    return this;
  }

  /** An empty list makes no entry: rpm refuses entries without values. */
  HeaderBuilder strings(int tag, List<String> values) {
    if (!values.isEmpty()) {
      header.createEntry(tag, Tag.TYPE_STRING_ARRAY, values.toArray(String[]::new));
    }
    return this;
  }

  HeaderBuilder ints(int tag, int... values) {
    if (values.length > 0) {
      header.createEntry(tag, Tag.TYPE_INT32, values);
    }
    return this;
  }

  HeaderBuilder shorts(int tag, short... values) {
    header.createEntry(tag, Tag.TYPE_INT16, values);
    return this;
  }

  HeaderBuilder binary(int tag, byte[] value) {
    header.createEntry(tag, Tag.TYPE_BINARY, value);
    return this;
  }

  /** The header's bytes with the padding that its kind has behind it. */
  byte[] bytes() throws IOException {
    int entries = header.count() + 1;
    // The trailer of a region points back over the whole index, so that rpm knows what is signed.
    byte[] trailer =
        ByteBuffer.allocate(16)
            .putInt(region)
            .putInt(Tag.TYPE_BINARY)
            .putInt(-entries * 16)
            .putInt(16)
            .array();
    binary(region, trailer);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int padding = header.write(Channels.newChannel(out));
    out.write(new byte[padding]);
    return out.toByteArray();
  }
}
