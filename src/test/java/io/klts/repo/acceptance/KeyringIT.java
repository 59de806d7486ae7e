package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.acceptance.Machine.Manager;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.signature.SecretKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The packages by which a tree brings its keys, definitions and mirrors to machines: whole machines
 * that have nothing else go through a change of keys by ordinary upgrades.
 */
class KeyringIT {

  private static final Path NEXT =
      Path.of("src/test/resources/keys/passphrase.asc").toAbsolutePath();

  private static final String OLDER = "1.28.15-lts.1";
  private static final String NEWER = "1.28.15-lts.2";

  private static Path folder;
  private static WebServer origin;
  private static WebServer mirror;
  private static PublicKey old;
  private static PublicKey next;

  @BeforeAll
  static void publishEachStep() throws IOException {
    old = SecretKey.publicHalf(Product.KEY);
    next = SecretKey.publicHalf(NEXT);
    folder = Lab.folder("keyring");
    origin = WebServer.serving(Files.createDirectory(folder.resolve("origin")));
    mirror = WebServer.serving(Files.createDirectory(folder.resolve("mirror")));
    Path nextPublic = folder.resolve("next.asc");
    Files.write(nextPublic, next.armored());
    publish(OLDER);
    keep("begin");
    change("key", "rotate", "announce", "--next=" + nextPublic);
    keep("announce");
    Path conf = folder.resolve("mirrors.conf");
    Files.writeString(
        conf,
        "[origin]\nurl = \"%s\"\n[mirror.near]\nurl = \"%s\"\npriority = 10\n"
            .formatted(origin.uri() + "tree", mirror.uri(2) + "tree"));
    change("mirror", "lists", "--mirrors=" + conf);
    keep("mirrored");
    change("key", "rotate", "dual-sign");
    keep("dual-sign");
    change("key", "rotate", "switch");
    publish(NEWER);
    keep("switch");
    change("key", "rotate", "retire");
    keep("retire");
  }

  @AfterAll
  static void close() throws IOException {
    origin.close();
    mirror.close();
    Lab.remove(folder);
  }

  private static Path tree() {
    return folder.resolve("tree");
  }

