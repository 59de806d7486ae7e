package io.klts.repo.blob;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.apache.commons.io.function.IOConsumer;
import org.apache.commons.io.output.CloseShieldOutputStream;

/**
 * A file that is either not there or whole: written beside its place, forced to the disk, then
 * renamed. A reader never sees half of it, and a failure leaves nothing behind.
 */
public final class AtomicFile {

  private AtomicFile() {}

  /**
   * Writes or replaces {@code target}, whose folder is made if it is missing.
   *
   * @param content writes the bytes; its stream need not be closed
   */
  public static void write(Path target, IOConsumer<OutputStream> content) throws IOException {
    write(target, content, true);
  }

  /**
   * As {@link #write}, but without waiting for the disk: after a power cut the file may be there
   * and not be whole. For content that is checked whenever it is read.
   */
  public static void writeUnforced(Path target, IOConsumer<OutputStream> content)
      throws IOException {
    write(target, content, false);
  }

  private static void write(Path target, IOConsumer<OutputStream> content, boolean force)
      throws IOException {
    Path folder = target.toAbsolutePath().getParent();
    Files.createDirectories(folder);
    Path beside = Files.createTempFile(folder, "." + target.getFileName(), ".part");
    try {
      try (FileChannel channel = FileChannel.open(beside, StandardOpenOption.WRITE)) {
        OutputStream out = new Naming(target, Channels.newOutputStream(channel));
        content.accept(CloseShieldOutputStream.wrap(out));
        if (force) {
          channel.force(true);
        }
      }
      makeReadable(beside);
      Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(beside);
    }
  }

  /** Writes or replaces {@code target} with some bytes. */
  public static void write(Path target, byte[] bytes) throws IOException {
    write(target, out -> out.write(bytes));
  }

  /**
   * Writes a file that is not there yet and that nobody looks for, into an existing folder. It may
   * not be on the disk yet: {@link DiskSync}.
   *
   * @param content writes the bytes; its stream need not be closed
   */
  public static void writeNew(Path target, IOConsumer<OutputStream> content) throws IOException {
    try (FileChannel channel =
        FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      OutputStream out = new Naming(target, Channels.newOutputStream(channel));
      content.accept(CloseShieldOutputStream.wrap(out));
    }
    makeReadable(target);
  }

  /** The system says that a disk is full, but not which. */
  private static final class Naming extends FilterOutputStream {

    private final Path file;

    Naming(Path file, OutputStream out) {
      super(out);
      this.file = file;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        throw new IOException("cannot write " + file + ": " + e.getMessage(), e);
      }
    }
  }

  /** Temporary files are born private; a published file is for every reader. */
  private static void makeReadable(Path file) throws IOException {
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(
          file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
    }
  }
}
