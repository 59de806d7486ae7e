package io.klts.repo.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.SingleXZInputStream;

/** A deb as text: its control files whole, and a line for each installed file. */
final class DebDump {

  private final StringBuilder text = new StringBuilder();

  private DebDump() {}

  static String of(Path deb) throws IOException {
    DebDump dump = new DebDump();
    try (ArArchiveInputStream ar = new ArArchiveInputStream(Files.newInputStream(deb))) {
      for (ArArchiveEntry member = ar.getNextEntry(); member != null; member = ar.getNextEntry()) {
        dump.text.append(member.getName()).append('\n');
        if (member.getName().equals("control.tar.gz")) {
          dump.control(new GZIPInputStream(ar));
        } else if (member.getName().equals("data.tar.xz")) {
          dump.data(new SingleXZInputStream(ar));
        }
      }
    }
    return dump.text.toString();
  }

  private void control(InputStream in) throws IOException {
    TarArchiveInputStream tar = new TarArchiveInputStream(in);
    for (TarArchiveEntry file = tar.getNextEntry(); file != null; file = tar.getNextEntry()) {
      entry(file, Long.toString(file.getSize()));
      String content = new String(tar.readAllBytes(), UTF_8);
      // What gzip makes of the changelog depends on the JDK.
      content.replaceAll("(?m)^[0-9a-f]{32}(.*\\.gz)$", "(sum)$1").lines().forEach(this::line);
    }
  }

  private void data(InputStream in) throws IOException {
    TarArchiveInputStream tar = new TarArchiveInputStream(in);
    for (TarArchiveEntry file = tar.getNextEntry(); file != null; file = tar.getNextEntry()) {
      boolean packed = file.getName().endsWith(".gz");
      entry(file, packed ? "(size)" : Long.toString(file.getSize()));
      if (packed) {
        new String(new GZIPInputStream(tar).readAllBytes(), UTF_8).lines().forEach(this::line);
      }
    }
  }

  private void line(String line) {
    text.append(("  | " + line).stripTrailing()).append('\n');
  }

  private void entry(TarArchiveEntry file, String size) {
    text.append(
        "  %o %s/%s %s %s %s%n"
            .formatted(
                file.getMode(),
                file.getUserName(),
                file.getGroupName(),
                size,
                file.getLastModifiedTime(),
                file.getName()));
  }
}
