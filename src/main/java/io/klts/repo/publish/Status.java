package io.klts.repo.publish;

import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.catalogue.Minor;
import io.klts.repo.recipe.Format;
import io.klts.repo.repository.ChannelPackage;
import io.klts.repo.repository.ReleaseEntry;
import io.klts.repo.repository.State;
import io.klts.repo.signature.Finding;
import io.klts.repo.signature.KeyLint;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.tree.Generations.Generation;
import io.klts.repo.tree.Manifest;
import io.klts.repo.tree.Prune;
import io.klts.repo.tree.StoredTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a tree is: what is in it, and for how long it is good without anybody doing anything. It says
 * nothing about the bytes of its files.
 *
 * @param serial of the tree
 * @param published when the serial came into this folder, in ISO form; empty if nothing did
 * @param channels one for each minor
 * @param files how many the manifest lists
 * @param bytes of those
 * @param olderBytes of files that only earlier generations need
 * @param prunableBytes of those that {@code prune} would delete now
 * @param generations serials of the earlier states that are kept, the newest first
 * @param keys that the tree offers
 * @param validity how long the indexes hold
 * @param unfinished whether files of a change are in place that has not ended
 * @param running who changes the tree now; empty if nobody does, as far as can be seen
 * @param problems why clients or the next publication fail, or soon will
 * @param warnings what becomes a problem later
 */
