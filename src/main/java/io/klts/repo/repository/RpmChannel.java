package io.klts.repo.repository;

import io.klts.repo.blob.Blob;
import io.klts.repo.blob.Sha256;
import io.klts.repo.repository.State.RpmEntry;
import io.klts.repo.rpm.RpmDependency;
import io.klts.repo.rpm.RpmPackage;
import io.klts.repo.tree.Stage;
import io.klts.repo.tree.TreeFile;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * rpm-md of one folder: {@code repodata/} and {@code media.1/media} for the packages below it. One
 * repodata serves yum, dnf and zypper: gzip, SHA-256, no databases.
 */
final class RpmChannel {

  /** As createrepo: the newest ones. */
  private static final int MAX_CHANGES = 10;

  private static final String COMMON = "http://linux.duke.edu/metadata/common";
  private static final String RPM = "http://linux.duke.edu/metadata/rpm";
  private static final String FILELISTS = "http://linux.duke.edu/metadata/filelists";
  private static final String OTHER = "http://linux.duke.edu/metadata/other";
  private static final String REPO = "http://linux.duke.edu/metadata/repo";

  private final String folder;
  private final String name;
  private final long timestamp;
  private final List<RpmEntry> entries;
  private final List<TreeFile> files = new ArrayList<>();
  private final Xml repomd = new Xml(4096);

  /**
   * @param folder of the channel in the tree, such as {@code rpm/v1.28}
   * @param name of the repository, for zypper's media file
   * @param timestamp seconds since 1970; yum on EL 7 refuses metadata that is older than its own
   * @param entries all below {@code folder}, in the order in which they are listed
   */
  RpmChannel(String folder, String name, long timestamp, List<RpmEntry> entries) {
    this.folder = folder;
    this.name = name;
    this.timestamp = timestamp;
    this.entries = entries;
  }

