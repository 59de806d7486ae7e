package io.klts.repo.elf;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file read in small pieces, each of which is checked against the file's size before. */
final class BoundedFile implements AutoCloseable {

  /** Linux' PATH_MAX; a library's name is a file name or a path. */
  private static final int LONGEST_NAME = 4096;

  private final Path path;
  private final FileChannel channel;
  private final long size;

  BoundedFile(Path path) throws IOException {
    this.path = path;
    // A pipe or a device would block or never end.
    if (!Files.isRegularFile(path)) {
      throw broken(Files.exists(path) ? "it is not a regular file" : "there is no such file");
    }
    channel = FileChannel.open(path);
    size = channel.size();
  }

  long size() {
    return size;
  }

  /** An exception that says which file is not what was expected, and why. */
  IOException broken(String why) {
    return new IOException(path + ": expected an ELF program, but " + why);
  }

  /**
   * Reads exactly {@code length} bytes.
   *
   * @param what the piece's name for the error message
   */
  ByteBuffer read(long offset, int length, ByteOrder order, String what) throws IOException {
    requireInside(offset, length, what);
    ByteBuffer buffer = ByteBuffer.allocate(length).order(order);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, offset + buffer.position()) < 0) {
        throw new EOFException(path + ": became shorter while it was read");
      }
    }
    return buffer.flip();
  }

  /** Requires that a piece lies within the file. Negative numbers are unsigned ones above 2^63. */
  void requireInside(long offset, long length, String what) throws IOException {
    if (offset < 0 || length < 0 || offset > size || length > size - offset) {
      throw broken(
          "it is cut off or damaged: its %s (%s bytes at %s) should end within its %d bytes"
              .formatted(what, Long.toUnsignedString(length), Long.toUnsignedString(offset), size));
    }
  }

  /**
   * Reads a name that ends with a zero byte before {@code end}. Names go into package headers, so
   * blanks, line ends and whatever else is not printable ASCII are refused.
   */
  String readName(long offset, long end, String what) throws IOException {
    requireInside(offset, 0, what);
    int length = (int) Math.max(0, Math.min(LONGEST_NAME, Math.min(end, size) - offset));
    byte[] bytes = read(offset, length, ByteOrder.BIG_ENDIAN, what).array();
    int zero = 0;
    while (zero < length && bytes[zero] > ' ' && bytes[zero] < 0x7f) {
      zero++;
    }
    if (zero == 0 || zero == length || bytes[zero] != 0) {
      throw broken("it is damaged: its %s at %d is not a name".formatted(what, offset));
    }
    return new String(bytes, 0, zero, StandardCharsets.US_ASCII);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