  private static void change(String... command) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.add("--tree=" + tree());
    arguments.add("--base-url=" + origin.uri() + "tree");
    Product.signing(arguments.toArray(String[]::new))
        .with("KLTS_NEXT_SIGNING_KEY", NEXT)
        .with("KLTS_NEXT_SIGNING_PASSPHRASE", "correct horse")
        .run()
        .assertOk();
  }

  private static void publish(String release) throws IOException {
    Path binaries = Product.binaries(folder.resolve(release), release);
    change("publish", release, "--binaries=" + binaries, "--cache=" + folder.resolve("blocks"));
    serve(tree());
  }

  /** The tree as it is now, to be served again later. */
  private static void keep(String step) throws IOException {
    Program.of("cp", "-rl", tree().toString(), folder.resolve(step).toString()).run().assertOk();
  }

  /** What both servers have from now on. */
  private static void serve(Path tree) throws IOException {
    for (String server : List.of("origin", "mirror")) {
      Path link = folder.resolve(server).resolve("tree");
      Files.deleteIfExists(link);
      Files.createSymbolicLink(link, tree);
    }
  }

  private static String packageOf(Manager manager) {
    return manager == Manager.APT ? "klts-archive-keyring" : "klts-release";
  }

  /** A machine gets the package as a file, and what it needs to trust it. */
  private static void bootstrap(Machine machine, Manager manager) throws IOException {
    serve(folder.resolve("begin"));
    String url = origin.uri() + "tree/";
    String rpm = url + "rpm/v1.28/noarch/klts-release-1.28.0.keys.1-1.noarch.rpm";
    machine
        .sh(
            switch (manager) {
              case APT ->
                  "curl -fsS -o /tmp/keyring.deb "
                      + url
                      + "apt/pool/main/k/klts-archive-keyring"
                      + "/klts-archive-keyring_1.28.0-keys.1_all.deb"
                      + " && apt-get -y install /tmp/keyring.deb && rm /tmp/keyring.deb"
                      + " && apt-get update";
              case DNF -> "dnf -y install " + rpm;
              case ZYPPER ->
                  "curl -fsS -o /tmp/keys "
                      + url
                      + "keys/klts.asc && rpm --import /tmp/keys && rm /tmp/keys"
                      + " && zypper --non-interactive install "
                      + rpm
                      + " && zypper --non-interactive refresh";
            })
        .assertOk();
    machine.install("kubectl").assertOk();
    assertThat(machine.installed("kubectl")).isEqualTo(machine.spelling(OLDER));
  }

  /** Upgrades everything in a step; the packages' edition is the number behind "keys". */
  private static void upgrade(Machine machine, Manager manager, String step, int edition)
      throws IOException {
    serve(folder.resolve(step));
    machine.upgradeAll().assertOk();
    assertThat(machine.installed(packageOf(manager)))
        .as(step)
        .isEqualTo(machine.spelling("1.28.0-keys." + edition));
  }

  /** From the first announcement to the end of the old key, which is taken from the machine. */
  private static void upgradeThroughAllSteps(Machine machine, Manager manager) throws IOException {
    upgrade(machine, manager, "announce", 2);
    upgrade(machine, manager, "mirrored", 3);
    upgrade(machine, manager, "dual-sign", 3);
    upgrade(machine, manager, "switch", 3);
    forgetOldKey(machine, manager);
    upgrade(machine, manager, "retire", 4);
  }

  @ParameterizedTest
  @EnumSource
  void aChangeOfKeysAndANewMirrorComeWithOrdinaryUpgrades(Manager manager) throws IOException {
    try (Machine machine = new Machine(manager)) {
      bootstrap(machine, manager);
      assertThat(mirrors(machine, manager)).doesNotContain("127.0.0.2");
      upgrade(machine, manager, "announce", 2);
      upgrade(machine, manager, "mirrored", 3);
      assertThat(mirrors(machine, manager)).contains("127.0.0.2");
      upgrade(machine, manager, "dual-sign", 3);
      upgrade(machine, manager, "switch", 3);
      assertThat(machine.installed("kubectl")).isEqualTo(machine.spelling(NEWER));
      forgetOldKey(machine, manager);
      upgrade(machine, manager, "retire", 4);
      forgetIndexes(machine, manager);
      Files.delete(folder.resolve("origin/tree"));
      machine.upgradeAll().assertOk();
    }
  }

  private static String mirrors(Machine machine, Manager manager) throws IOException {
    return machine.read(
        switch (manager) {
          case APT -> "/usr/share/klts-archive-keyring/mirrors.list";
          case DNF -> "/usr/share/klts-release/mirrorlist";
          case ZYPPER -> "/etc/zypp/repos.d/klts.repo";
        });
  }

  /** apt has its keys in the package's file, which has no retired one at the end. */
  private static void forgetOldKey(Machine machine, Manager manager) throws IOException {
    String name = "gpg-pubkey-" + old.keyId().substring(8).toLowerCase(Locale.ROOT);
    if (manager != Manager.APT) {
      machine.sh("rpm -e " + name).assertOk();
    }
  }

  /** With a mirror of its own choice it learns no other, and keys all the same. */
  @ParameterizedTest
  @EnumSource
  void aMachineOfTheInstallerWithANamedMirrorGoesThroughAChangeOfKeys(Manager manager)
      throws IOException {
    try (Machine machine = new Machine(manager)) {
      Map<String, String> before = machine.listing();
      String packages = machine.packages();
      serve(folder.resolve("begin"));
      String url = origin.uri() + "tree";
      machine.pipe(url, "--repo-only", "--mirror", url + "/.").assertOk();
      upgradeThroughAllSteps(machine, manager);
      forgetIndexes(machine, manager);
      machine.upgradeAll().assertOk();
      machine.pipe(url, "--uninstall").assertOk();
      assertThat(machine.packages()).isEqualTo(packages);
      assertThat(machine.changesSince(before)).isEmpty();
    }
  }

  private static void forgetIndexes(Machine machine, Manager manager) throws IOException {
    machine
        .sh(
            switch (manager) {
              case APT -> "rm -rf /var/lib/apt/lists/*";
              case DNF -> "dnf clean all";
              case ZYPPER -> "zypper clean --all";
            })
        .assertOk();
  }

  @ParameterizedTest
  @EnumSource
  void anEditedDefinitionIsKeptAndNobodyIsAsked(Manager manager) throws IOException {
    try (Machine machine = new Machine(manager)) {
      bootstrap(machine, manager);
      String path =
          switch (manager) {
            case APT -> "/etc/apt/sources.list.d/klts-archive.sources";
            case DNF -> "/etc/yum.repos.d/klts.repo";
            case ZYPPER -> "/etc/zypp/repos.d/klts.repo";
          };
      String edited = "# mine\n" + machine.read(path);
      machine.write(path, edited);
      upgrade(machine, manager, "announce", 2);
      upgrade(machine, manager, "mirrored", 3);
      assertThat(machine.read(path)).isEqualTo(edited);
    }
  }

  @ParameterizedTest
  @EnumSource
  void removalLeavesNothing(Manager manager) throws IOException {
    try (Machine machine = new Machine(manager)) {
      Map<String, String> before = machine.listing();
      bootstrap(machine, manager);
      upgrade(machine, manager, "mirrored", 3);
      String names = packageOf(manager) + " kubectl";
      machine
          .sh(
              manager == Manager.APT
                  ? "dpkg --purge " + names + " && apt-get clean && rm -rf /var/lib/apt/lists/*"
                  : "rpm -e "
                      + names
                      + " && rm -rf /var/cache/*/klts* /var/cache/zypp/*/klts* /var/cache/dnf/comm*")
          .assertOk();
      assertThat(machine.changesSince(before)).isEmpty();
    }
  }

  /** As the manual says: the definition is there before the package. */
  @ParameterizedTest
  @EnumSource
  void aDefinitionThatIsThereStaysAndNobodyIsAsked(Manager manager) throws IOException {
    try (Machine machine = new Machine(manager)) {
      serve(folder.resolve("begin"));
      String url = origin.uri() + "tree/";
      String path =
          switch (manager) {
            case APT -> "/etc/apt/sources.list.d/klts.sources";
            case DNF -> "/etc/yum.repos.d/klts.repo";
            case ZYPPER -> "/etc/zypp/repos.d/klts-v1.28.repo";
          };
      machine
          .sh(
              switch (manager) {
                case APT ->
                    "curl -fsSL %skeys/klts.gpg -o ".formatted(url)
                        + "/usr/share/keyrings/klts-archive-keyring.gpg"
                        + " && curl -fsSL %sapt/v1.28.sources -o %s".formatted(url, path)
                        + " && apt-get update";
                case DNF -> "curl -fsSL %srpm/v1.28/klts.repo -o %s".formatted(url, path);
                case ZYPPER ->
                    "zypper addrepo %srpm/v1.28/klts-zypper.repo".formatted(url)
                        + " && zypper --gpg-auto-import-keys refresh";
              })
          .assertOk();
      String definition = machine.read(path);
      machine.install(packageOf(manager)).assertOk();
      upgrade(machine, manager, "announce", 2);
      upgrade(machine, manager, "mirrored", 3);
      assertThat(machine.read(path)).isEqualTo(definition);
      machine.install("kubectl").assertOk();
    }
  }

  /** A machine that has nothing but what the installer made, and the upgrades of every day. */
  @ParameterizedTest
  @EnumSource
  void aMachineOfTheInstallerGoesThroughAChangeOfKeysAndLearnsAMirror(Manager manager)
      throws IOException {
    try (Machine machine = new Machine(manager)) {
      Map<String, String> before = machine.listing();
      String packages = machine.packages();
      serve(folder.resolve("begin"));
      String url = origin.uri() + "tree";
      String[] options = {"--packages", "kubectl"};
      machine.pipe(url, options).assertOk();
      assertThat(machine.installed(packageOf(manager)))
          .isEqualTo(machine.spelling("1.28.0-keys.1"));
      upgradeThroughAllSteps(machine, manager);
      machine.pipe(url, options).assertOk().assertSays("nothing to change");
      forgetIndexes(machine, manager);
      Files.delete(folder.resolve("origin/tree"));
      machine.upgradeAll().assertOk();

      serve(folder.resolve("retire"));
      machine.pipe(url, "--packages", "kubectl", "--upgrade").assertOk();
      assertThat(machine.installed("kubectl")).isEqualTo(machine.spelling(NEWER));
      machine.pipe(url, "--uninstall").assertOk();
      assertThat(machine.packages()).isEqualTo(packages);
      assertThat(machine.changesSince(before)).isEmpty();
    }
  }
}
