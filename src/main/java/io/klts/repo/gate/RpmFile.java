package io.klts.repo.gate;

import io.klts.repo.blob.Blob;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Lead and headers of an rpm (Linux Standard Base, "Package File Format").
 *
 * @param payload where it begins in the file
 */
record RpmFile(Header signature, Header main, long payload) {

  private static final int LEAD_LENGTH = 96;
  private static final int LEAD_MAGIC = 0xedabeedb;

  /** RPMSIGTYPE_HEADERSIG: the signatures are a header, not bare bytes as in version 2. */
  private static final int HEADER_SIGNATURE = 5;

  private static final int HEADER_MAGIC = 0x8eade801;
  private static final int LARGEST = 1 << 26;

  static final int REGION_SIGNATURES = 62;
  static final int REGION_IMMUTABLE = 63;

  static RpmFile read(Blob blob) throws IOException {
    try (InputStream in = new BufferedInputStream(blob.open(), 1 << 15)) {
      ByteBuffer lead = ByteBuffer.wrap(Slice.exactly(in, LEAD_LENGTH));
      if (lead.getInt() != LEAD_MAGIC || lead.getShort(78) != HEADER_SIGNATURE) {
        throw new IOException("no lead of an rpm");
      }
      Header signature = Header.read(in);
      int padding = -signature.bytes.length & 7;
      in.skipNBytes(padding);
      Header main = Header.read(in);
      long payload = (long) LEAD_LENGTH + signature.bytes.length + padding + main.bytes.length;
      return new RpmFile(signature, main, payload);
    } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
      throw new IOException("a header that is damaged", e);
    }
  }

  /** One header: an index of entries and their data. */
  static final class Header {

    private record Entry(int type, int offset, int count) {}

    private final byte[] bytes;
    private final List<Integer> tags = new ArrayList<>();
    private final Map<Integer, Entry> entries = new HashMap<>();
    private final int data;

    private Header(byte[] bytes, int count) throws IOException {
      this.bytes = bytes;
      this.data = 16 + 16 * count;
      ByteBuffer index = ByteBuffer.wrap(bytes, 16, 16 * count);
      for (int i = 0; i < count; i++) {
        int tag = index.getInt();
        Entry entry = new Entry(index.getInt(), index.getInt(), index.getInt());
        if (entry.offset < 0 || entry.offset > bytes.length - data) {
          throw damaged();
        }
        tags.add(tag);
        entries.put(tag, entry);
      }
    }

    private static Header read(InputStream in) throws IOException {
      byte[] intro = Slice.exactly(in, 16);
      ByteBuffer fields = ByteBuffer.wrap(intro);
      long count = fields.getInt(8) & 0xffffffffL;
      long length = fields.getInt(12) & 0xffffffffL;
      if (fields.getInt(0) != HEADER_MAGIC || count * 16 + length > LARGEST) {
        throw new IOException("no header where one is expected");
      }
      byte[] rest = Slice.exactly(in, (int) (count * 16 + length));
      return new Header(
          ByteBuffer.allocate(16 + rest.length).put(intro).put(rest).array(), (int) count);
    }

    /** From the magic number to the end of the data: what header signatures are over. */
    byte[] bytes() {
      return bytes;
    }

    /** Whether the first entry is this region: what it spans is what was signed. */
    boolean beginsWith(int region) {
      return !tags.isEmpty() && tags.get(0) == region;
    }

    /** The first string of an entry. */
    Optional<String> string(int tag) throws IOException {
      Entry entry = entries.get(tag);
      if (entry == null) {
        return Optional.empty();
      }
      int start = data + entry.offset;
      int end = start;
      while (end < bytes.length && bytes[end] != 0) {
        end++;
      }
      if (end == bytes.length) {
        throw damaged();
      }
      return Optional.of(new String(bytes, start, end - start, StandardCharsets.UTF_8));
    }

    /** The first 32-bit number of an entry. */
    Optional<Integer> number(int tag) throws IOException {
      Entry entry = entries.get(tag);
      return entry == null ? Optional.empty() : Optional.of(data(entry, Integer.BYTES).getInt());
    }

    /** Bytes without meaning to rpm. */
    Optional<byte[]> binary(int tag) throws IOException {
      Entry entry = entries.get(tag);
      if (entry == null) {
        return Optional.empty();
      }
      ByteBuffer found = data(entry, entry.count);
      byte[] value = new byte[entry.count];
      found.get(value);
      return Optional.of(value);
    }

    private ByteBuffer data(Entry entry, int length) throws IOException {
      if (length < 0 || length > bytes.length - data - entry.offset) {
        throw damaged();
      }
      return ByteBuffer.wrap(bytes, data + entry.offset, length);
    }

    private static IOException damaged() {
      return new IOException("a header that is damaged");
    }
  }
}
