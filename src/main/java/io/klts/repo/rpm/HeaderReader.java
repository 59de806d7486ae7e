package io.klts.repo.rpm;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One header of an rpm: an index of entries and their data. Nothing in it is trusted: every count
 * and offset is checked against the data that is there.
 */
final class HeaderReader {

  private static final int MAGIC = 0x8eade801;

  /** As rpm's own limits for the sum of a header's parts (header.c). */
  private static final int MAX_ENTRIES = 0xffff;

  private static final int MAX_DATA = 0x0fffffff >> 2;

  private record Entry(int type, int offset, int count) {}

  private final Map<Integer, Entry> index = new HashMap<>();
  private final byte[] data;
  private final int size;

  private HeaderReader(InputStream in) throws IOException {
    ByteBuffer intro = ByteBuffer.wrap(exactly(in, 16));
    if (intro.getInt() != MAGIC) {
      throw new IOException("no rpm header where one is expected");
    }
    intro.getInt();
    int entries = intro.getInt();
    int length = intro.getInt();
    if (entries < 1 || entries > MAX_ENTRIES || length < 0 || length > MAX_DATA) {
      throw new IOException("an rpm header of " + entries + " entries and " + length + " bytes");
    }
    ByteBuffer table = ByteBuffer.wrap(exactly(in, entries * 16));
    this.data = exactly(in, length);
    this.size = 16 + entries * 16 + length;
    for (int i = 0; i < entries; i++) {
      int tag = table.getInt();
      Entry entry = new Entry(table.getInt(), table.getInt(), table.getInt());
      if (entry.offset < 0 || entry.offset > length || entry.count < 0 || entry.count > length) {
        throw new IOException("rpm header entry " + tag + " points outside its header");
      }
      index.put(tag, entry);
    }
  }

  /** Reads a header; leaves the stream behind its last byte. */
  static HeaderReader read(InputStream in) throws IOException {
    return new HeaderReader(in);
  }

  private static byte[] exactly(InputStream in, int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new IOException("the rpm ends inside its header");
    }
    return bytes;
  }

  /** The number of bytes from the magic number to the end of the data. */
  int size() {
    return size;
  }

  /** A string, the first of an array, or "" if the entry is missing. */
  String string(int tag) throws IOException {
    List<String> all = strings(tag);
    return all.isEmpty() ? "" : all.get(0);
  }

  /** A string array; empty if the entry is missing. */
  List<String> strings(int tag) throws IOException {
    Entry entry = index.get(tag);
    if (entry == null) {
      return List.of();
    }
    if (entry.type != Tag.TYPE_STRING
        && entry.type != Tag.TYPE_STRING_ARRAY
        && entry.type != Tag.TYPE_I18N_STRING) {
      throw new IOException("rpm header entry " + tag + " is not text");
    }
    List<String> strings = new ArrayList<>();
    int at = entry.offset;
    for (int i = 0; i < entry.count; i++) {
      int end = at;
      while (end < data.length && data[end] != 0) {
        end++;
      }
      if (end >= data.length) {
        throw new IOException("rpm header entry " + tag + " does not end inside its header");
      }
      strings.add(new String(data, at, end - at, StandardCharsets.UTF_8));
      at = end + 1;
    }
    return strings;
  }

  /** An array of 16- or 32-bit numbers, unsigned; empty if the entry is missing. */
  long[] numbers(int tag) throws IOException {
    Entry entry = index.get(tag);
    if (entry == null) {
      return new long[0];
    }
    int width = entry.type == Tag.TYPE_INT16 ? 2 : entry.type == Tag.TYPE_INT32 ? 4 : 0;
    if (width == 0 || entry.offset + (long) entry.count * width > data.length) {
      throw new IOException("rpm header entry " + tag + " is not numbers inside its header");
    }
    ByteBuffer buffer = ByteBuffer.wrap(data, entry.offset, entry.count * width);
    long[] numbers = new long[entry.count];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = width == 2 ? buffer.getShort() & 0xffff : buffer.getInt() & 0xffffffffL;
    }
    return numbers;
  }

  /** A number, or 0 if the entry is missing. */
  long number(int tag) throws IOException {
    long[] all = numbers(tag);
    return all.length == 0 ? 0 : all[0];
  }

  boolean has(int tag) {
    return index.containsKey(tag);
  }
}
