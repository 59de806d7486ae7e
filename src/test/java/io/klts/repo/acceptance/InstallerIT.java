package io.klts.repo.acceptance;

import static io.klts.repo.acceptance.InstallerTree.NEW;
import static io.klts.repo.acceptance.InstallerTree.OLD;
import static io.klts.repo.acceptance.InstallerTree.PREVIOUS;
import static io.klts.repo.acceptance.InstallerTree.PROGRAMS;
import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.acceptance.Machine.Manager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The installer as its users have it, piped from a published tree, on whole machines. */
@ExtendWith(InstallerTree.Shared.class)
class InstallerIT {

  /** The tree is signed by another one. */
  private static final String OTHER_KEY = "src/test/resources/keys/passphrase-public.asc";

  private static Path upstream;

  @BeforeAll
  static void buildUpstream() throws IOException {
    upstream = Lab.folder("upstream");
    buildClient(Files.createDirectory(upstream.resolve("client")));
    UpstreamStandIns.debs(Files.createDirectory(upstream.resolve("debs")), "1.28.99");
    UpstreamStandIns.newRpms(upstream.resolve("rpms"), "1.28.99");
  }

  @AfterAll
  static void removeUpstream() throws IOException {
    Lab.remove(upstream);
  }

  @ParameterizedTest
  @EnumSource
  void installsOnceAndIsTakenBackWithoutATrace(Manager manager, InstallerTree tree)
      throws IOException {
    try (Machine machine = new Machine(manager)) {
      Map<String, String> before = machine.listing();
      String packages = machine.packages();
      String[] options = {"--version", OLD, "--with-runtime"};

      Outcome dry = machine.pipe(tree.url(), with(options, "--dry-run")).assertOk();
      assertThat(dry.out()).endsWith("KLTS: DRY RUN, nothing was changed\n").contains("\n+ ");
      assertThat(machine.changesSince(before)).isEmpty();

      Outcome install = machine.pipe(tree.url(), options).assertOk();
      assertThat(install.out()).endsWith("KLTS: DONE, v1.18 1.18.20-lts.3\n");
      assertInstalled(machine, OLD);
      assertKeyring(machine, manager, "1.18.0-keys.1");
      assertThat(machine.chroot("crictl").assertOk().out()).isEqualTo("crictl\n");

      Map<String, String> installed = machine.listing();
      Outcome again = machine.pipe(tree.url(), options).assertOk();
      assertThat(again.out()).endsWith("KLTS: DONE, nothing to change: v1.18 1.18.20-lts.3\n");
      assertThat(machine.changesSince(installed)).isEmpty();

      Outcome uninstall = machine.pipe(tree.url(), "--uninstall").assertOk();
      assertThat(uninstall.out())
          .endsWith("KLTS: DONE, everything that this script wrote is removed\n");
      assertThat(machine.packages()).isEqualTo(packages);
      assertThat(machine.changesSince(before)).isEmpty();
      machine.pipe(tree.url(), "--uninstall").assertOk().assertSays("nothing to do");
    }
  }

  private static String[] with(String[] options, String more) {
    String[] all = Arrays.copyOf(options, options.length + 1);
    all[options.length] = more;
    return all;
  }

  /** An upstream repository with a newer build of the same minor lies beside ours. */
  @ParameterizedTest
  @EnumSource
  void holdsUntilAskedToUpgradeAndKeepsUpstreamOut(Manager manager, InstallerTree tree)
      throws IOException {
    try (Machine machine = new Machine(manager)) {
      addUpstream(machine, manager);
      Map<String, String> before = machine.listing();
      String packages = machine.packages();

      machine.pipe(tree.url(), "--version", PREVIOUS).assertOk();
      assertInstalled(machine, PREVIOUS);
      machine.upgradeAll().assertOk();
      assertInstalled(machine, PREVIOUS);

      machine.pipe(tree.url(), "--version", NEW).assertExit(4).assertSays("add --upgrade");
      assertInstalled(machine, PREVIOUS);
      machine.pipe(tree.url(), "--upgrade").assertOk();
      assertInstalled(machine, NEW);
      machine.upgradeAll().assertOk();
      assertInstalled(machine, NEW);

      machine.pipe(tree.url(), "--uninstall").assertOk();
      assertThat(machine.packages()).isEqualTo(packages);
      // The managers write beside the index of upstream, and refresh what they keep of it.
      assertThat(machine.changesSince(before)).allMatch(change -> change.contains("/upstream"));
    }
  }

