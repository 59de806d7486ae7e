package io.klts.repo.repository;

import io.klts.repo.catalogue.Arch;
import io.klts.repo.catalogue.Identity;
import io.klts.repo.catalogue.Minor;
import io.klts.repo.recipe.PackageSpec;
import io.klts.repo.repository.State.DebEntry;
import io.klts.repo.repository.State.ReleaseEntry;
import io.klts.repo.repository.State.RpmEntry;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** All channels of a tree: one for each minor and one with everything, for rpm and for apt. */
public final class Repository {

  /** The folder of the rpm channels; itself the channel with everything. */
  public static final String RPM_FOLDER = "rpm";

  /** The apt suite with everything. */
  public static final String APT_ALL = "stable";

  private final Identity identity;
  private final State state;

  /** The channels of a state. */
  public Repository(Identity identity, State state) {
    this.identity = identity;
    this.state = state;
  }

  /** Where an rpm of a minor's channel goes: {@code rpm/v1.28/x86_64/<file name>}. */
  public static String rpmPath(Minor minor, Arch arch, String fileName) {
    return RPM_FOLDER + "/" + minor.channel() + "/" + arch.rpm() + "/" + fileName;
  }

  /** Where a Debian package goes: {@code apt/pool/main/k/kubeadm/<file name>}. */
  public static String debPath(PackageSpec spec, String fileName) {
    String name = spec.name();
    // Debian's own pools group libraries by four letters.
    String group = name.startsWith("lib") ? name.substring(0, 4) : name.substring(0, 1);
    return "apt/pool/main/" + group + "/" + name + "/" + fileName;
  }

  /** Renders every index, from oldest minor to newest, the channels with everything last. */
  public List<Index> render() throws IOException {
    List<Index> indexes = new ArrayList<>();
    for (Minor minor : state.minors()) {
      Set<String> releases = state.releases(minor);
      indexes.add(rpmChannel(minor));
      indexes.add(
          suite(
              minor.channel(),
              releases,
              state.debs().stream()
                  .filter(d -> !Collections.disjoint(d.releases(), releases))
                  .toList()));
    }
    indexes.add(
        new RpmChannel(RPM_FOLDER, identity.name(), timestamp(null), everyRpmOnce()).render());
    indexes.add(suite(APT_ALL, null, List.copyOf(state.debs())));
    return indexes;
  }

  private Index rpmChannel(Minor minor) {
    String folder = RPM_FOLDER + "/" + minor.channel();
    List<RpmEntry> entries =
        state.rpms().stream().filter(r -> r.path().startsWith(folder + "/")).toList();
    return new RpmChannel(
            folder,
            identity.name() + " " + minor.channel(),
            timestamp(state.releases(minor)),
            entries)
        .render();
  }

  /** An add-on lies in several channels; a client that sees all of them needs it once. */
  private List<RpmEntry> everyRpmOnce() {
    Set<String> seen = new HashSet<>();
    return state.rpms().stream()
        .filter(r -> seen.add(r.path().substring(r.path().lastIndexOf('/'))))
        .toList();
  }

  private Index suite(String name, Set<String> releases, List<DebEntry> entries)
      throws IOException {
    return new AptSuite(
            name,
            identity,
            Instant.ofEpochSecond(timestamp(releases)),
            archs(selected(releases)),
            entries)
        .render();
  }

  private static SortedSet<String> archs(Collection<ReleaseEntry> releases) {
    SortedSet<String> archs = new TreeSet<>();
    for (ReleaseEntry release : releases) {
      release.archs().forEach(a -> archs.add(Arch.find(a).orElseThrow().deb()));
    }
    return archs;
  }

  /** The newest day of publication, so that the same content has the same date everywhere. */
  private long timestamp(Set<String> releases) {
    return selected(releases).stream()
        .map(r -> LocalDate.parse(r.published()).atStartOfDay(ZoneOffset.UTC).toEpochSecond())
        .max(Long::compare)
        .orElse(0L);
  }

  /** The releases with these names; {@code null} stands for all. */
  private List<ReleaseEntry> selected(Set<String> releases) {
    return state.releases().stream()
        .filter(r -> releases == null || releases.contains(r.version()))
        .toList();
  }
}
