package io.klts.repo.repository;

import io.klts.repo.rpm.RpmDependency;
import io.klts.repo.rpm.RpmPackage;
import java.util.List;

/** What the three documents of rpm-md say of one package, in the manner of createrepo. */
final class RpmElements {

  /** As createrepo: the newest ones. */
  private static final int MAX_CHANGES = 10;

  private RpmElements() {}

  /**
   * The element of {@code primary.xml}.
   *
   * @param href where the package lies, seen from its channel
   */
  static String primary(RpmPackage rpm, String href) {
    Xml xml = new Xml(2048);
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
    xml.raw("  <location").attribute("href", href);
    xml.raw("/>\n  <format>\n");
    format(xml, rpm);
    return xml.raw("  </format>\n</package>\n").toString();
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

  /** The element of {@code filelists.xml}. */
  static String filelists(RpmPackage rpm) {
    Xml xml = new Xml(512);
    open(xml, rpm);
    rpm.files().forEach(file -> file(xml, "  ", file));
    return xml.raw("</package>\n").toString();
  }

  /** The element of {@code other.xml}. */
  static String other(RpmPackage rpm) {
    Xml xml = new Xml(512);
    open(xml, rpm);
    List<RpmPackage.Change> changes = rpm.changelog();
    for (int i = Math.min(MAX_CHANGES, changes.size()) - 1; i >= 0; i--) {
      RpmPackage.Change change = changes.get(i);
      xml.raw("  <changelog").attribute("author", change.author());
      xml.attribute("date", change.time()).raw(">");
      xml.escaped(change.text()).raw("</changelog>\n");
    }
    return xml.raw("</package>\n").toString();
  }

  private static void open(Xml xml, RpmPackage rpm) {
    xml.raw("<package").attribute("pkgid", rpm.sha256().hex());
    xml.attribute("name", rpm.name()).attribute("arch", rpm.arch()).raw(">\n");
    version(xml, rpm);
  }
}
