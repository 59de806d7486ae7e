package io.klts.repo.repository;

import io.klts.repo.catalogue.Arch;
import io.klts.repo.catalogue.Identity;
import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.catalogue.Minor;
import io.klts.repo.recipe.PackageSpec;
import io.klts.repo.repository.State.DebEntry;
import io.klts.repo.repository.State.ReleaseEntry;
import io.klts.repo.repository.State.RpmEntry;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

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

  /** The folders that hold the indexes of a minor's channels, and nothing else. */
  public static List<String> indexFolders(Minor minor) {
    String rpm = RPM_FOLDER + "/" + minor.channel();
    return List.of(rpm + "/repodata", rpm + "/media.1", "apt/dists/" + minor.channel());
  }

  /** The files from which clients of a minor's channels begin. */
  public static List<String> roots(Minor minor) {
    return List.of(
        RPM_FOLDER + "/" + minor.channel() + "/repodata/repomd.xml",
        "apt/dists/" + minor.channel() + "/Release");
  }

  /**
   * Renders the channels of some minors, then the channels with everything; several at once.
   *
   * @param minors whose channels are wanted; all are given to render every index
   */
  public List<Index> render(Collection<Minor> minors) throws IOException {
    Map<String, List<RpmEntry>> rpms =
        state.rpms().stream().collect(Collectors.groupingBy(r -> channel(r.path())));
    Map<Minor, List<DebEntry>> debs = debsByMinor();
    List<Callable<Index>> work = new ArrayList<>();
    // The largest first, so that no processor waits for them at the end.
    work.add(() -> suite(APT_ALL, state.releases(), state.debs()));
    work.add(() -> rpmChannel("", state.releases(), everyRpmOnce()));
    for (Minor minor : minors) {
      List<ReleaseEntry> releases = releases(minor);
      String channel = minor.channel();
      work.add(() -> rpmChannel(channel, releases, rpms.getOrDefault(channel, List.of())));
      work.add(() -> suite(channel, releases, debs.getOrDefault(minor, List.of())));
    }
    List<Index> indexes = new ArrayList<>(parallel(work));
    Collections.reverse(indexes);
    return indexes;
  }

  private static List<Index> parallel(List<Callable<Index>> work) throws IOException {
    ExecutorService workers =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    try {
      List<Index> indexes = new ArrayList<>();
      for (Future<Index> index : workers.invokeAll(work)) {
        indexes.add(index.get());
      }
      return indexes;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while indexes were rendered");
    } catch (ExecutionException e) {
      throw new IOException("an index cannot be rendered: " + e.getCause().getMessage(), e);
    } finally {
      workers.shutdownNow();
    }
  }

  /** Of {@code rpm/v1.28/…}. */
  private static String channel(String rpmPath) {
    int from = RPM_FOLDER.length() + 1;
    return rpmPath.substring(from, rpmPath.indexOf('/', from));
  }

  private Map<Minor, List<DebEntry>> debsByMinor() {
    Map<String, Minor> minors = new HashMap<>();
    state.releases().forEach(r -> minors.put(r.version(), LtsVersion.parse(r.version()).minor()));
    Map<Minor, List<DebEntry>> debs = new HashMap<>();
    for (DebEntry deb : state.debs()) {
      deb.releases().stream()
          .map(minors::get)
          .distinct()
          .forEach(minor -> debs.computeIfAbsent(minor, m -> new ArrayList<>()).add(deb));
    }
    return debs;
  }

  /** An add-on lies in several channels; a client that sees all of them needs it once. */
  private List<RpmEntry> everyRpmOnce() {
    Set<String> seen = new HashSet<>();
    return state.rpms().stream()
        .filter(r -> seen.add(r.path().substring(r.path().lastIndexOf('/'))))
        .toList();
  }

  private Index rpmChannel(String channel, List<ReleaseEntry> releases, List<RpmEntry> entries) {
    String folder = channel.isEmpty() ? RPM_FOLDER : RPM_FOLDER + "/" + channel;
    String name = (identity.name() + " " + channel).strip();
    return new RpmChannel(folder, name, timestamp(releases), entries).render();
  }

  private Index suite(String name, List<ReleaseEntry> releases, List<DebEntry> entries)
      throws IOException {
    Instant date = Instant.ofEpochSecond(timestamp(releases));
    return new AptSuite(name, identity, date, archs(releases), entries).render();
  }

  private static SortedSet<String> archs(Collection<ReleaseEntry> releases) {
    SortedSet<String> archs = new TreeSet<>();
    for (ReleaseEntry release : releases) {
      release.archs().forEach(a -> archs.add(Arch.find(a).orElseThrow().deb()));
    }
    return archs;
  }

  /** The newest day of publication, so that the same content has the same date everywhere. */
  private static long timestamp(List<ReleaseEntry> releases) {
    return releases.stream()
        .map(r -> LocalDate.parse(r.published()).atStartOfDay(ZoneOffset.UTC).toEpochSecond())
        .max(Long::compare)
        .orElse(0L);
  }

  private List<ReleaseEntry> releases(Minor minor) {
    return state.releases().stream()
        .filter(r -> LtsVersion.parse(r.version()).minor().equals(minor))
        .toList();
  }
}