  Index render() {
    repomd.raw("<repomd xmlns=\"" + REPO + "\" xmlns:rpm=\"" + RPM + "\">\n");
    repomd.element("  ", "revision", Long.toString(timestamp));
    data("primary", primary());
    data("filelists", filelists());
    data("other", other());
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

  private void data(String type, Xml xml) {
    byte[] open = xml.toString().getBytes(StandardCharsets.UTF_8);
    byte[] packed = Gzip.compress(open);
    Sha256 sha256 = Sha256.of(packed);
    String location = "repodata/" + sha256 + "-" + type + ".xml.gz";
    files.add(new TreeFile(folder + "/" + location, Stage.PAYLOAD, Blob.of(packed), sha256));
    repomd.raw("  <data").attribute("type", type).raw(">\n");
    repomd.raw("    <checksum type=\"sha256\">" + sha256 + "</checksum>\n");
    repomd.raw("    <open-checksum type=\"sha256\">" + Sha256.of(open) + "</open-checksum>\n");
    repomd.raw("    <location").attribute("href", location).raw("/>\n");
    repomd.element("    ", "timestamp", Long.toString(timestamp));
    repomd.element("    ", "size", Integer.toString(packed.length));
    repomd.element("    ", "open-size", Integer.toString(open.length));
    repomd.raw("  </data>\n");
  }

  private Xml primary() {
    Xml xml = new Xml(entries.size() * 2048 + 1024);
    xml.raw("<metadata xmlns=\"" + COMMON + "\" xmlns:rpm=\"" + RPM + "\"");
    xml.attribute("packages", entries.size()).raw(">\n");
    entries.forEach(entry -> primary(xml, entry));
    return xml.raw("</metadata>\n");
  }

  private void primary(Xml xml, RpmEntry entry) {
    RpmPackage rpm = entry.rpm();
    xml.raw("<package type=\"rpm\">\n");
    xml.element("  ", "name", rpm.name()).element("  ", "arch", rpm.arch());
    version(xml, rpm);
    xml.raw("  <checksum type=\"sha256\" pkgid=\"YES\">" + rpm.sha256() + "</checksum>\n");
    xml.element("  ", "summary", rpm.summary());
    xml.element("  ", "description", rpm.description());
    xml.element("  ", "packager", rpm.packager()).element("  ", "url", rpm.url());
    // The file's own time is the day it was built: a copy has another, and bytes must not differ.
    xml.raw("  <time").attribute("file", rpm.buildTime());
    xml.attribute("build", rpm.buildTime()).raw("/>\n");
    xml.raw("  <size").attribute("package", rpm.size());
    xml.attribute("installed", rpm.installedSize());
    xml.attribute("archive", rpm.archiveSize()).raw("/>\n");
    xml.raw("  <location").attribute("href", entry.path().substring(folder.length() + 1));
    xml.raw("/>\n  <format>\n");
    format(xml, rpm);
    xml.raw("  </format>\n</package>\n");
  }

  private static void format(Xml xml, RpmPackage rpm) {
    xml.element("    ", "rpm:license", rpm.license());
    xml.element("    ", "rpm:vendor", rpm.vendor());
    xml.element("    ", "rpm:group", rpm.group());
    xml.element("    ", "rpm:buildhost", rpm.buildHost());
    xml.element("    ", "rpm:sourcerpm", rpm.sourceRpm());
    xml.raw("    <rpm:header-range").attribute("start", rpm.headerStart());
    xml.attribute("end", rpm.headerEnd()).raw("/>\n");
    dependencies(xml, "provides", rpm.provides());
    dependencies(xml, "requires", RpmRequires.of(rpm));
    dependencies(xml, "conflicts", rpm.conflicts());
    dependencies(xml, "obsoletes", rpm.obsoletes());
    dependencies(xml, "suggests", rpm.suggests());
    dependencies(xml, "recommends", rpm.recommends());
    for (RpmPackage.File file : rpm.files()) {
      if (RpmRequires.isPrimary(file.path())) {
        file(xml, "    ", file);
      }
    }
  }

  private static void dependencies(Xml xml, String kind, List<RpmDependency> dependencies) {
    if (dependencies.isEmpty()) {
      return;
    }
    xml.raw("    <rpm:").raw(kind).raw(">\n");
    for (RpmDependency dependency : dependencies) {
      xml.raw("      <rpm:entry").attribute("name", dependency.name());
      if (!dependency.comparison().isEmpty()) {
        xml.attribute("flags", dependency.comparison());
        evr(xml, dependency.version());
      }
      if (kind.equals("requires") && dependency.isPrerequisite()) {
        xml.attribute("pre", 1);
      }
      xml.raw("/>\n");
    }
    xml.raw("    </rpm:").raw(kind).raw(">\n");
  }

  /** {@code [epoch:]version[-release]} as attributes. */
  private static void evr(Xml xml, String text) {
    int colon = text.indexOf(':');
    int dash = text.lastIndexOf('-');
    xml.attribute("epoch", colon < 0 ? "0" : text.substring(0, colon));
    xml.attribute("ver", text.substring(colon + 1, dash < 0 ? text.length() : dash));
    if (dash >= 0) {
      xml.attribute("rel", text.substring(dash + 1));
    }
  }

  private static void version(Xml xml, RpmPackage rpm) {
    xml.raw("  <version").attribute("epoch", rpm.epoch());
    xml.attribute("ver", rpm.version()).attribute("rel", rpm.release()).raw("/>\n");
  }

  private static void file(Xml xml, String indent, RpmPackage.File file) {
    xml.raw(indent).raw("<file");
    if (file.kind() != RpmPackage.File.Kind.FILE) {
      xml.attribute("type", file.kind() == RpmPackage.File.Kind.DIRECTORY ? "dir" : "ghost");
    }
    xml.raw(">").escaped(file.path()).raw("</file>\n");
  }

  private Xml filelists() {
    Xml xml = new Xml(entries.size() * 512 + 1024);
    xml.raw("<filelists xmlns=\"" + FILELISTS + "\"");
    xml.attribute("packages", entries.size()).raw(">\n");
    for (RpmEntry entry : entries) {
      open(xml, entry.rpm());
      entry.rpm().files().forEach(file -> file(xml, "  ", file));
      xml.raw("</package>\n");
    }
    return xml.raw("</filelists>\n");
  }

  private Xml other() {
    Xml xml = new Xml(entries.size() * 512 + 1024);
    xml.raw("<otherdata xmlns=\"" + OTHER + "\"");
    xml.attribute("packages", entries.size()).raw(">\n");
    for (RpmEntry entry : entries) {
      open(xml, entry.rpm());
      List<RpmPackage.Change> changes = entry.rpm().changelog();
      for (int i = Math.min(MAX_CHANGES, changes.size()) - 1; i >= 0; i--) {
        RpmPackage.Change change = changes.get(i);
        xml.raw("  <changelog").attribute("author", change.author());
        xml.attribute("date", change.time()).raw(">");
        xml.escaped(change.text()).raw("</changelog>\n");
      }
      xml.raw("</package>\n");
    }
    return xml.raw("</otherdata>\n");
  }

  private static void open(Xml xml, RpmPackage rpm) {
    xml.raw("<package").attribute("pkgid", rpm.sha256().hex());
    xml.attribute("name", rpm.name()).attribute("arch", rpm.arch()).raw(">\n");
    version(xml, rpm);
  }
}
