package io.klts.repo.repository;

import io.klts.repo.blob.Blob;
import io.klts.repo.blob.Sha256;
import io.klts.repo.catalogue.Identity;
import io.klts.repo.compress.XzOutput;
import io.klts.repo.repository.State.DebEntry;
import io.klts.repo.tree.Stage;
import io.klts.repo.tree.TreeFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;

/**
 * One suite of the apt repository: {@code dists/<suite>/}. Only SHA-256 is listed, because apt asks
 * for by-hash files under the strongest hash that a Release file names.
 */
final class AptSuite {

  /** Literally UTC: apt does not understand other zones (RFC 5322 names would do, too). */
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private static final String COMPONENT = "main";

  private final String suite;
  private final Identity identity;
  private final Instant date;
  private final SortedSet<String> archs;
  private final List<DebEntry> entries;
  private final List<TreeFile> files = new ArrayList<>();
  private final StringBuilder sums = new StringBuilder();

  /**
   * @param suite its name, also its codename
   * @param archs Debian's names of the architectures it has packages for
   * @param entries in the order in which they are listed
   */
  AptSuite(
      String suite,
      Identity identity,
      Instant date,
      SortedSet<String> archs,
      List<DebEntry> entries) {
    this.suite = suite;
    this.identity = identity;
    this.date = date;
    this.archs = archs;
    this.entries = entries;
  }

  Index render() throws IOException {
    for (String arch : archs) {
      byte[] plain = packages(arch).getBytes(StandardCharsets.UTF_8);
      String folder = COMPONENT + "/binary-" + arch;
      add(folder, "Packages", plain);
      add(folder, "Packages.gz", Gzip.compress(plain));
      add(folder, "Packages.xz", xz(plain));
    }
    String root = folder("Release");
    return new Index(
        files,
        TreeFile.of(root, Stage.ROOT, release().getBytes(StandardCharsets.UTF_8)),
        date,
        List.of(
            new Index.Signature(root + ".gpg", Index.Form.DETACHED),
            new Index.Signature(folder("InRelease"), Index.Form.CLEARSIGNED)));
  }

  private String folder(String path) {
    return "apt/dists/" + suite + "/" + path;
  }

  /** Both under its name and under its digest, so that no client meets a half-updated pair. */
  private void add(String folder, String name, byte[] bytes) {
    Sha256 sha256 = Sha256.of(bytes);
    Blob blob = Blob.of(bytes);
    String path = folder(folder);
    files.add(new TreeFile(path + "/by-hash/SHA256/" + sha256, Stage.PAYLOAD, blob, sha256));
    files.add(new TreeFile(path + "/" + name, Stage.INDEX, blob, sha256));
    sums.append(' ').append(sha256).append(' ').append(bytes.length);
    sums.append(' ').append(folder).append('/').append(name).append('\n');
  }

  private String packages(String arch) {
    StringBuilder text = new StringBuilder();
    for (DebEntry entry : entries) {
      if (entry.path().endsWith("_" + arch + ".deb")) {
        text.append(entry.control());
        text.append("Filename: ").append(entry.path().substring("apt/".length())).append('\n');
        text.append("Size: ").append(entry.size()).append('\n');
        text.append("SHA256: ").append(entry.sha256()).append("\n\n");
      }
    }
    return text.toString();
  }

  private static byte[] xz(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (XzOutput xz = new XzOutput(out)) {
      xz.write(bytes);
    }
    return out.toByteArray();
  }

  private String release() {
    return "Origin: "
        + identity.name()
        + "\nLabel: "
        + identity.name()
        + "\nSuite: "
        + suite
        + "\nCodename: "
        + suite
        + "\nDate: "
        + DATE.format(date)
        + "\nArchitectures: "
        + String.join(" ", archs)
        + "\nComponents: "
        + COMPONENT
        + "\nDescription: "
        + identity.name()
        + " packages, "
        + suite
        + "\nAcquire-By-Hash: yes\nSHA256:\n"
        + sums;
  }
}
