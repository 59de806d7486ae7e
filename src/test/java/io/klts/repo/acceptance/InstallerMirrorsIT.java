package io.klts.repo.acceptance;

import static io.klts.repo.acceptance.InstallerTree.NEW;
import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.acceptance.Machine.Manager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Which mirrors the installer takes, with real managers: one is dead, one stale since before the
 * tree was refreshed, one tampered with, and the last one good, but by its priority behind them.
 */
@ExtendWith(InstallerTree.Shared.class)
class InstallerMirrorsIT {

  private static Path conf;
  private static MirrorCopy origin;
  private static MirrorCopy dead;
  private static MirrorCopy stale;
  private static MirrorCopy tampered;
  private static MirrorCopy good;

  @BeforeAll
  static void publish(InstallerTree tree) throws IOException {
    conf = Lab.folder("mirrors").resolve("mirrors.conf");
    origin = new MirrorCopy(1);
    dead = new MirrorCopy(2);
    stale = new MirrorCopy(3);
    tampered = new MirrorCopy(2);
    good = new MirrorCopy(3);
    Program.of("cp", "-rl", tree.folder() + "/.", origin.folder().toString()).run().assertOk();
    for (MirrorCopy mirror : new MirrorCopy[] {dead, stale, tampered, good}) {
      mirror.sync(origin.folder());
    }
    Files.writeString(
        conf,
        """
        [origin]
        url = "%s"
        rsync = "rsync://mirror.example.org/klts"
        [registry.images]
        match = "ghcr.io"
        url = "ghcr.example.cn"
        priority = 10
        [registry.old]
        match = "quay.io"
        url = "quay.example.cn"
        status = "retired"
        [mirror.dead]
        url = "%s"
        priority = 10
        [mirror.stale]
        url = "%s"
        priority = 20
        [mirror.tampered]
        url = "%s"
        priority = 30
        [mirror.good]
        url = "%s"
        priority = 40
        """
            .formatted(origin.url(), dead.url(), stale.url(), tampered.url(), good.url()));
    change("mirror", "lists");
    stale.sync(origin.folder());
    change("refresh");
    good.sync(origin.folder());
    dead.stop();
  }

