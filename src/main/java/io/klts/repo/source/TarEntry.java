package io.klts.repo.source;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.klts.repo.tree.TreePath;
import java.io.IOException;
import java.util.Arrays;

/**
 * The header of a plain file in a tar archive (POSIX 1003.1-1988, ustar). All that can differ is
 * path and size, so that the same files give the same archive, and so that a header is right only
 * if it is, byte for byte, the one that would be written: links, devices, sparse files, long names
 * and extensions never are.
 */
public final class TarEntry {

  /** What headers, contents and the end are counted in. */
  public static final int BLOCK = 512;

  private static final int NAME = 100;
  private static final int PREFIX = 345;
  private static final int PREFIX_LENGTH = 155;
  private static final int SIZE = 124;
  private static final int CHECKSUM = 148;
  private static final long LARGEST = (1L << 33) - 1;

  private final String path;
  private final long size;

  private TarEntry(String path, long size) {
    this.path = path;
    this.size = size;
  }

  /**
   * The entry of a file.
   *
   * @throws IOException if the format has no room for its name or size
   */
  public static TarEntry of(String path, long size) throws IOException {
    if (size > LARGEST || split(path) < 0) {
      throw new IOException(path + ": its name or its size does not fit into a tar archive");
    }
    return new TarEntry(path, size);
  }

  /** Where the part of the name begins; -1 if there is no such place. */
  private static int split(String path) {
    if (path.length() <= NAME) {
      return 0;
    }
    int slash = path.indexOf('/', path.length() - NAME - 1);
    return slash > 0 && slash <= PREFIX_LENGTH && slash < path.length() - 1 ? slash + 1 : -1;
  }

  /**
   * Reads a header.
   *
   * @throws IOException if it is not what {@link #header} writes
   */
  static TarEntry parse(byte[] header) throws IOException {
    try {
      String prefix = text(header, PREFIX, PREFIX_LENGTH);
      String name = text(header, 0, NAME);
      String path = TreePath.check(prefix.isEmpty() ? name : prefix + "/" + name);
      TarEntry entry = of(path, Long.parseLong(text(header, SIZE, 12), 8));
      if (Arrays.equals(entry.header(), header)) {
        return entry;
      }
    } catch (IllegalArgumentException e) {
      // The same answer as to one that is wrong in another way.
    }
    throw new IOException("an entry that is no plain file as a bundle has it");
  }

  private static String text(byte[] header, int from, int length) {
    int end = from;
    while (end < from + length && header[end] != 0) {
      end++;
    }
    return new String(header, from, end - from, ISO_8859_1);
  }

  /** Its path in the tree. */
  public String path() {
    return path;
  }

  /** Its content in bytes. */
  public long size() {
    return size;
  }

  /** What it takes of the archive: header, content, and zeros up to the next block. */
  public long length() {
    return BLOCK + (size + BLOCK - 1) / BLOCK * BLOCK;
  }

  /** The header block. */
  public byte[] header() {
    byte[] header = new byte[BLOCK];
    int name = split(path);
    put(header, 0, path.substring(name));
    put(header, PREFIX, path.substring(0, Math.max(0, name - 1)));
    put(header, NAME, "0000644");
    put(header, 108, "0000000");
    put(header, 116, "0000000");
    put(header, SIZE, "%011o".formatted(size));
    put(header, 136, "00000000000");
    put(header, CHECKSUM, "        0");
    put(header, 257, "ustar\0" + "00");
    put(header, 329, "0000000");
    put(header, 337, "0000000");
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xff;
    }
    put(header, CHECKSUM, "%06o\0 ".formatted(sum));
    return header;
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(ISO_8859_1);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }
}