  /** Without a version, too: the newest of the channel is ours, although upstream's is newer. */
  @ParameterizedTest
  @EnumSource
  void goesBeforeUpstream(Manager manager, InstallerTree tree) throws IOException {
    try (Machine machine = new Machine(manager)) {
      addUpstream(machine, manager);
      machine.pipe(tree.url(), "--repo-only", "--channel", "1.28").assertOk();
      assertThat(machine.installed("kubelet")).isEmpty();
      machine.install("kubelet").assertOk();
      assertThat(machine.installed("kubelet")).isEqualTo(machine.spelling(NEW));
    }
  }

  /** That of another channel comes in its place, also one with a lower number. */
  @ParameterizedTest
  @EnumSource
  void hasThePackageOfTheKeysOfItsChannel(Manager manager, InstallerTree tree) throws IOException {
    try (Machine machine = new Machine(manager)) {
      Map<String, String> before = machine.listing();
      String packages = machine.packages();
      for (String channel : List.of("1.28", "1.18", "all", "1.18", "1.28")) {
        String version = channel.equals("all") ? "0.0" : channel;
        machine.pipe(tree.url(), "--repo-only", "--channel", channel).assertOk();
        assertKeyring(machine, manager, version + ".0-keys.1");
        machine.pipe(tree.url(), "--repo-only", "--channel", channel).assertSays("nothing to cha");
        machine.upgradeAll().assertOk();
        assertKeyring(machine, manager, version + ".0-keys.1");
      }
      machine.pipe(tree.url(), "--uninstall").assertOk();
      assertThat(machine.packages()).isEqualTo(packages);
      assertThat(machine.changesSince(before)).isEmpty();
    }
  }

  /** As with a tree of before, or a part of one: under this name there is none. */
  @ParameterizedTest
  @EnumSource
  void goesOnWhereThereIsNoPackageOfTheKeys(Manager manager, InstallerTree tree)
      throws IOException {
    try (Machine machine = new Machine(manager)) {
      String script = Files.readString(Path.of("install.sh"));
      machine.write("/root/install.sh", script.replace("  id='klts'\n", "  id='other'\n"));
      machine.write("/root/own.asc", Files.readString(tree.folder().resolve("keys/klts.asc")));
      Map<String, String> before = machine.listing();
      machine
          .sh(
              "sh /root/install.sh --base-url %s --key /root/own.asc --version %s"
                  .formatted(tree.url(), NEW))
          .assertOk()
          .assertSays("note: the repository has no other-")
          .assertSays("KLTS: DONE, v1.28 " + NEW);
      assertInstalled(machine, NEW);
      uninstall(machine);
      assertThat(machine.changesSince(before)).allMatch(change -> change.contains("/var/cache/"));
    }
  }

  /** What somebody wrote into it since is kept beside it, as each manager does. */
  @ParameterizedTest
  @CsvSource({
    "APT, /etc/apt/sources.list.d/klts-archive.sources, .save",
    "DNF, /etc/yum.repos.d/klts.repo, .rpmsave",
    "ZYPPER, /etc/zypp/repos.d/klts.repo, .rpmsave",
  })
  void anEditedDefinitionDoesNotGoWithItsPackage(
      Manager manager, String definition, String extension, InstallerTree tree) throws IOException {
    try (Machine machine = new Machine(manager)) {
      Map<String, String> before = machine.listing();
      machine.pipe(tree.url(), "--repo-only", "--channel", "1.28").assertOk();
      String edited = "# mine\n" + machine.read(definition);
      machine.write(definition, edited);
      machine
          .pipe(tree.url(), "--uninstall")
          .assertOk()
          .assertSays("changed since, so it stays: " + definition + extension);
      assertThat(machine.read(definition + extension)).isEqualTo(edited);
      assertThat(machine.changesSince(before)).containsExactly("new " + definition + extension);
    }
  }

  /** A mirror was named, so the definition is not that of the package; nothing is left of it. */
  @ParameterizedTest
  @EnumSource
  void theDefinitionOfANamedMirrorStaysBesideThePackage(Manager manager, InstallerTree tree)
      throws IOException {
    try (Machine machine = new Machine(manager)) {
      Map<String, String> before = machine.listing();
      String packages = machine.packages();
      String[] options = {"--repo-only", "--channel", "1.28", "--mirror", tree.url() + "/."};
      machine.pipe(tree.url(), options).assertOk();
      Map<String, String> installed = machine.listing();
      machine.pipe(tree.url(), options).assertOk().assertSays("nothing to change");
      assertThat(machine.changesSince(installed)).isEmpty();
      machine.upgradeAll().assertOk();
      machine.pipe(tree.url(), "--uninstall").assertOk();
      assertThat(machine.packages()).isEqualTo(packages);
      assertThat(machine.changesSince(before)).isEmpty();
    }
  }

