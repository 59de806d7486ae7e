package io.klts.repo.publish;

import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.repository.ChannelPackage;
import io.klts.repo.repository.ReleaseEntry;
import io.klts.repo.repository.State;
import io.klts.repo.tree.Generations.Generation;
import io.klts.repo.tree.Manifest;
import io.klts.repo.tree.StoredTree;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What changed in a tree from one serial to another, which may be the earlier one.
 *
 * @param from the one that is compared with
 * @param to the one that is looked at
 * @param releases in the order of their versions
 * @param packages by channel; the channel with everything is left out, it has those of all others
 * @param indexes paths of those from which clients begin that are not the same
 * @param definitions paths of keys and repository definitions that are not the same
 */
public record Difference(
    Side from,
    Side to,
    List<ReleaseChange> releases,
    List<PackageChange> packages,
    List<String> indexes,
    List<String> definitions) {

  /**
   * What is true of a serial as a whole.
   *
   * @param serial of the tree
   * @param key fingerprints of the keys that signed it, in the order of their signatures, with
   *     blanks between; empty if it is unsigned
   * @param date of its indexes; empty before the first publication
   * @param validDays for how many days they hold; 0 for ever
   * @param validUntil when the first one ends; empty if none does
   */
  public record Side(long serial, String key, String date, int validDays, String validUntil) {

    private static Side of(Manifest manifest, State state) {
      return new Side(
          manifest.serial(),
          String.join(" ", manifest.keys()),
          manifest.serial() == 0 ? "" : state.date().toString(),
          state.validity().validDays(),
          state.validUntil().map(Instant::toString).orElse(""));
    }
  }

  /** What happened to a release. */
  public enum Event {
    ADDED,
    REMOVED,
    WITHDRAWN,
    /** It had been withdrawn, and is not any more. */
    RETURNED,
    /** It has other architectures, fixes or another date. */
    CHANGED
  }

  /**
   * A release that is not what it was.
   *
   * @param event what happened to it
   * @param release its tag
   * @param reason why it is withdrawn; empty if it is not
   */
  public record ReleaseChange(Event event, String release, String reason) {}

  /**
   * A package that a channel has more, or less.
   *
   * @param added whether it came; else it went
   * @param channel such as {@code v1.28}
   * @param name of the package
   * @param version with the release of an rpm
   * @param arch as the format calls it
   * @param format {@code rpm} or {@code deb}
   */
  public record PackageChange(
      boolean added, String channel, String name, String version, String arch, String format) {

    private static PackageChange of(boolean added, ChannelPackage listed) {
      return new PackageChange(
          added,
          listed.channel(),
          listed.name(),
          listed.version(),
          listed.arch(),
          listed.format().name().toLowerCase(Locale.ROOT));
    }
  }

  private static final Pattern INDEX = Pattern.compile(".*/(repomd\\.xml|Release)");
  private static final Pattern DEFINITION =
      Pattern.compile(
          "keys/.*|(rpm|apt)/.*\\.(repo|conf|list|sources)|rpm/(.*/)?mirrorlist|mirrors\\.json");

  /**
   * Compares two serials.
   *
   * @param from 0 for the empty tree before the first publication; absent for the newest kept one
   *     before {@code to}
   * @param to absent for the present one
   * @throws IOException if one of them is not kept, or cannot be read
   */
  public static Difference of(StoredTree tree, Optional<Long> from, Optional<Long> to)
      throws IOException {
    Serial second = Serial.of(tree, to.orElse(tree.manifest().serial()));
    long before = from.isPresent() ? from.get() : before(tree, second.manifest.serial());
    return of(Serial.of(tree, before), second);
  }

  private static long before(StoredTree tree, long serial) throws IOException {
    return serial == 1 ? 0 : tree.generations().before(serial).serial();
  }

  private record Serial(Manifest manifest, State state) {

    static Serial of(StoredTree tree, long serial) throws IOException {
      if (serial == tree.manifest().serial()) {
        return new Serial(tree.manifest(), State.read(Sources.present(tree)));
      }
      if (serial == 0) {
        return new Serial(Manifest.empty(), State.empty());
      }
      Generation generation = tree.generations().of(serial);
      return new Serial(generation.manifest(), State.read(Sources.of(tree, generation)));
    }
  }

  private static Difference of(Serial from, Serial to) throws IOException {
    Set<String> paths = changed(from.manifest, to.manifest);
    return new Difference(
        Side.of(from.manifest, from.state),
        Side.of(to.manifest, to.state),
        releases(byVersion(from.state), byVersion(to.state)),
        packages(from.state, to.state),
        paths.stream().filter(path -> INDEX.matcher(path).matches()).toList(),
        paths.stream().filter(path -> DEFINITION.matcher(path).matches()).toList());
  }

  /** Paths whose content is another, or that only one side has. */
  private static Set<String> changed(Manifest from, Manifest to) {
    Set<String> paths = new TreeSet<>(from.entries().keySet());
    paths.addAll(to.entries().keySet());
    paths.removeIf(path -> Objects.equals(from.entries().get(path), to.entries().get(path)));
    return paths;
  }

  private static SortedMap<LtsVersion, ReleaseEntry> byVersion(State state) {
    SortedMap<LtsVersion, ReleaseEntry> releases = new TreeMap<>();
    state.releases().forEach(entry -> releases.put(LtsVersion.parse(entry.version()), entry));
    return releases;
  }

  private static List<ReleaseChange> releases(
      SortedMap<LtsVersion, ReleaseEntry> from, SortedMap<LtsVersion, ReleaseEntry> to) {
    Set<LtsVersion> versions = new TreeSet<>(from.keySet());
    versions.addAll(to.keySet());
    List<ReleaseChange> changes = new ArrayList<>();
    for (LtsVersion version : versions) {
      ReleaseEntry now = to.get(version);
      String reason = now == null || now.withdrawn() == null ? "" : now.withdrawn();
      event(from.get(version), now)
          .ifPresent(event -> changes.add(new ReleaseChange(event, version.tag(), reason)));
    }
    return changes;
  }

  private static Optional<Event> event(ReleaseEntry from, ReleaseEntry to) {
    if (from == null || to == null) {
      return Optional.of(from == null ? Event.ADDED : Event.REMOVED);
    }
    if ((from.withdrawn() == null) != (to.withdrawn() == null)) {
      return Optional.of(to.withdrawn() == null ? Event.RETURNED : Event.WITHDRAWN);
    }
    return from.equals(to) ? Optional.empty() : Optional.of(Event.CHANGED);
  }

  private static List<PackageChange> packages(State from, State to) throws IOException {
    Set<ChannelPackage> before = new TreeSet<>(from.listed());
    Set<ChannelPackage> after = new TreeSet<>(to.listed());
    Set<ChannelPackage> all = new TreeSet<>(before);
    all.addAll(after);
    return all.stream()
        .filter(listed -> before.contains(listed) != after.contains(listed))
        .map(listed -> PackageChange.of(after.contains(listed), listed))
        .toList();
  }
}
