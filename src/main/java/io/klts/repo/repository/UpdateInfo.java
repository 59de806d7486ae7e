package io.klts.repo.repository;

import io.klts.repo.catalogue.Fix.Severity;
import io.klts.repo.catalogue.Identity;
import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.repository.Part.Entry;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.io.function.IOFunction;

/**
 * {@code updateinfo.xml}: an advisory for each build that fixes something, of the packages that are
 * really there. It has nothing that asks for a restart: to zypper {@code restart_suggested} means
 * zypper itself, and a patch with {@code reboot_suggested} is left out where nobody answers.
 */
final class UpdateInfo {

  private final Advisories advisories;
  private final State state;

  UpdateInfo(Identity identity, State state) {
    this.advisories = new Advisories(identity, state);
    this.state = state;
  }

  /**
   * The advisories of a part.
   *
   * @param packages those of a build which the channel lists; only asked for if there is an
   *     advisory
   */
  Piece of(String part, IOFunction<Build, List<Entry>> packages) throws IOException {
    List<Build> announced = state.builds(part).stream().filter(Build::isAnnounced).toList();
    if (announced.isEmpty()) {
      return Piece.EMPTY;
    }
    Xml xml = new Xml(1 << 14);
    for (Build build : announced) {
      List<Entry> rpms = rpms(packages.apply(build));
      if (!rpms.isEmpty()) {
        advisory(xml, build, rpms);
      }
    }
    return Piece.of(xml.toString());
  }

  /** Each file once, though an add-on's lies in several channels. */
  private static List<Entry> rpms(List<Entry> packages) {
    Set<String> seen = new HashSet<>();
    return packages.stream().filter(p -> p.isRpm() && seen.add(p.fileName())).toList();
  }

  private void advisory(Xml xml, Build build, List<Entry> rpms) throws IOException {
    String date = build.published() + " 00:00:00";
    xml.raw("<update").attribute("from", advisories.address()).attribute("status", "final");
    xml.attribute("type", "security").attribute("version", 1).raw(">\n");
    xml.element("  ", "id", advisories.id(build));
    xml.element("  ", "title", advisories.title(build) + " security update");
    xml.raw("  <issued").attribute("date", date).raw("/>\n");
    xml.raw("  <updated").attribute("date", date).raw("/>\n");
    advisories
        .severity(build)
        .ifPresent(severity -> xml.element("  ", "severity", asDnfSpellsIt(severity)));
    xml.element("  ", "summary", advisories.title(build) + " security update");
    xml.element(
        "  ",
        "description",
        advisories.title(build) + " fixes " + String.join(", ", build.fixes()) + ".");
    xml.raw("  <references>\n");
    for (String cve : build.fixes()) {
      xml.raw("    <reference").attribute("href", Advisories.url(cve)).attribute("id", cve);
      xml.attribute("title", cve).attribute("type", "cve").raw("/>\n");
    }
    xml.raw("  </references>\n  <pkglist>\n    <collection>\n");
    for (Entry rpm : rpms) {
      ChannelPackage.FileName file = ChannelPackage.fileName(rpm);
      xml.raw("      <package").attribute("name", file.name());
      // No package of ours has another epoch.
      xml.attribute("version", build.version().rpm()).attribute("release", LtsVersion.RPM_RELEASE);
      xml.attribute("epoch", 0).attribute("arch", file.arch()).raw(">\n");
      xml.element("        ", "filename", rpm.fileName());
      xml.raw("      </package>\n");
    }
    xml.raw("    </collection>\n  </pkglist>\n</update>\n");
  }

  private static String asDnfSpellsIt(Severity severity) {
    return switch (severity) {
      case CRITICAL -> "Critical";
      case HIGH -> "Important";
      case MEDIUM -> "Moderate";
      case LOW -> "Low";
    };
  }
}
