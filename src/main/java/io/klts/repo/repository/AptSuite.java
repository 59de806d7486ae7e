package io.klts.repo.repository;

import io.klts.repo.blob.Blob;
import io.klts.repo.blob.Sha256;
import io.klts.repo.catalogue.Identity;
import io.klts.repo.tree.Stage;
import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * One suite of the apt repository: {@code dists/<suite>/}. Only SHA-256 is listed, because apt asks
 * for by-hash files under the strongest hash that a Release file names.
 */
final class AptSuite {

  private static final String COMPONENT = "main";

  /** Where the day of the month stands in a date. */
  private static final int DAY = "Mon, ".length();

  /** Where the changelogs of packages lie, in folders like those of the pool. */
  static final String CHANGELOGS = "apt/changelogs";

  private final String suite;
  private final Identity identity;
  private final String baseUrl;
  private final Instant date;
  private final int validDays;
  private final List<TreeFile> files = new ArrayList<>();
  private final StringBuilder sums = new StringBuilder();

  /**
   * @param suite its name, also its codename
   * @param baseUrl of the tree: apt knows no other way to name where changelogs are
   * @param date from which on it holds
   * @param validDays for how many days it holds; 0 for ever
   */
  AptSuite(String suite, Identity identity, String baseUrl, Instant date, int validDays) {
    this.suite = suite;
    this.identity = identity;
    this.baseUrl = baseUrl;
    this.date = date;
    this.validDays = validDays;
  }

  /** Where the packages of an architecture are listed, compressed with gzip. */
  static String packagesGz(String suite, String arch) {
    return "apt/dists/" + suite + "/" + folderOf(arch) + "/Packages.gz";
  }

  /** The same list, compressed with xz. */
  static String xzBeside(String packagesGz) {
    return packagesGz.substring(0, packagesGz.length() - "gz".length()) + "xz";
  }

  /**
   * What {@code Packages} says of a package.
   *
   * @param control its control paragraph
   * @param path in the tree
   * @param size of the file in bytes
   */
  static String stanza(String control, String path, long size, Sha256 sha256) {
    String filename = path.substring("apt/".length());
    return control + "Filename: " + filename + "\nSize: " + size + "\nSHA256: " + sha256 + "\n\n";
  }

  /** The field that says where changelogs are; apt puts the way into the pool in. */
  static String changelogs(String baseUrl) {
    return "Changelogs: " + baseUrl + "/" + CHANGELOGS + "/@CHANGEPATH@_changelog";
  }

  private static String folderOf(String arch) {
    return COMPONENT + "/binary-" + arch;
  }

  /**
   * The suite with its documents.
   *
   * @param packages the stanzas by Debian's names of the architectures
   */
  Index index(SortedMap<String, Document> packages) throws IOException {
    for (Map.Entry<String, Document> arch : packages.entrySet()) {
      String folder = folderOf(arch.getKey());
      Document document = arch.getValue();
      byte[] xz = document.xz();
      add(folder, "Packages", document.text(), document.sha256());
      add(folder, "Packages.gz", Blob.of(document.gz()), document.gzSha256());
      add(folder, "Packages.xz", Blob.of(xz), Sha256.of(xz));
    }
    String root = folder("Release");
    return new Index(
        files,
        TreeFile.of(root, Stage.ROOT, release(packages.keySet()).getBytes(StandardCharsets.UTF_8)),
        date,
        List.of(
            new Index.Signature(root + ".gpg", Index.Form.DETACHED),
            new Index.Signature(folder("InRelease"), Index.Form.CLEARSIGNED)));
  }

  private String folder(String path) {
    return "apt/dists/" + suite + "/" + path;
  }

  /** Both under its name and under its digest, so that no client meets a half-updated pair. */
  private void add(String folder, String name, Blob blob, Sha256 sha256) {
    String path = folder(folder);
    files.add(new TreeFile(path + "/by-hash/SHA256/" + sha256, Stage.PAYLOAD, blob, sha256));
    files.add(new TreeFile(path + "/" + name, Stage.INDEX, blob, sha256));
    sums.append(' ').append(sha256).append(' ').append(blob.size());
    sums.append(' ').append(folder).append('/').append(name).append('\n');
  }

  private String release(Collection<String> archs) {
    return "Origin: "
        + identity.name()
        + "\nLabel: "
        + identity.name()
        + "\nSuite: "
        + suite
        + "\nCodename: "
        + suite
        + "\nDate: "
        + text(date)
        + (validDays == 0 ? "" : "\nValid-Until: " + text(date.plus(validDays, ChronoUnit.DAYS)))
        + "\nArchitectures: "
        + String.join(" ", archs)
        + "\nComponents: "
        + COMPONENT
        + "\nDescription: "
        + identity.name()
        + " packages, "
        + suite
        + "\n"
        + changelogs(baseUrl)
        + "\nAcquire-By-Hash: yes\nSHA256:\n"
        + sums;
  }

  /**
   * As RFC 1123 has it, whose names of days and months Java knows without its data of languages,
   * but with two digits for the day, and literally UTC: apt does not understand other zones.
   */
  private static String text(Instant date) {
    String text = DateTimeFormatter.RFC_1123_DATE_TIME.format(date.atOffset(ZoneOffset.UTC));
    String day = text.charAt(DAY + 1) == ' ' ? "0" : "";
    return text.substring(0, DAY) + day + text.substring(DAY).replace("GMT", "UTC");
  }
}
