package io.klts.repo.repository;

import io.klts.repo.repository.Part.DebEntry;
import io.klts.repo.repository.Part.RpmEntry;
import io.klts.repo.repository.RpmChannel.Kind;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What a part adds to the indexes with everything.
 *
 * @param rpms how many of its rpms are listed
 * @param documents its pieces of rpm-md
 * @param packages its stanzas by Debian's names of the architectures
 */
record PartPieces(int rpms, Map<Kind, Piece> documents, SortedMap<String, Piece> packages) {

  /** Renders a part. */
  static PartPieces of(Part part, SortedSet<String> archs) throws IOException {
    List<RpmEntry> rpms = eachOnce(part.rpms());
    SortedMap<String, Piece> packages = new TreeMap<>();
    for (String arch : archs) {
      packages.put(arch, stanzas(part.debs(), arch));
    }
    return new PartPieces(
        rpms.size(),
        Map.of(
            Kind.PRIMARY, elements(rpms, PartPieces::seenFromAbove),
            Kind.FILELISTS, elements(rpms, RpmEntry::filelists),
            Kind.OTHER, elements(rpms, RpmEntry::other)),
        packages);
  }

  /** An add-on lies in several channels; a client that sees all of them needs it once. */
  private static List<RpmEntry> eachOnce(List<RpmEntry> rpms) {
    Set<String> seen = new HashSet<>();
    return rpms.stream().filter(rpm -> seen.add(rpm.fileName())).toList();
  }

  /** Markup in texts is escaped, so the words below are those of the element itself. */
  private static String seenFromAbove(RpmEntry rpm) {
    String location = "  <location href=\"";
    int at = rpm.primary().indexOf(location) + location.length();
    return rpm.primary().substring(0, at) + rpm.channel() + "/" + rpm.primary().substring(at);
  }

  static Piece elements(List<RpmEntry> rpms, Function<RpmEntry, String> element) {
    StringBuilder text = new StringBuilder(rpms.size() * 1024);
    rpms.forEach(rpm -> text.append(element.apply(rpm)));
    return Piece.of(text);
  }

  /** The stanzas of one architecture, as apt's {@code Packages} has them. */
  static Piece stanzas(List<DebEntry> debs, String arch) throws IOException {
    StringBuilder text = new StringBuilder(debs.size() * 512);
    for (DebEntry deb : debs) {
      if (deb.arch().equals(arch)) {
        text.append(deb.control());
        text.append("Filename: ").append(deb.path(), "apt/".length(), deb.path().length());
        text.append("\nSize: ").append(deb.size());
        text.append("\nSHA256: ").append(deb.sha256()).append("\n\n");
      }
    }
    return Piece.withXz(text);
  }
}
