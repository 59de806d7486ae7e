package io.klts.repo.repository;

import io.klts.repo.blob.Blob;
import io.klts.repo.tree.Stage;
import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * rpm-md of one folder: {@code repodata/} and {@code media.1/media} for the packages below it. One
 * repodata serves yum, dnf and zypper: gzip, SHA-256, no databases.
 */
final class RpmChannel {

  private static final String RPM = "http://linux.duke.edu/metadata/rpm";
  private static final String REPO = "http://linux.duke.edu/metadata/repo";

  /** The documents of rpm-md, in the order in which {@code repomd.xml} lists them. */
  enum Kind {
    PRIMARY("metadata", "http://linux.duke.edu/metadata/common\" xmlns:rpm=\"" + RPM),
    FILELISTS("filelists", "http://linux.duke.edu/metadata/filelists"),
    OTHER("otherdata", "http://linux.duke.edu/metadata/other"),
    UPDATEINFO("updates", "");

    private final String element;
    private final String namespaces;

    Kind(String element, String namespaces) {
      this.element = element;
      this.namespaces = namespaces;
    }

    /** The name in {@code repomd.xml} and in file names. */
    String type() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }

    /** Whether a column is one of these documents. */
    static boolean isType(String column) {
      return java.util.Arrays.stream(values()).anyMatch(kind -> kind.type().equals(column));
    }

    /** The document of some packages, whose elements the pieces have. */
    Document document(int packages, List<Piece> elements) throws IOException {
      List<Piece> pieces = new ArrayList<>();
      pieces.add(head(packages));
      pieces.addAll(elements);
      pieces.add(Piece.of("</" + element + ">\n"));
      return new Document(pieces);
    }

    /** What stands before the first package. */
    Piece head(int packages) {
      if (this == UPDATEINFO) {
        return Piece.of(Xml.document().raw("<" + element + ">\n").toString());
      }
      Xml head = Xml.document().raw("<" + element + " xmlns=\"" + namespaces + "\"");
      return Piece.of(head.attribute("packages", packages).raw(">\n").toString());
    }
  }

  private final String folder;
  private final String name;
  private final long timestamp;
  private final int validDays;
  private final List<TreeFile> files = new ArrayList<>();
  private final Xml repomd = Xml.document();

  /**
   * @param folder of the channel in the tree, such as {@code rpm/v1.28}
   * @param name of the repository, for zypper's media file
   * @param date of its metadata; yum on EL 7 refuses metadata that is older than its own
   * @param validDays for how many days it holds, which zypper looks at; 0 for ever
   */
  RpmChannel(String folder, String name, Instant date, int validDays) {
    this.folder = folder;
    this.name = name;
    this.timestamp = date.getEpochSecond();
    this.validDays = validDays;
  }

  /**
   * The channel with its documents.
   *
   * @param documents of each kind
   */
  Index index(Map<Kind, Document> documents) throws IOException {
    repomd.raw("<repomd xmlns=\"" + REPO + "\" xmlns:rpm=\"" + RPM + "\">\n");
    repomd.element("  ", "revision", Long.toString(timestamp));
    for (Kind kind : Kind.values()) {
      data(kind.type(), documents.get(kind));
    }
    if (validDays > 0) {
      data("suseinfo", suseInfo());
    }
    repomd.raw("</repomd>\n");
    files.add(text("/media.1/media", Stage.INDEX, name + "\n" + timestamp + "\n1\n"));
    String root = "/repodata/repomd.xml";
    return new Index(
        files,
        text(root, Stage.ROOT, repomd.toString()),
        Instant.ofEpochSecond(timestamp),
        List.of(new Index.Signature(folder + root + ".asc", Index.Form.DETACHED)));
  }

  private TreeFile text(String path, Stage stage, String text) {
    return TreeFile.of(folder + path, stage, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Where a document lies, seen from the channel's folder. */
  static String location(String type, Document document) {
    return "repodata/" + document.gzSha256() + "-" + type + ".xml.gz";
  }

  /** Tells zypper for how many seconds the repository is up to date. */
  private Document suseInfo() throws IOException {
    Xml xml = Xml.document().raw("<suseinfo>\n");
    xml.element("  ", "expire", Long.toString(Duration.ofDays(validDays).toSeconds()));
    return new Document(List.of(Piece.of(xml.raw("</suseinfo>\n").toString())));
  }

  private void data(String type, Document document) {
    String location = location(type, document);
    files.add(
        new TreeFile(
            folder + "/" + location, Stage.PAYLOAD, Blob.of(document.gz()), document.gzSha256()));
    repomd.raw("  <data").attribute("type", type).raw(">\n");
    repomd.raw("    <checksum type=\"sha256\">" + document.gzSha256() + "</checksum>\n");
    repomd.raw("    <open-checksum type=\"sha256\">" + document.sha256() + "</open-checksum>\n");
    repomd.raw("    <location").attribute("href", location).raw("/>\n");
    repomd.element("    ", "timestamp", Long.toString(timestamp));
    repomd.element("    ", "size", Integer.toString(document.gz().length));
    repomd.element("    ", "open-size", Long.toString(document.size()));
    repomd.raw("  </data>\n");
  }
}