  /** It is there, and its definition is the only one, with nothing that a manager left beside. */
  private static void assertKeyring(Machine machine, Manager manager, String version)
      throws IOException {
    String name = manager == Manager.APT ? "klts-archive-keyring" : "klts-release";
    assertThat(machine.installed(name)).isEqualTo(machine.spelling(version));
    switch (manager) {
      case APT -> {
        String folder = "/etc/apt/sources.list.d";
        assertThat(machine.sh("ls " + folder).out()).isEqualTo("klts-archive.sources\n");
        assertThat(machine.read(folder + "/klts-archive.sources"))
            .contains("URIs: mirror+file:/usr/share/klts-archive-keyring/mirrors.list\n");
      }
      case DNF -> {
        String folder = "/etc/yum.repos.d";
        assertThat(machine.sh("ls " + folder).out()).isEqualTo("klts.repo\n");
        assertThat(machine.read(folder + "/klts.repo"))
            .contains("mirrorlist=file:///usr/share/klts-release/mirrorlist\n");
      }
      case ZYPPER -> assertThat(machine.sh("ls /etc/zypp/repos.d").out()).isEqualTo("klts.repo\n");
    }
    // Nobody edited it, as package managers see it: what they bring later takes its place.
    assertThat(
            machine
                .sh(manager == Manager.APT ? "dpkg -V " + name : "rpm -V --nomtime " + name)
                .out())
        .isEmpty();
  }

  private static void addUpstream(Machine machine, Manager manager) throws IOException {
    machine.addUnsigned("upstream", upstream.resolve(manager == Manager.APT ? "debs" : "rpms"));
    machine.upgradeAll().assertOk();
  }

  @ParameterizedTest
  @EnumSource
  void downloadsOnly(Manager manager, InstallerTree tree) throws IOException {
    try (Machine machine = new Machine(manager)) {
      String packages = machine.packages();
      machine.pipe(tree.url(), "--version", NEW, "--download-only").assertOk();
      assertThat(machine.packages().replaceAll("gpg-pubkey.*\n", "")).isEqualTo(packages);
      String found = "find /var/cache -name 'kubelet*1.28.15?lts.2*' | grep '[.]deb$\\|[.]rpm$'";
      machine.sh(found).assertOk();
      // What is there need not be fetched again.
      int requests = tree.requests().size();
      machine.pipe(tree.url(), "--version", NEW).assertOk();
      assertInstalled(machine, NEW);
      assertThat(tree.requests().stream().skip(requests))
          .noneMatch(request -> request.contains("/kubelet"));
    }
  }

  /** From a copy that was pulled, on a machine that has not even a loopback interface. */
  @ParameterizedTest
  @EnumSource
  void installsWithoutANetwork(Manager manager, InstallerTree tree) throws IOException {
    try (Machine machine = new Machine(manager)) {
      Map<String, String> before = machine.listing();
      Product.unsigned(
              "mirror",
              "pull",
              "--from=" + tree.url(),
              "--key=" + tree.folder().resolve("keys/klts.asc"),
              machine.path("/srv/klts").toString())
          .run()
          .assertOk();
      machine
          .offline("sh", "/srv/klts/install.sh", "--offline", "/srv/klts", "--version", NEW)
          .run()
          .assertOk();
      assertInstalled(machine, NEW);
      String keyring = manager == Manager.APT ? "klts-archive-keyring" : "klts-release";
      assertThat(machine.installed(keyring)).isEqualTo(machine.spelling("1.28.0-keys.1"));
      machine.offline("sh", "/srv/klts/install.sh", "--uninstall").run().assertOk();
      machine.remove("/srv/klts");
      assertThat(machine.changesSince(before)).isEmpty();
    }
  }

