package io.klts.repo.deb;

import io.klts.repo.blob.Sha256;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.vafer.jdeb.shaded.commons.compress.archivers.ar.ArArchiveEntry;
import org.vafer.jdeb.shaded.commons.compress.archivers.ar.ArArchiveInputStream;
import org.vafer.jdeb.shaded.commons.compress.archivers.tar.TarArchiveEntry;
import org.vafer.jdeb.shaded.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * What a .deb file says of itself.
 *
 * @param control its control paragraph, as it stands in the package
 * @param size of the file in bytes
 * @param sha256 of the file
 */
public record DebPackage(Control control, long size, Sha256 sha256) {

  private static final int MAX_CONTROL_BYTES = 1 << 20;

  /**
   * Reads a package whose control archive is gzipped, as ours are.
   *
   * @throws IOException also if it is no such package
   */
  public static DebPackage read(Path file) throws IOException {
    Sha256 sha256 = Sha256.of(file);
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        ArArchiveInputStream ar = new ArArchiveInputStream(in)) {
      for (ArArchiveEntry member = ar.getNextEntry(); member != null; member = ar.getNextEntry()) {
        if (member.getName().equals("control.tar.gz")) {
          return new DebPackage(
              Control.parse(control(new GZIPInputStream(ar))), Files.size(file), sha256);
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new IOException(file + " is not a readable Debian package: " + e.getMessage(), e);
    }
    throw new IOException(file + " is not a readable Debian package: it has no control.tar.gz");
  }

  private static String control(InputStream bytes) throws IOException {
    TarArchiveInputStream tar = new TarArchiveInputStream(bytes);
    for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
      if (entry.getName().equals("./control")) {
        byte[] text = tar.readNBytes(MAX_CONTROL_BYTES + 1);
        if (text.length > MAX_CONTROL_BYTES) {
          throw new IOException("its control paragraph is longer than a mebibyte");
        }
        return new String(text, StandardCharsets.UTF_8);
      }
    }
    throw new IOException("it has no control paragraph");
  }
}
