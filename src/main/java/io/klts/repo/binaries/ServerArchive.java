package io.klts.repo.binaries;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** Kubernetes' own {@code kubernetes-server-linux-<arch>.tar.gz}. */
final class ServerArchive {

  /** Plain names only, so that no member can leave the folder. */
  private static final Pattern PROGRAM =
      Pattern.compile("(?:\\./)?kubernetes/server/bin/([a-z0-9][a-z0-9-]*)");

  private ServerArchive() {}

  /** Unpacks the programs into a new folder and returns it. */
  static Path unpack(Path archive, Path folder) throws IOException {
    Files.createDirectories(folder);
    try (InputStream file = new BufferedInputStream(Files.newInputStream(archive), 1 << 16);
        TarArchiveInputStream tar = new TarArchiveInputStream(new GZIPInputStream(file, 1 << 16))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Matcher m = PROGRAM.matcher(entry.getName());
        if (m.matches() && entry.isFile()) {
          Files.copy(tar, folder.resolve(m.group(1)));
        }
      }
    } catch (IOException e) {
      throw new IOException(archive + " cannot be unpacked: " + e.getMessage(), e);
    }
    return folder;
  }
}
