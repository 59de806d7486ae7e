package io.klts.repo.publish;

import io.klts.repo.build.BuildPlan;
import io.klts.repo.build.BuiltPackage;
import io.klts.repo.build.PackageBuild;
import io.klts.repo.build.Project;
import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.compress.BlockCache;
import io.klts.repo.compress.Compressor;
import io.klts.repo.elf.TinyElf;
import io.klts.repo.gate.Gate;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.signature.SecretKey;
import io.klts.repo.signature.Signer;
import io.klts.repo.site.Installer;
import io.klts.repo.site.Page;
import io.klts.repo.site.Site;
import io.klts.repo.tree.ListedMirror;
import io.klts.repo.tree.LocalTree;
import io.klts.repo.tree.Rotation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.io.function.IOConsumer;

/** A small tree that is published in this process, of tiny programs, with recipes of its own. */
public final class TinyTree {

  /** What its tree is made of. */
  static final Path GOLDEN = Path.of("src/test/resources/golden");

  /** Where clients find it. */
  public static final String URL = "https://packages.example.org/gold";

  private final Path folder;

  /** A tree in a folder that exists. */
  public TinyTree(Path folder) throws IOException {
    this.folder = folder;
    Path binaries = binaries();
    TinyElf runc = TinyElf.amd64().interpreter("/lib64/ld-linux-x86-64.so.2").gnuHash();
    runc.needs("libc.so.6", "GLIBC_2.4", "GLIBC_2.34").needs("libseccomp.so.2");
    write(binaries.resolve("amd64/kubelet"), TinyElf.amd64());
    write(binaries.resolve("amd64/runc"), runc);
    write(binaries.resolve("arm/kubelet"), TinyElf.armhf());
  }

  private static void write(Path file, TinyElf program) throws IOException {
    Files.createDirectories(file.getParent());
    program.write(file);
  }

  private Path binaries() {
    return folder.resolve("binaries");
  }

  /** Where the tree is. */
  public Path root() {
    return folder.resolve("tree");
  }

  /** Where clients find it, and the installer of this project. */
  public static Site site(String url) throws IOException {
    return new Site(
        url,
        Installer.read(Path.of(Installer.PATH), List.of()),
        Page.load(Path.of("repo-templates")));
  }

  /** The key that signs it. */
  public static SecretKey key() throws IOException {
    return SecretKey.load(
        Path.of("src/test/resources/keys/good.asc"),
        new char[0],
        Instant.parse("2026-01-01T00:00:00Z"));
  }

  /** The other key, with which {@link #key} can be changed. */
  public static SecretKey otherKey() throws IOException {
    return SecretKey.load(
        Path.of("src/test/resources/keys/passphrase.asc"),
        "correct horse".toCharArray(),
        Instant.parse("2026-01-01T00:00:00Z"));
  }

  private static void guide(Publication publication) throws IOException {
    publication.guide(Path.of("repo-templates"), Optional.of("rsync://example.org/gold"));
  }

  /** A change of the publication, up to its commit. */
  interface Change {
    Publication.Outcome apply(Publication publication) throws IOException;
  }

  /** Changes the tree, with some keys at hand. */
  Publication.Outcome change(List<Signer> given, Change change) throws IOException {
    Project project = Project.load(GOLDEN.resolve("templates"));
    try (LocalTree tree = LocalTree.open(root(), Duration.ZERO, holder -> {})) {
      Publication publication =
          new Publication(tree, project.catalogue().identity(), site(URL), given);
      guide(publication);
      return change.apply(publication);
    }
  }

  /** Brings a change of keys to a step, with some keys at hand. */
  Publication.Outcome rotate(List<Signer> given, Rotation.Step step, Instant now)
      throws IOException {
    Optional<PublicKey> next = Optional.of(otherKey().key());
    return change(
        given,
        publication -> {
          if (step == Rotation.Step.ANNOUNCED) {
            publication.announce(next, now);
          } else {
            publication.rotate(step, now);
          }
          return publication.commitAll();
        });
  }

  /** Sends clients to some mirrors. */
  public void list(List<ListedMirror> mirrors) throws IOException {
    change(
        List.of(key()),
        publication -> {
          publication.list(mirrors);
          return publication.commit();
        });
  }

  /** Signs with both keys from now on, the older one last. */
  public void dualSign() throws IOException {
    Instant now = Instant.parse("2026-11-25T00:00:00Z");
    rotate(List.of(key()), Rotation.Step.ANNOUNCED, now);
    rotate(List.of(key(), otherKey()), Rotation.Step.DUAL_SIGNED, now);
  }

  /** Ends the change that {@link #dualSign} began: the older key signs no more. */
  public void retire() throws IOException {
    Instant now = Instant.parse("2026-11-25T00:00:00Z");
    List<Signer> both = List.of(key(), otherKey());
    rotate(both, Rotation.Step.SWITCHED, now);
    change(
        both,
        publication -> {
          publication.retire(now);
          return publication.commitAll();
        });
  }

  /** Gives the indexes a date, and an end after some days. */
  public void refresh(Instant now, int validDays) throws IOException {
    change(
        List.of(key()),
        publication -> {
          publication.refresh(now, validDays);
          return publication.commitAll();
        });
  }

  /** Publishes a release as it should be. */
  public void publish(String release) throws IOException {
    publish(release, List.of(key()));
  }

  /** Publishes a release, with some keys at hand. */
  void publish(String release, List<Signer> given) throws IOException {
    publish(release, URL, given, Clock.systemUTC(), built -> {});
  }

  /** Publishes a release with something wrong. */
  void publish(String release, String url, Clock clock, IOConsumer<List<BuiltPackage>> sabotage)
      throws IOException {
    publish(release, url, List.of(key()), clock, sabotage);
  }

  /**
   * Publishes a release that may have something wrong.
   *
   * @param url of the tree
   * @param clock of the gate
   * @param sabotage of the packages, before they are added
   */
  private void publish(
      String release,
      String url,
      List<Signer> given,
      Clock clock,
      IOConsumer<List<BuiltPackage>> sabotage)
      throws IOException {
    Project project = Project.load(GOLDEN.resolve("templates"));
    LtsVersion version = LtsVersion.parse(release);
    Path archives = folder.resolve("archives");
    BuildPlan plan = BuildPlan.of(project, version, binaries(), Set.of(), archives);
    try (LocalTree tree = LocalTree.open(root(), Duration.ZERO, holder -> {});
        Compressor compressor =
            new Compressor(
                BlockCache.at(folder.resolve("cache"), Long.MAX_VALUE), 1, (bytes, known) -> {})) {
      Publication publication =
          new Publication(tree, project.catalogue().identity(), site(url), given, new Gate(clock));
      guide(publication);
      Optional<Signer> signer = publication.signers().primary();
      PackageBuild build = new PackageBuild(project, compressor, signer, 1, () -> {});
      List<BuiltPackage> built = build.run(plan, tree.scratch().resolve("packages"));
      sabotage.accept(built);
      publication.add(plan, built);
      publication.commit();
    }
  }
}