public record Status(
    long serial,
    String published,
    List<Channel> channels,
    int files,
    long bytes,
    long olderBytes,
    long prunableBytes,
    List<Long> generations,
    List<Key> keys,
    Validity validity,
    boolean unfinished,
    String running,
    List<String> problems,
    List<String> warnings) {

  /**
   * A channel of a minor.
   *
   * @param channel such as {@code v1.28}
   * @param releases without those that are withdrawn
   * @param withdrawn how many releases were withdrawn
   * @param newest tag of the newest release; empty if all are withdrawn
   * @param rpms how many it lists
   * @param debs how many it lists
   */
  public record Channel(
      String channel, int releases, int withdrawn, String newest, int rpms, int debs) {}

  /**
   * A key that the tree offers.
   *
   * @param path in the tree
   * @param fingerprint in 40 hexadecimal digits
   * @param userId whose key it is
   * @param signs whether it is the one that signed the tree
   * @param expires in ISO form; empty if it never does
   * @param daysLeft whole days until then; {@code null} if it never does
   */
  public record Key(
      String path,
      String fingerprint,
      String userId,
      boolean signs,
      String expires,
      Long daysLeft) {}

  /**
   * How long the indexes hold.
   *
   * @param date of the newest one
   * @param days from their dates on; 0 for ever
   * @param until when the first one ends; empty if none does
   * @param daysLeft whole days until then; {@code null} if none does
   */
  public record Validity(String date, int days, String until, Long daysLeft) {}

  /** Less than this is left when somebody has to act: a timer has failed more than once. */
  private static final Duration SOON = Duration.ofDays(2);

  public Status {
    channels = List.copyOf(channels);
    generations = List.copyOf(generations);
    keys = List.copyOf(keys);
    problems = List.copyOf(problems);
    warnings = List.copyOf(warnings);
  }

  /** Whether nobody has to do anything now. */
  public boolean isHealthy() {
    return problems.isEmpty();
  }

  /**
   * Looks at a tree and changes nothing.
   *
   * @throws IOException if its state cannot be read
   */
  public static Status of(StoredTree tree, Instant now) throws IOException {
    return new Look(tree, now).status();
  }

  private static final class Look {

    private final StoredTree tree;
    private final Instant now;
    private final List<String> problems = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    Look(StoredTree tree, Instant now) {
      this.tree = tree;
      this.now = now;
    }

    Status status() throws IOException {
      State state = State.read(Sources.present(tree));
      Manifest manifest = tree.manifest();
      Path file = tree.root().resolve(Manifest.PATH);
      Optional<String> running = tree.running();
      List<Generation> generations = tree.generations().all();
      if (tree.unfinished() && running.isEmpty()) {
        problems.add("a run died in the middle of a change; run the same again, which finishes it");
      }
      return new Status(
          manifest.serial(),
          Files.exists(file)
              ? Files.getLastModifiedTime(file)
                  .toInstant()
                  .truncatedTo(ChronoUnit.SECONDS)
                  .toString()
              : "",
          channels(state),
          manifest.entries().size(),
          manifest.entries().values().stream().mapToLong(Manifest.Entry::size).sum(),
          Prune.plan(tree, generations, 0, Duration.ZERO, Instant.MAX).bytes(),
          Prune.plan(tree, generations, Prune.KEEP, Duration.ofHours(Prune.KEEP_HOURS), now)
              .bytes(),
          generations.stream().map(Generation::serial).toList(),
          keys(manifest),
          validity(state),
          tree.unfinished(),
          running.orElse(""),
          problems,
          warnings);
    }

    private static List<Channel> channels(State state) throws IOException {
      List<ChannelPackage> listed = state.listed();
      List<Channel> channels = new ArrayList<>();
      for (Minor minor : state.minors()) {
        List<ReleaseEntry> all = state.releases(minor);
        List<LtsVersion> there =
            all.stream()
                .filter(release -> release.withdrawn() == null)
                .map(release -> LtsVersion.parse(release.version()))
                .toList();
        channels.add(
            new Channel(
                minor.channel(),
                there.size(),
                all.size() - there.size(),
                there.isEmpty() ? "" : there.get(there.size() - 1).tag(),
                count(listed, minor, Format.RPM),
                count(listed, minor, Format.DEB)));
      }
      return channels;
    }

    private static int count(List<ChannelPackage> listed, Minor minor, Format format) {
      return (int)
          listed.stream()
              .filter(p -> p.channel().equals(minor.channel()) && p.format() == format)
              .count();
    }

    private Validity validity(State state) {
      Optional<Instant> until = state.validUntil();
      if (until.isPresent() && until.get().isBefore(now.plus(SOON))) {
        String end = until.get().isAfter(now) ? "the indexes end at " : "the indexes ended at ";
        problems.add(end + until.get() + ": apt refuses them from then on; run refresh");
      }
      return new Validity(
          state.date().toString(),
          state.validity().validDays(),
          text(until),
          until.map(this::daysLeft).orElse(null));
    }

    private List<Key> keys(Manifest manifest) {
      List<Key> keys = new ArrayList<>();
      for (String path : manifest.entries().keySet()) {
        if (path.matches("keys/.*\\.asc")) {
          try {
            for (PublicKey key : PublicKey.readAll(Files.readAllBytes(tree.root().resolve(path)))) {
              if (keys.stream().noneMatch(k -> k.fingerprint().equals(key.fingerprint()))) {
                keys.add(key(path, key));
              }
            }
          } catch (IOException e) {
            problems.add(path + " cannot be used: " + e.getMessage());
          }
        }
      }
      if (manifest.keys().isEmpty()) {
        warnings.add("the tree is not signed: every client refuses it");
      }
      for (String signer : manifest.keys()) {
        if (keys.stream().noneMatch(key -> key.fingerprint().equals(signer))) {
          problems.add("keys/ lacks " + signer + ", which signed the tree");
        }
      }
      return keys;
    }

    private Key key(String path, PublicKey key) {
      boolean signs = tree.manifest().keys().contains(key.fingerprint());
      for (Finding finding : KeyLint.check(key, now)) {
        (signs && finding.refuses() ? problems : warnings).add(path + ": " + finding);
      }
      return new Key(
          path,
          key.fingerprint(),
          key.userId(),
          signs,
          text(key.expires()),
          key.expires().map(this::daysLeft).orElse(null));
    }

    private long daysLeft(Instant end) {
      return Math.floorDiv(Duration.between(now, end).toSeconds(), Duration.ofDays(1).toSeconds());
    }

    private static String text(Optional<Instant> time) {
      return time.map(Instant::toString).orElse("");
    }
  }
}
