package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * rpmlint and lintian find no error and nothing to warn of in any package, but for what is
 * overridden with its reason: for rpmlint in {@code repo-templates/lint/rpmlint.toml}, for lintian
 * in the {@code lintian-overrides} of each recipe, which are in the packages.
 */
class LintIT {

  /** Small real Go programs in the roles of large ones, because lintian reads every byte. */
  private static final Map<String, String> STAND_INS =
      Map.of(
          "kubeadm", "bandwidth",
          "kubectl", "static",
          "kubelet", "firewall",
          "crictl", "sbr",
          "containerd", "bridge",
          "ctr", "macvlan",
          "containerd-shim", "ipvlan",
          "containerd-shim-runc-v1", "portmap",
          "containerd-shim-runc-v2", "ptp");

  private static final List<String> KUBERNETES = List.of("kubeadm", "kubectl", "kubelet");

  /** What Debian's version does not have: in the laboratory it is the same file as another. */
  private static final Set<String> TWINS = Set.of("dummy", "tap", "flannel");

  private static final Path TEMPLATES = Path.of("repo-templates").toAbsolutePath();

  private Path folder;
  private Path binaries;
  private Path packages;

  /** The home folder is rpm's too: the key is known in it. */
  @BeforeEach
  void layOutAndTrustTheKey() throws IOException {
    folder = Lab.folder("lint");
    binaries = folder.resolve("binaries");
    packages = folder.resolve("packages");
    Program.of("rpmkeys", "--import", Sandbox.KEYS.resolve("good-public.asc").toString())
        .with("HOME", folder)
        .run()
        .assertOk();
  }

  @AfterEach
  void remove() throws IOException {
    Lab.remove(folder);
  }

  /** kubectl is the real one: static, as nothing that stands in for others is. */
  @Test
  void nothingToWarnOfInAnyPackage() throws IOException {
    Map<String, String> standIns = new HashMap<>(STAND_INS);
    standIns.remove("kubectl");
    try (Stream<Path> programs = Files.list(Binaries.withAddons().resolve("amd64"))) {
      layOut("amd64", programs.map(p -> p.getFileName().toString()).toList(), standIns);
    }

    nothingToWarnOf(
        "v1.28.15-lts.2",
        "containerd",
        "cri-tools",
        "kubeadm",
        "kubectl",
        "kubelet",
        "kubernetes-cni",
        "runc");
  }

  /** What the recipes say differs most between these. */
  @ParameterizedTest
  @ValueSource(strings = {"v1.10.13-lts.1", "v1.18.20-lts.3", "v1.32.13-lts.1"})
  void nothingToWarnOfInOtherLines(String release) throws IOException {
    layOut("amd64", KUBERNETES, STAND_INS);

    nothingToWarnOf(release, "kubeadm", "kubectl", "kubelet");
  }

  @Test
  void nothingToWarnOfForAnotherArchitecture() throws IOException {
    layOut(
        "arm64",
        List.of("kubeadm", "kubectl", "kubelet", "runc"),
        Map.of("kubeadm", "runc", "kubectl", "runc", "kubelet", "runc"));

    nothingToWarnOf("v1.28.15-lts.2", "kubeadm", "kubectl", "kubelet", "runc");
  }

  /** They are made with a tree, and not by a build. */
  @Test
  void nothingToWarnOfInWhatBringsKeysAndDefinitions() throws IOException {
    layOut("amd64", KUBERNETES, STAND_INS);
    List<String> arguments = new ArrayList<>(List.of(arguments("v1.28.15-lts.2")));
    arguments.set(0, "publish");
    arguments.remove("--out=" + packages);
    Path tree = folder.resolve("tree");
    arguments.addAll(List.of("--tree=" + tree, "--base-url=https://packages.example.org/klts"));
    Product.signing(arguments.toArray(String[]::new)).run().assertOk();
    Files.createDirectory(packages);
    try (Stream<Path> all = Files.walk(tree)) {
      for (Path file : all.filter(f -> f.toString().matches(".*keys\\.1.*(rpm|deb)")).toList()) {
        Files.copy(file, packages.resolve(file.getFileName()));
      }
    }

    assertThat(files(".rpm")).hasSize(2);
    assertThat(files(".deb")).hasSize(2);
    nothingToWarnOf();
  }