  private static void change(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(arguments));
    command.add("--tree=" + origin.folder());
    command.add("--mirrors=" + conf);
    Product.signing(command.toArray(String[]::new)).run().assertOk();
  }

  @AfterAll
  static void end() throws IOException {
    for (MirrorCopy mirror : new MirrorCopy[] {origin, dead, stale, tampered, good}) {
      mirror.close();
    }
    Lab.remove(conf.getParent());
  }

  /** With another address than the file's, what it says of images still holds. */
  @Test
  void theTreeSaysWhatTheFileOfMirrorsSays() throws IOException {
    String registries = "  registries='images ghcr.io ghcr.example.cn 10'\n";
    Path folder = origin.folder();
    assertThat(Files.readString(folder.resolve("install.sh")))
        .contains("  base_url='" + origin.url() + "'\n", registries, "good copy 40 " + good.url());
    assertThat(Files.readString(folder.resolve("MIRRORING.md")))
        .contains("rsync://mirror.example.org/klts");

    Path other = conf.resolveSibling("other");
    Program.of("cp", "-r", folder.toString(), other.toString()).run().assertOk();
    String url = "https://packages.example.org/other";
    Product.signing("reindex", "--tree=" + other, "--mirrors=" + conf, "--base-url=" + url)
        .run()
        .assertOk();
    assertThat(Files.readString(other.resolve("install.sh")))
        .contains("  base_url='" + url + "'\n", registries);
    assertThat(Files.readString(other.resolve("rpm/v1.28/klts.repo"))).contains(url);
    assertThat(Files.readString(other.resolve("MIRRORING.md"))).doesNotContain("mirror.example");
  }

  @ParameterizedTest
  @EnumSource
  void takesTheGoodOneAndSaysWhyNotTheOthers(Manager manager) throws IOException {
    tampered.sync(origin.folder());
    tampered.spoil("timestamp.asc");
    try (Machine machine = new Machine(manager)) {
      Map<MirrorCopy, Integer> earlier = new HashMap<>();
      for (MirrorCopy other : new MirrorCopy[] {origin, stale, tampered, good}) {
        earlier.put(other, other.requests().size());
      }
      Outcome install = machine.pipe(origin.url(), "--version", NEW).assertOk();
      assertThat(install.err())
          .contains("left out dead: no answer: ")
          .contains("left out stale: it is behind since before ")
          .contains("left out tampered: its timestamp.asc is not signed by the key of this script");
      assertThat(install.out()).contains("mirrors: good origin \n");
      assertThat(machine.installed("kubelet")).isEqualTo(machine.spelling(NEW));
      for (MirrorCopy mirror : earlier.keySet()) {
        boolean asked =
            mirror.requests().stream()
                .skip(earlier.get(mirror))
                .anyMatch(request -> request.contains("/kubelet"));
        assertThat(asked)
            .as("packages are fetched from the good one only")
            .isEqualTo(mirror == good);
      }

      Map<String, String> installed = machine.listing();
      machine.pipe(origin.url(), "--mirror", "tampered").assertExit(6);
      machine
          .pipe(origin.url(), "--mirror", "stale")
          .assertExit(5)
          .assertSays("left out stale: it has an older state than this machine has seen");
      machine.pipe(origin.url(), "--mirror", "dead").assertExit(5);
      machine
          .pipe(origin.url(), "--mirror", "nowhere")
          .assertExit(2)
          .assertSays("there is no mirror nowhere; there are: dead stale tampered good origin");
      assertThat(machine.changesSince(installed)).isEmpty();
      machine.pipe(origin.url(), "--mirror", "good").assertOk().assertSays("mirrors: good \n");
      machine.pipe(origin.url(), "--mirror", good.url()).assertOk();
    }
  }

  /** What a mirror can do that has the right timestamp. */
  private enum Lie {
    /** One letter or bit of the index is another one. */
    INDEX,
    /**
     * The index is that of an earlier state, with its good signature. Its time is the good file's,
     * as is that of a wrong one: so apt could go on with what it has when it asks another mirror.
     */
    REPLAYED,
    /** One bit of a package is another one. */
    PACKAGE,
    /** One bit of the package with the keys is another one. */
    KEYRING
  }

  private static void lie(Lie lie) throws IOException {
    tampered.sync(origin.folder());
    switch (lie) {
      case INDEX -> {
        spoilSignature(Path.of("apt/dists/v1.28/InRelease"));
        tampered.spoil("rpm/v1.28/repodata/repomd.xml");
      }
      case REPLAYED -> {
        for (String folder : new String[] {"apt/dists", "rpm/v1.28/repodata"}) {
          Path target = tampered.folder().resolve(folder);
          Lab.remove(target);
          Program.of("cp", "-r", stale.folder().resolve(folder).toString(), target.toString())
              .run()
              .assertOk();
        }
        takeTimeOfGoodFile(Path.of("apt/dists/v1.28/InRelease"));
      }
      case PACKAGE -> {
        tampered.spoil("apt/pool/main/k/kubelet/kubelet_1.28.15-lts.2_amd64.deb");
        tampered.spoil("rpm/v1.28/x86_64/kubelet-1.28.15.lts.2-1.x86_64.rpm");
      }
      case KEYRING -> {
        String folder = "apt/pool/main/k/klts-archive-keyring/";
        tampered.spoil(folder + "klts-archive-keyring_1.28.0-keys.2_all.deb");
        tampered.spoil("rpm/v1.28/noarch/klts-release-1.28.0.keys.2-1.noarch.rpm");
      }
    }
  }

  /** With a letter that none may be. */
  private static void spoilSignature(Path path) throws IOException {
    Path file = tampered.folder().resolve(path);
    String text = Files.readString(file);
    Files.delete(file);
    Files.writeString(file, text.replaceFirst("(SIGNATURE-----\n\n.{20}).", "$1@"));
    assertThat(Files.readString(file)).isNotEqualTo(text);
    takeTimeOfGoodFile(path);
  }

  private static void takeTimeOfGoodFile(Path path) throws IOException {
    Files.setLastModifiedTime(
        tampered.folder().resolve(path), Files.getLastModifiedTime(origin.folder().resolve(path)));
  }

  @ParameterizedTest
  @EnumSource
  void believesNoMirrorForItsTimestamp(Manager manager) throws IOException {
    try (Machine machine = new Machine(manager)) {
      Map<String, String> before = machine.listing();
      String packages = machine.packages();
      for (Lie lie : Lie.values()) {
        lie(lie);
        Outcome install = machine.pipe(origin.url(), "--version", NEW);
        assertThat(install.out()).contains("mirrors: tampered good origin \n");
        assertGoesOn(install, lie, manager);
        if (install.exit() == 0) {
          assertThat(machine.installed("kubelet")).isEqualTo(machine.spelling(NEW));
        } else {
          assertThat(machine.packages().replaceAll("gpg-pubkey.*\n", "")).isEqualTo(packages);
          machine.pipe(origin.url(), "--version", NEW, "--mirror", "good").assertOk();
        }
        machine.pipe(origin.url(), "--uninstall").assertOk();
        assertThat(machine.packages()).isEqualTo(packages);
        assertThat(machine.changesSince(before)).isEmpty();
        machine.forgetPackages();
      }
    }
  }

  /**
   * Each manager takes the next mirror by itself in some of the cases. In the others the installer
   * leaves the bad one out, but for a package: for apt and zypper that is an attack, and the end.
   * Without the package with the keys all else goes on, and it is said.
   */
  private static void assertGoesOn(Outcome install, Lie lie, Manager manager) {
    switch (lie) {
      case INDEX -> {
        install.assertOk();
        if (manager != Manager.ZYPPER) {
          install.assertSays("cannot use what tampered has; leaving it out");
        }
      }
      case REPLAYED ->
          install.assertOk().assertSays(" stored is not what tampered signed; leaving it out");
      case PACKAGE -> {
        switch (manager) {
          case APT -> install.assertExit(7).assertSays("Hash Sum mismatch");
          case DNF -> install.assertOk().assertSays("checksum doesn't match");
          case ZYPPER -> install.assertExit(7).assertSays("Signature verification failed");
        }
      }
      case KEYRING -> {
        install.assertOk();
        if (manager != Manager.DNF) {
          install
              .assertSays("this failed, see above")
              .assertSays(" could not be installed, so run this script again");
        }
      }
    }
  }
}
