package io.klts.repo.rpm;

import io.klts.repo.blob.Blob;
import io.klts.repo.blob.DigestOutput;
import io.klts.repo.blob.Sha256;
import io.klts.repo.compress.CompressedFile;
import io.klts.repo.compress.XzOutput;
import io.klts.repo.recipe.Content;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.redline_rpm.payload.CpioHeader;

/**
 * The payload of a package: a cpio archive ("newc") in one xz stream, in a temporary file.
 *
 * @param size of the archive before compression
 * @param uncompressed digest of the archive before compression
 */
record Payload(Path file, Sha256 compressed, long size, Sha256 uncompressed) {

  /** Writes the payload to {@code file}. */
  static Payload write(
      FileList files, long mtimeMillis, Map<Path, CompressedFile> programs, Path file)
      throws IOException {
    DigestOutput plain = DigestOutput.discarding();
    try (DigestOutput compressed =
        new DigestOutput(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16))) {
      XzOutput xz = new XzOutput(compressed);
      new Archive(plain, xz, mtimeMillis, programs).write(files);
      xz.close();
      return new Payload(file, compressed.sha256(), plain.size(), plain.sha256());
    }
  }

  private static final class Archive {
    private final DigestOutput plain;
    private final XzOutput xz;
    private final long mtimeMillis;
    private final Map<Path, CompressedFile> programs;

    Archive(DigestOutput plain, XzOutput xz, long mtimeMillis, Map<Path, CompressedFile> programs) {
      this.plain = plain;
      this.xz = xz;
      this.mtimeMillis = mtimeMillis;
      this.programs = programs;
    }

    void write(FileList files) throws IOException {
      int inode = 0;
      for (FileList.Entry entry : files.entries()) {
        header("." + entry.content().path(), entry.mode(), entry.size(), ++inode);
        content(entry);
        pad();
      }
      CpioHeader trailer = new CpioHeader();
      trailer.setLast();
      trailer.setPermissions(0);
      write(trailer);
    }

    private void header(String name, int mode, int size, int inode) throws IOException {
      CpioHeader header = new CpioHeader(name);
      header.setType(mode >> 12);
      header.setPermissions(mode & 07777);
      header.setMtime(mtimeMillis);
      header.setInode(inode);
      header.setFileSize(size);
      write(header);
    }

    private void write(CpioHeader header) throws IOException {
      WritableByteChannel channel = Channels.newChannel(both());
      // The size so far is even with the archive's alignment, so 0 gives the same padding.
      header.write(channel, 0);
    }

    private OutputStream both() {
      return new org.apache.commons.io.output.TeeOutputStream(plain, xz);
    }

    private void content(FileList.Entry entry) throws IOException {
      if (entry.content() instanceof Content.Text text) {
        text.blob().writeTo(both());
      } else if (entry.content() instanceof Content.Program program) {
        Path source = program.binary().file();
        CompressedFile file = programs.get(source);
        DigestOutput check = new DigestOutput(plain);
        Blob.of(source).writeTo(check);
        if (!check.sha256().equals(file.sha256())) {
          throw new IOException(
              source + " changed while it was packaged; run again when it is complete");
        }
        xz.splice(file);
      }
    }

    /** Every entry begins at a multiple of four bytes. */
    private void pad() throws IOException {
      int rest = (int) (plain.size() % 4);
      if (rest > 0) {
        both().write(new byte[4 - rest]);
      }
    }
  }
}