  /** apt would remove it without a word, and nothing would bring it back. */
  @ParameterizedTest
  @EnumSource
  void takesTheProgramOfNoOtherPackage(Manager manager, InstallerTree tree) throws IOException {
    try (Machine machine = new Machine(manager)) {
      Path client = upstream.resolve(manager == Manager.APT ? "client/deb" : "client/rpm");
      machine.install(client).assertOk();
      Map<String, String> before = machine.listing();
      String packages = machine.packages();
      machine
          .pipe(tree.url(), "--version", NEW)
          .assertExit(4)
          .assertSays(
              "problem: /usr/bin/kubectl belongs to the package kubernetes-client, whose place"
                  + " kubectl would take")
          .assertSays("KLTS: FAILED, exit code 4");
      assertThat(machine.packages()).isEqualTo(packages);
      assertThat(machine.changesSince(before)).isEmpty();
    }
  }

  private static void buildClient(Path folder) throws IOException {
    String control =
        """
        Package: kubernetes-client
        Version: 1.20.5-1
        Architecture: all
        Maintainer: Distribution <client@example.org>
        Description: Client of the distribution
        """;
    Map<String, String> files = Map.of("usr/bin/kubectl", "#!/bin/sh\n");
    Files.move(DebBuild.build(control, files, folder), folder.resolve("deb"));
    String spec =
        """
        Name: kubernetes-client
        Version: 1.20.5
        Release: 1
        Summary: Client of the distribution
        License: ASL 2.0
        BuildArch: noarch
        %description
        Client of the distribution.
        %install
        mkdir -p %{buildroot}/usr/bin
        echo >%{buildroot}/usr/bin/kubectl
        %files
        /usr/bin/kubectl
        """;
    Files.move(RpmBuild.build(spec, folder), folder.resolve("rpm"));
  }

  /**
   * The key of a tree of one's own. What the machine trusted before or since, it goes on to trust.
   */
  @ParameterizedTest
  @EnumSource(names = {"DNF", "ZYPPER"})
  void takesBackTheKeyThatItBroughtAndNoOther(Manager manager, InstallerTree tree)
      throws IOException {
    try (Machine machine = new Machine(manager)) {
      machine.write("/root/install.sh", Files.readString(Path.of("install.sh")));
      machine.write("/root/own.asc", Files.readString(tree.folder().resolve("keys/klts.asc")));
      machine.write("/root/other.asc", Files.readString(Path.of(OTHER_KEY)));
      String packages = machine.packages();

      installFrom(machine, tree);
      machine.sh("rpm --import /root/other.asc").assertOk();
      String trusting = machine.packages();
      assertThat(keys(trusting)).hasSize(keys(packages).size() + 2);
      uninstall(machine);
      List<String> left = new ArrayList<>(keys(machine.packages()));
      left.removeAll(keys(packages));
      assertThat(left).as("the other one").hasSize(1);

      machine.sh("rpm --import /root/own.asc").assertOk();
      packages = machine.packages();
      assertThat(keys(packages)).isEqualTo(keys(trusting));
      installFrom(machine, tree);
      uninstall(machine);
      assertThat(machine.packages()).isEqualTo(packages);
    }
  }

  private static void installFrom(Machine machine, InstallerTree tree) throws IOException {
    String options = " --key /root/own.asc --version " + NEW;
    machine.sh("sh /root/install.sh --base-url " + tree.url() + options).assertOk();
    assertInstalled(machine, NEW);
  }

  private static void uninstall(Machine machine) throws IOException {
    machine.sh("sh /root/install.sh --uninstall").assertOk();
    assertThat(machine.installed("kubelet")).isEmpty();
  }

  private static List<String> keys(String packages) {
    return packages.lines().filter(line -> line.startsWith("gpg-pubkey-")).toList();
  }

  /** A real manager under every shell; all three run under dash above. */
  @Test
  void runsInEveryShell(InstallerTree tree) throws IOException {
    try (Machine machine = new Machine(Manager.APT)) {
      Map<String, String> before = machine.listing();
      for (String shell : List.of("dash", "bash", "bash --posix", "busybox ash", "mksh", "yash")) {
        machine.pipeTo(shell, tree.url(), "--version", NEW).assertOk();
        assertInstalled(machine, NEW);
        machine.pipeTo(shell, tree.url(), "--version", NEW).assertSays("nothing to change");
        machine.pipeTo(shell, tree.url(), "--uninstall").assertOk();
        assertThat(machine.changesSince(before)).as(shell).isEmpty();
      }
    }
  }

  private static void assertInstalled(Machine machine, String version) throws IOException {
    for (String name : PROGRAMS) {
      assertThat(machine.installed(name)).isEqualTo(machine.spelling(version));
      assertThat(machine.chroot(name).assertOk().out())
          .isEqualTo(InstallerTree.says(name, version));
    }
  }
}
