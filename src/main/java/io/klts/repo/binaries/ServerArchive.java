package io.klts.repo.binaries;

import io.klts.repo.blob.IoReason;
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
    // A pipe would block.
    if (!Files.isRegularFile(archive)) {
      throw new IOException(archive + " is not a file; expected an archive of Kubernetes");
    }
    Files.createDirectories(folder);
    try (InputStream file = new BufferedInputStream(Files.newInputStream(archive), 1 << 16);
        TarArchiveInputStream tar = new TarArchiveInputStream(new GZIPInputStream(file, 1 << 16))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Matcher m = PROGRAM.matcher(entry.getName());
        if (m.matches() && !entry.isDirectory()) {
          unpack(tar, entry, folder.resolve(m.group(1)));
        }
      }
    } catch (IOException e) {
      throw new IOException(
          archive
              + " cannot be unpacked into "
              + folder
              + ": "
              + IoReason.of(e)
              + "\n  nothing was written; fetch the archive again, or look at the space there",
          e);
    }
    return folder;
  }

  private static void unpack(InputStream tar, TarArchiveEntry entry, Path target)
      throws IOException {
    if (entry.isLink() || entry.isSymbolicLink()) {
      throw new IOException(entry.getName() + " in it is a link; expected a file");
    }
    if (Files.exists(target)) {
      throw new IOException(entry.getName() + " is in it twice");
    }
    Files.copy(tar, target);
  }
}