  @Test
  void aFaultInARecipeIsFound() throws IOException {
    layOut("amd64", KUBERNETES, STAND_INS);
    Path templates = folder.resolve("templates");
    Program.of("cp", "-r", TEMPLATES.toString(), templates.toString()).run().assertOk();
    Path recipe = templates.resolve("packages/kubectl/package.yaml");
    String text = Files.readString(recipe);
    String spoilt =
        text.replaceFirst("(?m)^summary: (.*)$", "summary: \"A $1.\"")
            .replaceFirst("(?m)^.*source: ../kubernetes.copyright.*\n", "");
    Files.writeString(recipe, spoilt);
    List<String> arguments = new ArrayList<>(List.of(arguments("v1.28.15-lts.2")));
    arguments.add("--templates=" + templates);
    Product.unsigned(arguments.toArray(String[]::new)).run().assertOk();

    rpmlint()
        .assertSays("kubectl.x86_64: W: summary-ended-with-dot")
        .assertSays("kubectl.x86_64: E: no-signature");
    lintian().assertRefused("E: kubectl: no-copyright-file");
  }

  private void nothingToWarnOf(String release, String... expected) throws IOException {
    Product.signing(arguments(release)).run().assertOk();

    assertThat(files(".deb"))
        .extracting(file -> file.replaceAll("^.*/|_.*$", ""))
        .containsExactlyInAnyOrder(expected);
    nothingToWarnOf();
  }

  private void nothingToWarnOf() throws IOException {
    rpmlint().assertOk().assertSays(" 0 errors, 0 warnings,");
    lintian().assertOk();
    signaturesVerify();
  }

  private void layOut(String architecture, List<String> programs, Map<String, String> standIns)
      throws IOException {
    Path from = Binaries.withAddons().resolve(architecture);
    Path to = Files.createDirectories(binaries.resolve(architecture));
    for (String name : programs) {
      Path target = to.resolve(name);
      Files.copy(from.resolve(standIns.getOrDefault(name, name)), target);
      if (TWINS.contains(name)) {
        Files.writeString(target, name, StandardOpenOption.APPEND);
      }
    }
  }

  private String[] arguments(String release) {
    return new String[] {
      "build", release, "--binaries=" + binaries, "--out=" + packages, "--cache=" + Lab.blocks()
    };
  }

  private Outcome rpmlint() throws IOException {
    List<String> command = new ArrayList<>(List.of("rpmlint"));
    command.add("--config=" + TEMPLATES.resolve("lint/rpmlint.toml"));
    command.addAll(files(".rpm"));
    return Program.of(command).with("HOME", folder).run();
  }

  /** Hints below a warning are mostly words that it finds in programs. */
  private Outcome lintian() throws IOException {
    List<String> command = new ArrayList<>(List.of("lintian", "--no-cfg"));
    command.addAll(List.of("--tag-display-limit=0", "--display-level=>=warning"));
    command.add("--fail-on=error,warning");
    command.addAll(files(".deb"));
    return Program.of(command).run();
  }

  private void signaturesVerify() throws IOException {
    List<String> command = new ArrayList<>(List.of("rpmkeys", "--define=_pkgverify_level all"));
    command.add("-Kv");
    command.addAll(files(".rpm"));
    Outcome outcome = Program.of(command).with("HOME", folder).run().assertOk();

    List<String> checks = outcome.out().lines().filter(l -> l.startsWith(" ")).toList();
    assertThat(checks).allMatch(line -> line.endsWith(": OK"));
    assertThat(checks)
        .filteredOn(l -> l.contains("Header V4 RSA/SHA256 Signature"))
        .hasSameSizeAs(files(".rpm"));
  }

  private List<String> files(String ending) throws IOException {
    try (Stream<Path> all = Files.list(packages)) {
      return all.map(Path::toString).filter(f -> f.endsWith(ending)).sorted().toList();
    }
  }
}
