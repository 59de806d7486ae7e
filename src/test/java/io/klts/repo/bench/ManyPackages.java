package io.klts.repo.bench;

import io.klts.repo.blob.Blob;
import io.klts.repo.build.BuildPlan;
import io.klts.repo.build.BuiltPackage;
import io.klts.repo.catalogue.Arch;
import io.klts.repo.catalogue.Identity;
import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.catalogue.Release;
import io.klts.repo.deb.DebWriter;
import io.klts.repo.publish.Publication;
import io.klts.repo.recipe.Content;
import io.klts.repo.recipe.Format;
import io.klts.repo.recipe.PackageSpec;
import io.klts.repo.recipe.Relation;
import io.klts.repo.rpm.RpmWriter;
import io.klts.repo.signature.SecretKey;
import io.klts.repo.signature.Signer;
import io.klts.repo.site.Installer;
import io.klts.repo.site.Page;
import io.klts.repo.site.Site;
import io.klts.repo.tree.LocalTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * Makes a tree of many small packages with the writers of the product, for {@code
 * bench/index-scale}: as many releases as it takes, each with three packages for two architectures
 * in both formats.
 */
final class ManyPackages {

  private static final Identity IDENTITY =
      new Identity(
          "klts",
          "KLTS",
          "Kubernetes",
          "KLTS",
          "KLTS <klts@example.org>",
          "https://example.org",
          List.of());
  private static final Set<Arch> ARCHS = EnumSet.of(Arch.AMD64, Arch.ARM64);
  private static final int MINORS = 23;

  /** After so many releases, minors that shall stay small get no more. */
  private static final int SMALL = 65;

  private ManyPackages() {}

  /**
   * Arguments: the tree, the number of package files, KiB of each that do not compress, minors such
   * as 18 that have no more releases than in a tree of 65. Signed if KLTS_SIGNING_KEY names a key
   * without a passphrase.
   */
  public static void main(String[] args) throws IOException {
    Path root = Path.of(args[0]);
    int releases = (Integer.parseInt(args[1]) + 11) / 12;
    int kibibytes = args.length > 2 ? Integer.parseInt(args[2]) : 0;
    List<String> small = List.of(args).subList(Math.min(3, args.length), args.length);
    String key = System.getenv("KLTS_SIGNING_KEY");
    Optional<Signer> signer =
        key == null
            ? Optional.empty()
            : Optional.of(SecretKey.load(Path.of(key), new char[0], Instant.now()));
    try (LocalTree tree = LocalTree.open(root, Duration.ZERO, holder -> {})) {
      Path home = Path.of(System.getProperty("klts.home", ""));
      Site site =
          new Site(
              "http://127.0.0.1:8080",
              Installer.read(home.resolve(Installer.PATH), List.of()),
              Page.load(home.resolve("repo-templates")));
      Publication publication = new Publication(tree, IDENTITY, site, signer.stream().toList());
      for (int i = 0, made = 0; made < releases; i++) {
        if (made < SMALL || !small.contains(Integer.toString(minor(i)))) {
          add(publication, i, kibibytes, tree.scratch().resolve("packages"), signer);
          made++;
        }
      }
      System.out.println(publication.commit());
    }
  }

  private static void add(
      Publication publication, int index, int kibibytes, Path folder, Optional<Signer> signer)
      throws IOException {
    LtsVersion version =
        LtsVersion.parse("1." + minor(index) + "." + (100 + index / MINORS) + "-lts.1");
    Release release =
        new Release(version, LocalDate.of(2020, 1, 1).plusDays(index), Optional.of(List.of()));
    List<PackageSpec> specs = new ArrayList<>();
    List<BuiltPackage> built = new ArrayList<>();
    for (String name : List.of("kubeadm", "kubectl", "kubelet")) {
      for (Arch arch : ARCHS) {
        for (Format format : Format.values()) {
          PackageSpec spec = spec(name, arch, format, release, kibibytes);
          specs.add(spec);
          built.add(new BuiltPackage(spec, write(spec, folder, signer)));
        }
      }
    }
    publication.add(new BuildPlan(release, Optional.empty(), ARCHS, specs), built);
  }

  private static int minor(int index) {
    return 10 + index % MINORS;
  }

  private static PackageSpec spec(
      String name, Arch arch, Format format, Release release, int kibibytes) {
    List<Relation> relations =
        List.of(
            relation("kubernetes-cni", ">=", "1.2.0"),
            relation("cri-tools", ">=", "1.25.0"),
            relation("util-linux", "", ""));
    return new PackageSpec(
        name,
        Optional.of(arch),
        format,
        IDENTITY,
        "Part of Kubernetes",
        "A small package that stands for a large one.\nIt has two lines of description.",
        "https://kubernetes.io",
        "Apache-2.0",
        "admin",
        List.of(
            new Content.Directory("/etc/kubernetes/manifests", 0755),
            program("/usr/bin/" + name, name + release.version() + arch, kibibytes),
            text("/usr/lib/systemd/system/" + name + ".service", "[Unit]\n"),
            text("/usr/share/licenses/" + name + "/LICENSE", "Apache-2.0\n")),
        relations,
        Map.of(),
        List.of(release));
  }

  private static Content program(String path, String text, int kibibytes) {
    byte[] bytes =
        Arrays.copyOf(
            text.getBytes(StandardCharsets.UTF_8),
            kibibytes == 0 ? text.length() : 50 + (kibibytes << 10));
    byte[] rest = new byte[kibibytes << 10];
    new Random(text.hashCode()).nextBytes(rest);
    System.arraycopy(rest, 0, bytes, bytes.length - rest.length, rest.length);
    return new Content.Text(path, 0755, Content.Role.PLAIN, Blob.of(bytes));
  }

  private static Content text(String path, String text) {
    return new Content.Text(
        path, 0755, Content.Role.PLAIN, Blob.of(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static Relation relation(String name, String operator, String version) {
    Optional<Relation.Bound> bound =
        operator.isEmpty() ? Optional.empty() : Optional.of(new Relation.Bound(operator, version));
    return new Relation(Relation.Kind.REQUIRES, List.of(new Relation.Capability(name, bound)));
  }

  private static Path write(PackageSpec spec, Path folder, Optional<Signer> signer)
      throws IOException {
    if (spec.format() == Format.RPM) {
      Path file = folder.resolve(RpmWriter.fileName(spec));
      new RpmWriter(signer).write(spec, Map.of(), file);
      return file;
    }
    Path file = folder.resolve(DebWriter.fileName(spec));
    new DebWriter(Map.of()).write(spec, Map.of(), file);
    return file;
  }
}
