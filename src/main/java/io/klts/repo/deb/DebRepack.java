package io.klts.repo.deb;

import io.klts.repo.blob.DigestOutput;
import io.klts.repo.compress.CompressedFile;
import io.klts.repo.compress.XzOutput;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.io.IOUtils;
import org.vafer.jdeb.shaded.commons.compress.archivers.ar.ArArchiveEntry;
import org.vafer.jdeb.shaded.commons.compress.archivers.ar.ArArchiveInputStream;
import org.vafer.jdeb.shaded.commons.compress.archivers.ar.ArArchiveOutputStream;
import org.vafer.jdeb.shaded.commons.compress.archivers.tar.TarArchiveEntry;
import org.vafer.jdeb.shaded.commons.compress.archivers.tar.TarArchiveInputStream;
import org.vafer.jdeb.shaded.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * Turns a package with an uncompressed data archive into one with {@code data.tar.xz}: everything
 * is compressed on the way but the programs, whose compressed blocks are there already. The control
 * paragraph is put in anew, because jdeb takes parts of it from the environment and from a size of
 * its own.
 */
final class DebRepack {

  private static final int TAR_BLOCK = 512;

  private final Control control;
  private final Map<String, CompressedFile> programs;
  private final long seconds;

  /**
   * @param programs by their names in the archive
   */
  DebRepack(Control control, Map<String, CompressedFile> programs, Instant date) {
    this.control = control;
    this.programs = programs;
    this.seconds = date.getEpochSecond();
  }

  /** Reads {@code plain}, uses {@code scratch} for the data archive, writes the package. */
  void write(Path plain, Path scratch, OutputStream out) throws IOException {
    try (InputStream file = new BufferedInputStream(Files.newInputStream(plain), 1 << 16);
        ArArchiveInputStream in = new ArArchiveInputStream(file)) {
      ArArchiveOutputStream ar = new ArArchiveOutputStream(out);
      for (ArArchiveEntry member = in.getNextEntry(); member != null; member = in.getNextEntry()) {
        if (member.getName().equals("data.tar")) {
          compress(in, scratch);
          copy(ar, "data.tar.xz", Files.size(scratch), Files.newInputStream(scratch));
        } else {
          byte[] small = IOUtils.toByteArray(in);
          if (member.getName().equals("control.tar.gz")) {
            small = withControl(small);
          }
          copy(ar, member.getName(), small.length, new ByteArrayInputStream(small));
        }
      }
      ar.finish();
    }
  }

  private void copy(ArArchiveOutputStream ar, String name, long size, InputStream bytes)
      throws IOException {
    try (bytes) {
      ar.putArchiveEntry(new ArArchiveEntry(name, size, 0, 0, 0100644, seconds));
      bytes.transferTo(ar);
      ar.closeArchiveEntry();
    }
  }

  private byte[] withControl(byte[] archive) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveInputStream in =
            new TarArchiveInputStream(new GZIPInputStream(new ByteArrayInputStream(archive)));
        TarArchiveOutputStream out = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
      for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        byte[] content = in.readAllBytes();
        if (entry.getName().equals("./control")) {
          content = control.toString().getBytes(StandardCharsets.UTF_8);
        }
        out.putArchiveEntry(resized(entry, content.length));
        out.write(content);
        out.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  /** A copy, because the stream that the entry came from goes by its size. */
  private static TarArchiveEntry resized(TarArchiveEntry entry, long size) {
    TarArchiveEntry copy = new TarArchiveEntry(entry.getName(), entry.getLinkFlag());
    copy.setMode(entry.getMode());
    copy.setUserId(entry.getLongUserId());
    copy.setGroupId(entry.getLongGroupId());
    copy.setNames(entry.getUserName(), entry.getGroupName());
    copy.setModTime(entry.getLastModifiedTime());
    copy.setSize(size);
    return copy;
  }

  /** Walks the tar archive by its headers (tar(5), "POSIX ustar Archives"). */
  private void compress(InputStream tar, Path target) throws IOException {
    try (OutputStream file = new BufferedOutputStream(Files.newOutputStream(target), 1 << 16)) {
      XzOutput xz = new XzOutput(file);
      byte[] block = new byte[TAR_BLOCK];
      while (IOUtils.read(tar, block) == TAR_BLOCK) {
        xz.write(block);
        long size = size(block);
        CompressedFile program = programs.get(name(block));
        if (program == null) {
          copyExactly(tar, xz, size);
        } else {
          verify(tar, name(block), program, size);
          xz.splice(program);
        }
        copyExactly(tar, xz, -size & (TAR_BLOCK - 1));
      }
      xz.close();
    }
  }

  /** The bytes that jdeb put into its digest list must be those that were compressed. */
  private static void verify(InputStream tar, String name, CompressedFile program, long size)
      throws IOException {
    DigestOutput digest = DigestOutput.discarding();
    copyExactly(tar, digest, size);
    if (size != program.size() || !digest.sha256().equals(program.sha256())) {
      throw new IOException(
          "the program for "
              + name
              + " changed while it was packaged; run again when it is complete");
    }
  }

  private static void copyExactly(InputStream in, OutputStream out, long size) throws IOException {
    if (IOUtils.copyLarge(in, out, 0, size) != size) {
      throw new EOFException("the data archive ends early");
    }
  }

  private static String name(byte[] header) {
    int end = 0;
    while (end < 100 && header[end] != 0) {
      end++;
    }
    return new String(header, 0, end, StandardCharsets.US_ASCII);
  }

  /** The size field is octal; the two blocks of zeros at the end read as size 0. */
  private static long size(byte[] header) {
    String octal = new String(header, 124, 11, StandardCharsets.US_ASCII).replace("\0", "").strip();
    return octal.isEmpty() ? 0 : Long.parseLong(octal, 8);
  }
}
