package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.elf.TinyElf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * All seven architectures in one tree, under the right name on each side, and each client takes the
 * packages of its own. The programs are tiny and cannot run; nothing runs them.
 */
class ArchitecturesIT {

  private static final List<String> PACKAGES = List.of("kubeadm", "kubectl", "kubelet");

  /** An architecture, with the name under which each world knows it, written out once more. */
  record Machine(String go, String rpm, String deb, TinyElf program) {

    @Override
    public String toString() {
      return go;
    }
  }

  private static final List<Machine> MACHINES =
      List.of(
          new Machine("amd64", "x86_64", "amd64", TinyElf.amd64()),
          new Machine("arm64", "aarch64", "arm64", TinyElf.arm64()),
          new Machine("arm", "armv7hl", "armhf", TinyElf.armhf()),
          new Machine("ppc64le", "ppc64le", "ppc64el", TinyElf.ppc64le()),
          new Machine("s390x", "s390x", "s390x", TinyElf.s390x()),
          new Machine("riscv64", "riscv64", "riscv64", TinyElf.riscv64()),
          new Machine("loong64", "loongarch64", "loong64", TinyElf.loong64()));

  static List<Machine> machines() {
    return MACHINES;
  }

  private static Sandbox box;
  private static WebServer server;

  @BeforeAll
  static void publish() throws IOException {
    box = new Sandbox();
    for (Machine machine : MACHINES) {
      for (String name : PACKAGES) {
        box.put(machine.go(), name, machine.program());
      }
    }
    box.publish(Sandbox.RELEASE).run().assertOk();
    server = WebServer.serving(box.tree);
  }

  @AfterAll
  static void remove() throws IOException {
    server.close();
    box.close();
  }

  @ParameterizedTest
  @MethodSource("machines")
  void filesHaveTheNamesThatEachSideExpects(Machine machine) throws IOException {
    Path rpms = box.tree.resolve("rpm/v1.28").resolve(machine.rpm());
    Path pool = box.tree.resolve("apt/pool/main/k");
    for (String name : PACKAGES) {
      Path rpm = rpms.resolve(name + "-1.28.15.lts.2-1." + machine.rpm() + ".rpm");
      Path deb = pool.resolve(name).resolve(name + "_1.28.15-lts.2_" + machine.deb() + ".deb");

      assertThat(say("rpm", "-qp", "--qf", "%{ARCH} %{OS}", rpm.toString()))
          .isEqualTo(machine.rpm() + " linux");
      assertThat(say("dpkg-deb", "-f", deb.toString(), "Architecture").strip())
          .isEqualTo(machine.deb());
    }
    try (Stream<Path> all = Files.list(rpms)) {
      assertThat(all).hasSameSizeAs(PACKAGES);
    }
  }

  @Test
  void createrepoReadsAllArchitectures() throws IOException {
    Path rpms = box.tree.resolve("rpm/v1.28");
    RpmMetadata ours = new RpmMetadata(rpms);

    ours.assertSameAs(
        RpmMetadata.byCreaterepo(rpms, Files.createDirectory(box.folder.resolve("createrepo"))));
    List<String> archs =
        ours.packages("primary").values().stream()
            .flatMap(List::stream)
            .filter(line -> line.startsWith("/arch: "))
            .map(line -> line.substring("/arch: ".length()))
            .toList();
    for (Machine machine : MACHINES) {
      assertThat(archs).filteredOn(machine.rpm()::equals).hasSameSizeAs(PACKAGES);
    }
    assertThat(archs).filteredOn("noarch"::equals).hasSize(1);
    assertThat(archs).hasSize(MACHINES.size() * PACKAGES.size() + 1);
  }

  @Test
  void releaseListsAllArchitecturesAndEachIndexHasItsOwn() throws IOException {
    for (String suite : List.of("v1.28", "stable")) {
      Path dists = box.tree.resolve("apt/dists").resolve(suite);
      Map<String, String> release = Stanzas.of(Files.readString(dists.resolve("Release"))).get(0);
      assertThat(List.of(release.get("Architectures").split(" ", -1)))
          .containsExactlyInAnyOrderElementsOf(MACHINES.stream().map(Machine::deb).toList());
      for (Machine machine : MACHINES) {
        String index =
            Files.readString(dists.resolve("main/binary-" + machine.deb() + "/Packages"));
        TreeSet<String> names = new TreeSet<>();
        for (Map<String, String> stanza : Stanzas.of(index)) {
          String name = stanza.get("Package");
          boolean forAll = name.equals("klts-archive-keyring");
          assertThat(stanza.get("Architecture")).isEqualTo(forAll ? "all" : machine.deb());
          names.add(name);
        }
        assertThat(names.remove("klts-archive-keyring")).isTrue();
        assertThat(names).containsExactlyElementsOf(PACKAGES);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("machines")
  void dnfInstallsThePackageOfItsArchitecture(Machine machine) throws IOException {
    try (DnfRoot root = new DnfRoot()) {
      root.addRepo("klts.repo", definition("rpm/v1.28/klts.repo"));
      root.dnf("--forcearch=" + machine.rpm(), "install", "kubectl").assertOk();

      assertThat(architectureOfKubectl(root)).isEqualTo(machine.rpm());
    }
  }

  @ParameterizedTest
  @MethodSource("machines")
  void zypperInstallsThePackageOfItsArchitecture(Machine machine) throws IOException {
    try (ZypperRoot root = new ZypperRoot()) {
      root.pretendToBe(machine.rpm());
      root.addRepo("klts.repo", definition("rpm/v1.28/klts-zypper.repo"));
      root.refresh().assertOk();
      root.zypper("install", "kubectl").assertOk();

      assertThat(architectureOfKubectl(root)).isEqualTo(machine.rpm());
    }
  }

  @ParameterizedTest
  @MethodSource("machines")
  void aptDownloadsThePackageOfItsArchitecture(Machine machine) throws IOException {
    Path folder = Lab.folder("apt");
    try {
      String key = box.tree.resolve("keys/klts.gpg").toString();
      String source =
          definition("apt/v1.28.sources")
              .replace("/usr/share/keyrings/klts-archive-keyring.gpg", key);
      List<Path> debs =
          MachineApt.withSource(folder, machine.deb(), source).download(List.of("kubectl"));

      assertThat(debs).hasSize(1);
      assertThat(say("dpkg-deb", "-f", debs.get(0).toString(), "Architecture").strip())
          .isEqualTo(machine.deb());
    } finally {
      Lab.remove(folder);
    }
  }

  private static String architectureOfKubectl(RpmRoot root) throws IOException {
    return root.rpm("-q", "--qf", "%{ARCH}", "kubectl").assertOk().out();
  }

  private static String say(String... command) throws IOException {
    return Program.of(command).run().assertOk().out();
  }

  /** A definition file of the tree, moved to where the tree is served. */
  private static String definition(String path) throws IOException {
    return Files.readString(box.tree.resolve(path))
        .replace("http://klts.example/", server.uri().toString());
  }
}
