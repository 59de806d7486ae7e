package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.publish.TinyTree;
import io.klts.repo.tree.ListedMirror;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.apache.commons.io.file.PathUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What install.sh does on machines whose programs are stand-ins: every shell, every manager, every
 * way to fail. What real managers make of it, other tests show.
 */
class InstallerScriptIT {

  private static final List<String> SHELLS =
      List.of("dash", "bash", "bash --posix", "busybox ash", "mksh", "yash");

  private static final String NEAR = "https://near.example.cn/klts";
  private static final String FAR = "https://far.example.org";
  private static final String TOKEN = "abcdef.0123456789abcdef";
  private static final String NEW = "1.28.15-lts.2";
  private static final String OLD = "1.28.15-lts.1";

  @TempDir private static Path trees;
  private static Path tree;
  private static Path older;
  private static Path script;

  private Path folder;

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Lab.folder("stub");
  }

  @AfterEach
  void removeFolder() throws IOException {
    Lab.remove(folder);
  }

  @BeforeAll
  static void publish() throws IOException {
    TinyTree tiny = new TinyTree(trees);
    tiny.publish("v" + OLD);
    tiny.list(
        List.of(
            new ListedMirror("near", "copy", NEAR, "cn", 10, NEAR + "/rpm", NEAR + "/apt"),
            new ListedMirror("far", "copy", FAR, null, 20, FAR + "/rpm", FAR + "/apt")));
    older = trees.resolve("older");
    PathUtils.copyDirectory(tiny.root(), older);
    tiny.publish("v" + NEW);
    tree = tiny.root();
    script = tree.resolve("install.sh");
  }

  private StubMachine machine(String manager) throws IOException {
    StubMachine machine = StubMachine.with(folder, manager);
    machine.serve(tree, TinyTree.URL);
    return machine;
  }

  private static Outcome install(StubMachine machine, String... arguments) throws IOException {
    return machine.pipe(script, "dash", arguments);
  }

  static Stream<Arguments> shellsAndManagers() {
    return SHELLS.stream()
        .flatMap(
            shell ->
                Stream.of("apt", "dnf", "yum", "zypper")
                    .map(manager -> Arguments.of(shell, manager)));
  }

  @ParameterizedTest
  @MethodSource("shellsAndManagers")
  void installsThenHasNothingToDoThenTakesAllBack(String shell, String manager) throws IOException {
    StubMachine machine = machine(manager);
    machine.serve(tree, NEAR);
    // yash reads no text with other letters than ASCII's without a locale that has them.
    machine.set("LC_ALL", shell.equals("yash") ? "C.UTF-8" : "C");
    SortedMap<String, String> before = machine.snapshot();

    Outcome first = machine.pipe(script, shell, "--with-runtime");
    first.assertOk().assertSays("mirrors: near origin");
    assertThat(first.out()).endsWith("Golden & Sons: DONE, v1.28 " + NEW + "\n");
    String installed = manager.equals("apt") ? NEW : NEW.replace('-', '.');
    assertThat(machine.read("/var/lib/stub/kubelet")).isEqualTo(installed + "\n");
    assertThat(machine.exists("/var/lib/stub/containerd")).isTrue();

    SortedMap<String, String> after = machine.snapshot();
    Outcome second = machine.pipe(script, shell, "--with-runtime");
    assertThat(second.assertOk().out()).endsWith("DONE, nothing to change: v1.28 " + NEW + "\n");
    assertThat(machine.snapshot()).isEqualTo(after);

    machine.pipe(script, shell, "--uninstall").assertOk();
    machine.write("/var/lib/stub/.keep", "");
    SortedMap<String, String> rest = machine.snapshot();
    rest.keySet()
        .removeIf(path -> path.matches("root/var/(lib/stub|cache|lib/apt|lib/klts)(/.*)?"));
    before.keySet().removeIf(path -> path.matches("root/var/(lib/stub|cache|lib/apt)(/.*)?"));
    assertThat(rest).isEqualTo(before);
    assertThat(machine.pipe(script, shell, "--uninstall").assertOk().out())
        .contains("DONE, nothing to do");
  }

  @ParameterizedTest
  @ValueSource(strings = {"apt", "dnf", "yum", "zypper"})
  void movesNothingWithoutUpgrade(String manager) throws IOException {
    StubMachine machine = machine(manager);
    install(machine, "--version", OLD).assertOk();
    SortedMap<String, String> before = machine.snapshot();

    install(machine).assertOk().assertSays(NEW.replace('-', manager.equals("apt") ? '-' : '.'));
    assertThat(machine.snapshot()).isEqualTo(before);
    install(machine, "--version", NEW).assertExit(4).assertSays("add --upgrade");
    assertThat(machine.snapshot()).isEqualTo(before);

    install(machine, "--upgrade").assertOk();
    assertThat(machine.read("/var/lib/stub/kubelet")).contains("lts.2");
    install(machine, "--upgrade", "--version", OLD)
        .assertExit(4)
        .assertSays("Kubernetes does not go back");
  }

  @Test
  void holdsWhatItInstalled() throws IOException {
    StubMachine apt = machine("apt");
    install(apt).assertOk();
    assertThat(apt.read("/var/lib/held").lines()).containsExactly("kubeadm", "kubelet", "kubectl");
  }

  @Test
  void excludesKeepTheirOwnLineInTheSectionWhereTheyBelong() throws IOException {
    StubMachine dnf = machine("dnf");
    dnf.write("/etc/dnf/dnf.conf", "[main]\nexclude=other\nbest=True\n[extra]\na=b\n");
    install(dnf).assertOk();
    assertThat(dnf.read("/etc/dnf/dnf.conf"))
        .isEqualTo("[main]\nexclude=other kubeadm kubelet kubectl\nbest=True\n[extra]\na=b\n");
    install(dnf, "--uninstall").assertOk();
    assertThat(dnf.read("/etc/dnf/dnf.conf"))
        .isEqualTo("[main]\nexclude=other\nbest=True\n[extra]\na=b\n");
  }

  // --- mirrors

  @Test
  void saysWhyItLeavesAMirrorOut() throws IOException {
    StubMachine machine = machine("apt");
    machine.serve(older, NEAR);
    install(machine).assertOk().assertSays("left out near: it is behind since before");
    assertThat(machine.read("/etc/apt/sources.list.d/golden-archive.sources"))
        .contains("URIs: " + TinyTree.URL + "/apt\n");

    Path forged = machine.site().resolve("near.example.cn/klts/timestamp.asc");
    Files.writeString(
        forged, Files.readString(tree.resolve("timestamp.asc")).replace("serial", "serial 9"));
    install(machine)
        .assertOk()
        .assertSays("left out near: its timestamp.asc is not signed by the key of this script")
        .assertSays("left out far: no answer: curl: (7) Failed to connect to " + FAR);

    Files.writeString(forged, "<html>log in</html>");
    install(machine).assertOk().assertSays("is something else");

    Files.writeString(forged, "serial 99\n" + Files.readString(tree.resolve("timestamp.asc")));
    install(machine).assertOk().assertSays("left out near: what it has");
  }

  @Test
  void writesAListInTheOrderOfItsChoice() throws IOException {
    StubMachine machine = machine("apt");
    machine.serve(tree, FAR);
    install(machine).assertOk();
    assertThat(machine.read("/etc/apt/mirrors/golden.list"))
        .isEqualTo(FAR + "/apt\tpriority:1\n" + TinyTree.URL + "/apt\tpriority:2\n");
    assertThat(machine.read("/etc/apt/sources.list.d/golden-archive.sources"))
        .contains("URIs: mirror+file:/etc/apt/mirrors/golden.list\n");
  }

  /** Then mirrors of later years come with an upgrade; zypper reads no lists. */
  @ParameterizedTest
  @CsvSource({
    "apt, /etc/apt/sources.list.d/golden-archive.sources, "
        + "URIs: mirror+file:/usr/share/golden-archive-keyring/mirrors.list",
    "dnf, /etc/yum.repos.d/golden.repo, mirrorlist=file:///usr/share/golden-release/mirrorlist",
    "yum, /etc/yum.repos.d/golden.repo, mirrorlist=file:///usr/share/golden-release/mirrorlist",
    "zypper, /etc/zypp/repos.d/golden.repo, baseurl=https://near.example.cn/klts/rpm/v1.28/",
  })
  void takesTheListOfThePackageThatBeginsWithTheBestMirror(
      String manager, String definition, String line) throws IOException {
    StubMachine machine = machine(manager);
    machine.serve(tree, NEAR);
    install(machine).assertOk();
    assertThat(machine.read(definition)).contains(line + "\n");
    install(machine, "--mirror", "origin").assertOk();
    assertThat(machine.read(definition))
        .contains(TinyTree.URL)
        .doesNotContain(NEAR, "/usr/share/golden-release");
    install(machine).assertOk();
    assertThat(machine.read(definition)).contains(line + "\n");
    PathUtils.deleteDirectory(machine.site().resolve("near.example.cn"));
    install(machine).assertOk();
    assertThat(machine.read(definition))
        .contains(TinyTree.URL)
        .doesNotContain(NEAR, "/usr/share/golden-release");
  }

  /** A tree of before, or a part of one; and an apt of before. All else is done. */
  @ParameterizedTest
  @ValueSource(strings = {"apt", "dnf", "yum", "zypper"})
  void goesOnWithoutThePackageOfTheKeys(String manager) throws IOException {
    StubMachine machine = machine(manager);
    machine.set("STUB_KEYRING", "no");
    String name = manager.equals("apt") ? "golden-archive-keyring" : "golden-release";
    install(machine)
        .assertOk()
        .assertSays(
            "note: the repository has no " + name + " for this system, so run this script again");
    assertThat(machine.exists("/var/lib/stub/kubelet")).isTrue();
    assertThat(machine.exists("/var/lib/stub/" + name)).isFalse();
    install(machine).assertOk().assertSays("nothing to change");

    machine.set("STUB_KEYRING", "yes");
    machine.set("STUB_FAILS", name);
    install(machine)
        .assertOk()
        .assertSays("this failed, see above")
        .assertSays(name + " could not be installed, so run this script again");
    machine.set("STUB_FAILS", "none");
    install(machine).assertOk();
    assertThat(machine.exists("/var/lib/stub/" + name)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "apt, golden-archive-keyring, /etc/apt/sources.list.d/golden-archive.sources, save",
    "dnf, golden-release, /etc/yum.repos.d/golden.repo, rpmsave",
    "zypper, golden-release, /etc/zypp/repos.d/golden.repo, rpmsave",
  })
  void anEditedDefinitionDoesNotGoWithThePackage(
      String manager, String name, String definition, String extension) throws IOException {
    StubMachine machine = machine(manager);
    install(machine).assertOk();
    machine.write(definition, "# mine\n");
    install(machine, "--uninstall")
        .assertOk()
        .assertSays("changed since, so it stays: " + definition + "." + extension);
    assertThat(machine.read(definition + "." + extension)).isEqualTo("# mine\n");
    assertThat(machine.exists("/var/lib/stub/" + name)).isFalse();
  }

  /** As the manual says. apt would read both. */
  @Test
  void aDefinitionThatWasMadeByHandIsTakenAsideUntilTheEnd() throws IOException {
    StubMachine machine = machine("apt");
    String path = "/etc/apt/sources.list.d/golden.sources";
    machine.write(path, "URIs: http://elsewhere.example.org\n");
    install(machine).assertOk();
    assertThat(machine.exists(path)).isFalse();
    install(machine).assertOk().assertSays("nothing to change");
    install(machine, "--uninstall").assertOk();
    assertThat(machine.read(path)).isEqualTo("URIs: http://elsewhere.example.org\n");
  }

  @ParameterizedTest
  @CsvSource({"far, https://far.example.org", "https://far.example.org, https://far.example.org"})
  void takesTheMirrorThatIsNamedAndNoOther(String named, String address) throws IOException {
    StubMachine machine = machine("dnf");
    machine.serve(tree, NEAR);
    machine.serve(tree, FAR);
    install(machine, "--mirror", named).assertOk();
    assertThat(machine.read("/etc/yum.repos.d/golden.repo"))
        .contains("baseurl=" + address + "/rpm/v1.28/\nenabled")
        .doesNotContain(NEAR, TinyTree.URL);
    assertThat(machine.calls()).noneMatch(call -> call.contains(NEAR));
    install(machine, "--mirror", "nobody").assertExit(2).assertSays("near far origin");
  }

  @ParameterizedTest
  @ValueSource(strings = {"apt", "dnf", "yum", "zypper"})
  void leavesOutAMirrorThatGaveTheManagerSomethingElse(String manager) throws IOException {
    StubMachine machine = machine(manager);
    machine.serve(tree, NEAR);
    replay(machine, "near.example.cn/klts");
    install(machine).assertOk().assertSays("is not what near signed; leaving it out");

    SortedMap<String, String> good = withoutCaches(machine);
    install(machine, "--mirror", "near").assertExit(6);
    assertThat(withoutCaches(machine)).isEqualTo(good);
  }

  /** A fresh timestamp, and an older state, rightly signed, for those who do not look twice. */
  private static void replay(StubMachine machine, String host) throws IOException {
    Path folder = machine.site().resolve(host);
    for (String path : List.of("apt/dists/v1.28/InRelease", "rpm/v1.28/repodata/repomd.xml")) {
      Files.write(folder.resolve(path), Files.readAllBytes(older.resolve(path)));
    }
  }

  private static SortedMap<String, String> withoutCaches(StubMachine machine) throws IOException {
    SortedMap<String, String> files = machine.snapshot();
    files.keySet().removeIf(path -> path.matches("root/var/(cache|lib/apt)(/.*)?"));
    return files;
  }

  /** Also a definition that was written anew for each mirror that was left out. */
  @ParameterizedTest
  @ValueSource(strings = {"apt", "dnf", "yum", "zypper"})
  void takesBackWhatItWroteForOneMirrorAfterTheOther(String manager) throws IOException {
    StubMachine machine = machine(manager);
    install(machine, "--mirror", "origin").assertOk();
    SortedMap<String, String> good = withoutCaches(machine);
    machine.serve(tree, NEAR);
    replay(machine, "near.example.cn/klts");
    replay(machine, "packages.example.org/gold");
    install(machine).assertExit(6).assertSays("leaving it out").assertSays("no other mirror");
    assertThat(withoutCaches(machine)).isEqualTo(good);
  }

  @Test
  void neverGoesBackBehindWhatTheMachineHasSeen() throws IOException {
    StubMachine machine = machine("apt");
    install(machine, "--repo-only").assertOk();
    PathUtils.deleteDirectory(machine.site());
    machine.serve(older, TinyTree.URL);
    install(machine)
        .assertExit(5)
        .assertSays("left out origin: it has an older state than this machine has seen");
  }

  @Test
  void endsWithAWordForEachKindOfMissingMirror() throws IOException {
    StubMachine machine = machine("apt");
    SortedMap<String, String> before = machine.snapshot();
    PathUtils.deleteDirectory(machine.site());
    install(machine).assertExit(5).assertSays("no mirror is fresh and reachable");
    machine.serve(tree, TinyTree.URL);
    Files.writeString(
        machine.site().resolve("packages.example.org/gold/timestamp.asc"),
        Files.readString(tree.resolve("timestamp.asc")).replace("date 2", "date 3"));
    install(machine, "--mirror", "origin").assertExit(6).assertSays("nothing was signed");
    assertThat(machine.snapshot()).isEqualTo(before);
  }

  @Test
  void aPlainAddressIsNotTakenInPlaceOfASafeOne() throws IOException {
    StubMachine machine = machine("apt");
    machine.serve(tree, "http://plain.example.org");
    install(machine, "--mirror", "http://plain.example.org")
        .assertExit(5)
        .assertSays("its address is not https");
  }

  /** As newer Debians verify: no gpgv is there. */
  @Test
  void sqvVerifiesInPlaceOfGpgv() throws IOException {
    StubMachine machine = machine("apt");
    machine.remove("gpgv");
    machine.add("sqv");
    machine.serve(tree, NEAR);
    Outcome good = install(machine).assertOk().assertSays("mirrors: near origin");
    assertThat(good.err()).doesNotContain("no gpgv, sqv or gpg is here");

    Path changed = machine.site().resolve("near.example.cn/klts/timestamp.asc");
    Files.writeString(changed, Files.readString(changed).replace("serial ", "serial 9"));
    install(machine)
        .assertOk()
        .assertSays("left out near: its timestamp.asc is not signed by the key of this script")
        .assertSays("mirrors: origin");
  }

  // --- what it looks at first

  @Test
  void saysEveryProblemBeforeAnythingIsChanged() throws IOException {
    StubMachine machine = machine("apt");
    PathUtils.deleteDirectory(machine.site());
    machine.set("STUB_UID", "1000");
    machine.write("/var/lib/stub/kubelet", "1.27.1-1.1\n");
    machine.write("/usr/bin/containerd", "");
    machine.write("/usr/bin/kubelet", "");
    machine.write(
        "/var/lib/owners", "/usr/bin/containerd containerd.io\n/usr/bin/kubelet kubelet\n");
    machine.write("/proc/swaps", "Filename Type\n/dev/sda2 partition\n");
    machine.write("/proc/net/tcp", "head\n 0: 00000000:192B 00000000:0000 0A 0\n");
    machine.write("/proc/net/tcp6", "head\n 0: 0000:2811 0000:280A 01 0\n");
    SortedMap<String, String> before = machine.snapshot();
    Outcome outcome = install(machine, "--with-runtime", "--init");
    assertThat(outcome.assertExit(8).err().lines().filter(line -> line.startsWith("problem: ")))
        .satisfiesExactly(
            line -> assertThat(line).contains("not root, and neither sudo nor doas"),
            line -> assertThat(line).contains("no mirror is fresh and reachable"),
            line -> assertThat(line).contains("kubelet 1.27.1-1.1 is installed, and not " + NEW),
            line -> assertThat(line).contains("/usr/bin/containerd belongs to the package contain"),
            line -> assertThat(line).contains("another program listens on port 6443"),
            line -> assertThat(line).contains("swap is on, with which kubelet does not start"));
    assertThat(outcome.err()).endsWith("Golden & Sons: FAILED, exit code 8\n");
    assertThat(machine.snapshot()).isEqualTo(before);
    assertThat(machine.calls()).noneMatch(call -> call.matches("(apt-mark|kubeadm) .*"));

    assertThat(install(machine, "--lang", "zh", "--init").assertExit(8).err())
        .contains("问题：端口 6443 已被其他程序占用\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"apt", "dnf", "yum", "zypper"})
  void saysWhatIsThereAndWhatItWillDo(String manager) throws IOException {
    StubMachine machine = machine(manager);
    machine.write("/var/lib/stub/runc", "1.1.4\n");
    machine.write("/usr/local/bin/kubelet", "");
    machine.write("/etc/yum.repos.d/k8s.repo", "baseurl=https://pkgs.k8s.io/core\n");
    machine.write("/sys/module/overlay/initstate", "live\n");
    machine.set("STUB_FREE", "204800");
    String release = manager.equals("apt") ? NEW : NEW.replace('-', '.');
    String join = manager.matches("apt|zypper") ? "=" : "-";
    Outcome outcome = install(machine, "--with-runtime", "--packages", "kubelet").assertOk();
    assertThat(outcome.out())
        .contains(
            "system: Test 1, by " + manager,
            "release: v1.28 " + NEW + "\n",
            "trusted key: 53784380EE4D0ED93B4D31C92F4319005B578EC3\n",
            "mirrors: origin",
            "steps: setup-source install-containerd install-runc",
            "stays: runc 1.1.4\n",
            "to install: containerd cri-tools kubernetes-cni kubelet" + join + release + "\n",
            "note: /etc/yum.repos.d/k8s.repo has packages of the same names",
            "note: /usr/local/bin/kubelet is there already, and no package has it\n",
            "note: /usr has only 200 MiB left\n",
            "node: swap off; modules not loaded: br_netfilter\n");
    assertThat(machine.read("/var/lib/stub/runc")).isEqualTo("1.1.4\n");
  }

  // --- ways to fail

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--nonsense                      | unknown option: --nonsense",
        "--version                       | --version wants a value",
        "--version 1.28                  | expected a form such as 1.28.15-lts.2",
        "--version 1.28.15-lts.2;reboot  | expected a form such as 1.28.15-lts.2",
        "--channel ../..                 | expected a form such as 1.28",
        "--channel 1.99                  | there is no channel v1.99; there are: v1.28 all",
        "--packages $(reboot)            | expected names such as",
        "--mirror https://a/<b>          | a character that none may have",
        "--only install-everything       | there is no step install-everything",
        "--init --join a:1               | exclude each other",
        "--join a:1                      | wants --token",
        "--join a:1\";b                   | expected a form such as 10.0.0.1:6443",
        "--token A\"                      | another form than abcdef.0123456789abcdef",
        "--ca-hash sha1:0                | expected sha256: and digits",
        "--image-registry a/*            | a character that none may have: a/*",
        "--lang fr                       | expected en or zh",
        "--base-url https://a            | wants --key",
      })
  void wrongUsageChangesNothing(String arguments, String reason) throws IOException {
    StubMachine machine = machine("apt");
    SortedMap<String, String> before = machine.snapshot();
    Outcome outcome = install(machine, arguments.split(" "));
    outcome.assertExit(2).assertSays(reason);
    assertThat(outcome.err()).endsWith("Golden & Sons: FAILED, exit code 2\n");
    assertThat(machine.snapshot()).isEqualTo(before);
  }

  @Test
  void aVariableMayStandForEachOption() throws IOException {
    StubMachine machine = machine("apt");
    machine.set("KLTS_VERSION", OLD);
    machine.set("KLTS_DRY_RUN", "yes");
    machine.set("KLTS_PACKAGES", "kubectl");
    install(machine).assertOk().assertSays("install kubectl=" + OLD + "\n");
    machine.set("KLTS_DRY_RUN", "1");
    install(machine).assertExit(2).assertSays("KLTS_DRY_RUN=1; expected yes or no");
  }

  @Test
  void aSystemThatNobodyKnowsIsLeftAlone() throws IOException {
    StubMachine machine = new StubMachine(folder, "none", List.of("dnf"));
    SortedMap<String, String> before = machine.snapshot();
    install(machine).assertExit(3).assertSays("no supported package manager owns");
    assertThat(machine.snapshot()).isEqualTo(before);
  }

  @Test
  void whoIsNotRootNeedsAHelper() throws IOException {
    StubMachine machine = machine("apt");
    machine.set("STUB_UID", "1000");
    install(machine).assertExit(8).assertSays("neither sudo nor doas");
    install(machine, "--dry-run").assertOk();
    machine.stub("sudo");
    install(machine).assertOk();
    assertThat(machine.calls()).anyMatch(call -> call.startsWith("sudo apt-mark hold"));
  }

  @Test
  void whatIsMissingIsNamed() throws IOException {
    StubMachine machine = machine("apt");
    machine.remove("curl");
    install(machine).assertExit(4).assertSays("neither curl nor wget");
    machine.stub("wget");
    machine.remove("gpgv");
    install(machine)
        .assertOk()
        .assertSays("no gpgv, sqv or gpg is here")
        .assertSays("apt still verifies every index and package");
  }

  @ParameterizedTest
  @ValueSource(strings = {"apt", "dnf", "yum", "zypper"})
  void aRepositoryThatCannotBeReadIsTakenBack(String manager) throws IOException {
    StubMachine machine = machine(manager);
    SortedMap<String, String> before = machine.snapshot();
    PathUtils.deleteDirectory(machine.site());
    Path origin = machine.site().resolve(TinyTree.URL.substring("https://".length()));
    Files.createDirectories(origin);
    Files.copy(tree.resolve("timestamp.asc"), origin.resolve("timestamp.asc"));
    install(machine).assertExit(7);
    assertThat(machine.snapshot()).isEqualTo(before);
  }

  @Test
  void aFailedInstallationSaysWhich() throws IOException {
    StubMachine machine = machine("apt");
    machine.set("STUB_FAILS", "kubelet");
    Outcome outcome = install(machine);
    outcome.assertExit(7).assertSays("this failed, see above");
    assertThat(outcome.err()).endsWith("Golden & Sons: FAILED, exit code 7\n");
    machine.set("STUB_FAILS", "none");
    install(machine).assertOk();
  }

  @Test
  void theScriptOfTheProjectItselfSaysThatItHasNoSettings() throws IOException {
    Outcome outcome = machine("apt").pipe(Path.of("install.sh"), "dash");
    outcome.assertExit(2).assertSays("this script has no settings yet");
  }

  /** Runs the script of the project, which has no settings, with this tree. */
  private static Outcome fromProject(StubMachine machine, String... arguments) throws IOException {
    return withAddress(machine, Path.of("install.sh"), arguments);
  }

  private static Outcome withAddress(StubMachine machine, Path script, String... arguments)
      throws IOException {
    String key = tree.resolve("keys/golden.asc").toString();
    List<String> all = new ArrayList<>(List.of("--base-url", TinyTree.URL, "--key", key));
    all.addAll(List.of(arguments));
    return machine.pipe(script, "dash", all.toArray(String[]::new));
  }

  @Test
  void anotherTreeNeedsItsKey() throws IOException {
    StubMachine machine = machine("apt");
    fromProject(machine, "--version", NEW).assertOk();
    assertThat(machine.root().resolve("usr/share/keyrings/klts-archive-keyring.gpg"))
        .hasSameBinaryContentAs(tree.resolve("keys/golden.gpg"));
  }

  // --- what it writes

  @ParameterizedTest
  @CsvSource({
    "dnf, /etc/yum.repos.d/golden.repo, rpm/v1.28/golden.repo",
    "yum, /etc/yum.repos.d/golden.repo, rpm/v1.28/golden.repo",
    "zypper, /etc/zypp/repos.d/golden.repo, rpm/v1.28/golden-zypper.repo",
    "zypper, /etc/zypp/vendors.d/golden.conf, rpm/golden-vendors.conf",
    "apt, /etc/apt/sources.list.d/golden-archive.sources, apt/v1.28.sources",
  })
  void definitionsAreThoseThatTheTreeServes(String manager, String path, String served)
      throws IOException {
    StubMachine machine = machine(manager);
    install(machine, "--repo-only").assertOk();
    // It has the key already, and more to say of other repositories.
    String expected =
        Files.readString(tree.resolve(served))
            .replace(
                "gpgkey=" + TinyTree.URL + "/keys/golden.asc",
                "gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-golden");
    assertThat(machine.read(path).replace("priority=50\n", "")).isEqualTo(expected);
  }

  @Test
  void keysAreThoseThatTheTreeServes() throws IOException {
    StubMachine machine = machine("apt");
    install(machine, "--repo-only").assertOk();
    assertThat(machine.root().resolve("usr/share/keyrings/golden-archive-keyring.gpg"))
        .hasSameBinaryContentAs(tree.resolve("keys/golden.gpg"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"apt", "dnf", "yum", "zypper"})
  void aDryRunPrintsEverythingAndChangesNothing(String manager) throws IOException {
    StubMachine machine = machine(manager);
    machine.serve(tree, NEAR);
    machine.write("/etc/fstab", "/dev/sda2 none swap sw 0 0\n");
    SortedMap<String, String> before = machine.snapshot();
    Outcome outcome = install(machine, "--dry-run", "--with-runtime", "--prepare", "--init");
    assertThat(machine.snapshot()).isEqualTo(before);
    assertThat(machine.calls())
        .noneMatch(call -> call.matches("(apt-mark hold|dnf|yum|zypper|kubeadm|modprobe).*"));
    Golden.check(
        "installer/dry-run-" + manager + ".txt",
        outcome
            .assertOk()
            .out()
            .replace(machine.root().toString(), "")
            .replaceFirst("clock says \\S+Z", "clock says NOW"));
  }

  @Test
  void preparesANodeAndTakesItBack() throws IOException {
    StubMachine machine = machine("apt");
    machine.write("/etc/fstab", "/dev/sda1 / ext4 defaults 0 1\n/dev/sda2 none swap sw 0 0\n");
    machine.write("/proc/swaps", "Filename Type\n/dev/sda2 partition\n");
    machine.write("/proc/sys/net/ipv4/ip_forward", "0\n");
    machine.write(
        "/etc/containerd/config.toml", "disabled_plugins = [\"cri\"]\n    SystemdCgroup = false\n");
    SortedMap<String, String> before = machine.snapshot();

    install(machine, "--prepare").assertOk();
    assertThat(machine.read("/etc/fstab"))
        .isEqualTo("/dev/sda1 / ext4 defaults 0 1\n#golden# /dev/sda2 none swap sw 0 0\n");
    assertThat(machine.read("/etc/containerd/config.toml"))
        .isEqualTo("disabled_plugins = []\n    SystemdCgroup = true\n");
    assertThat(machine.read("/etc/sysctl.d/99-golden.conf")).contains("net.ipv4.ip_forward = 1\n");
    assertThat(machine.calls()).contains("swapoff -a", "modprobe br_netfilter");

    machine.forgetCalls();
    install(machine, "--uninstall").assertOk();
    assertThat(machine.calls()).contains("swapon -a", "sysctl -q -w net.ipv4.ip_forward=0");
    SortedMap<String, String> after = machine.snapshot();
    after.keySet().removeIf(path -> !before.containsKey(path));
    assertThat(after).isEqualTo(before);
  }

  @Test
  void aFileThatWasChangedSinceStays() throws IOException {
    StubMachine machine = machine("apt");
    install(machine, "--repo-only").assertOk();
    machine.write("/etc/apt/preferences.d/golden", "mine\n");
    install(machine, "--uninstall")
        .assertOk()
        .assertSays("changed since, so it stays: /etc/apt/preferences.d/golden");
    assertThat(machine.read("/etc/apt/preferences.d/golden")).isEqualTo("mine\n");
  }

  @Test
  void stepsCanBeChosen() throws IOException {
    StubMachine machine = machine("apt");
    install(machine, "--skip", "hold-packages").assertOk();
    assertThat(machine.calls()).noneMatch(call -> call.startsWith("apt-mark hold"));
    machine.forgetCalls();
    install(machine, "--only", "hold-packages").assertOk();
    assertThat(machine.calls())
        .contains("apt-mark hold kubeadm kubelet kubectl")
        .noneMatch(call -> call.startsWith("curl"));
  }

  @Test
  void clustersAreMadeOnlyWhenAskedFor() throws IOException {
    StubMachine machine = machine("apt");
    install(machine, "--prepare").assertOk();
    assertThat(machine.calls()).noneMatch(call -> call.startsWith("kubeadm"));
    install(machine, "--init")
        .assertOk()
        .assertSays(
            "curl -fsSL "
                + TinyTree.URL
                + "/install.sh | KLTS_TOKEN="
                + TOKEN
                + " sh -s -- --version "
                + NEW
                + " --with-runtime --prepare --join 10.0.0.1:6443 --ca-hash sha256:0123\n");
    assertThat(machine.calls()).contains("kubeadm init --kubernetes-version=v1.28.15");
    install(machine, "--init", "--image-registry", "images.example.org/k8s").assertOk();
    assertThat(machine.calls())
        .contains(
            "kubeadm init --image-repository=images.example.org/k8s"
                + " --kubernetes-version=v1.28.15-lts.2");
  }

  static List<String> shells() {
    return SHELLS;
  }

  /** Where images are, and an accelerator for that place; with another tree, they stay the same. */
  @Test
  void imagesComeFromTheRegistriesOfItsSettings() throws IOException {
    Path other = folder.resolve("install.sh");
    String text = Files.readString(script);
    assertThat(text).contains("  registries=''\n");
    Files.writeString(
        other,
        text.replace(
            "  registries=''\n",
            """
              registries='far ghcr.io slow.example.cn 90
            images ghcr.io/example/kubernetes registry.example.org/kubernetes 50
            near ghcr.io ghcr.example.cn/proxy 10
            else quay.io quay.example.cn 1'
            """));
    StubMachine machine = machine("apt");
    machine.pipe(other, "dash", "--init").assertOk();
    withAddress(machine, other, "--version", NEW, "--only", "images-pull").assertOk();
    String options =
        "--image-repository=ghcr.example.cn/proxy/example/kubernetes --kubernetes-version=v" + NEW;
    assertThat(machine.calls())
        .contains("kubeadm init " + options, "kubeadm config images pull " + options);
    machine.pipe(other, "dash", "--init", "--image-registry", "quay.io/mine").assertOk();
    assertThat(machine.calls())
        .contains(
            "kubeadm init --image-repository=quay.example.cn/mine --kubernetes-version=v" + NEW);
  }

  /** Every user of a machine sees the words of every command; in mksh, printf is one. */
  @ParameterizedTest
  @MethodSource("shells")
  void aTokenIsNoWordOfAnyCommand(String shell) throws IOException {
    StubMachine machine = machine("apt");
    machine.writeDownAllCalls();
    machine.set("LC_ALL", shell.equals("yash") ? "C.UTF-8" : "C");
    machine.pipe(script, shell, "--init").assertOk().assertSays("KLTS_TOKEN=" + TOKEN);
    machine.set("KLTS_TOKEN", TOKEN);
    String[] join = {"--join", "10.0.0.1:6443", "--ca-hash", "sha256:0123", "--verbose"};
    assertThat(machine.pipe(script, shell, join).assertOk().output()).doesNotContain(TOKEN);
    assertThat(machine.calls())
        .anyMatch(call -> call.startsWith("sed "))
        .anyMatch(call -> call.matches("kubeadm join --config .*/join.yaml"))
        .noneMatch(call -> call.contains(TOKEN));
    assertThat(machine.read("/var/lib/joined"))
        .isEqualTo(
            """
            apiVersion: kubeadm.k8s.io/v1beta3
            kind: JoinConfiguration
            discovery:
              bootstrapToken:
                apiServerEndpoint: "10.0.0.1:6443"
                token: "abcdef.0123456789abcdef"
                caCertHashes: ["sha256:0123"]
            """);
  }

  /** The last one of each form that a kubeadm reads, and the first one of the next. */
  @ParameterizedTest
  @CsvSource({
    "1.10.13-lts.1, v1alpha1, NodeConfiguration",
    "1.11.10-lts.1, v1alpha2, NodeConfiguration",
    "1.12.10-lts.1, v1alpha3, JoinConfiguration",
    "1.13.12-lts.1, v1beta1, JoinConfiguration",
    "1.14.10-lts.1, v1beta1, JoinConfiguration",
    "1.15.12-lts.1, v1beta2, JoinConfiguration",
    "1.21.14-lts.1, v1beta2, JoinConfiguration",
    "1.22.17-lts.1, v1beta3, JoinConfiguration",
    "1.32.13-lts.1, v1beta3, JoinConfiguration",
  })
  void kubeadmJoinsWithTheFormThatItsMinorReads(String version, String api, String kind)
      throws IOException {
    StubMachine machine = machine("apt");
    machine.set("KLTS_TOKEN", TOKEN);
    Outcome outcome =
        fromProject(
            machine, "--version", version, "--dry-run", "--join", "a:1", "--ca-hash", "sha256:0");
    outcome
        .assertOk()
        .assertSays("+apiVersion: kubeadm.k8s.io/" + api + "\n+kind: " + kind + "\n")
        .assertSays("token: ***\n");
    assertThat(outcome.output()).doesNotContain(TOKEN);
    assertThat(outcome.output().contains("\n+token: "))
        .as("the token lies at the top until 1.12")
        .isEqualTo(api.startsWith("v1alpha"));
  }

  @Test
  void aCopyInAFolderNeedsNoNetwork() throws IOException {
    StubMachine machine = machine("dnf");
    PathUtils.deleteDirectory(machine.site());
    Path copy = folder.resolve("copy");
    PathUtils.copyDirectory(tree, copy);
    install(machine, "--offline", copy.toString()).assertOk();
    assertThat(machine.read("/etc/yum.repos.d/golden.repo"))
        .contains("baseurl=file://" + copy.toRealPath() + "/rpm/v1.28/\n");
    assertThat(machine.calls()).noneMatch(call -> call.startsWith("curl"));
    install(machine, "--offline", "/nowhere").assertExit(4).assertSays("there is no folder");
  }

  @Test
  void downloadsWithoutInstalling() throws IOException {
    StubMachine machine = machine("apt");
    install(machine, "--download-only").assertOk();
    assertThat(machine.exists("/var/lib/stub/kubelet")).isFalse();
    assertThat(machine.calls())
        .anyMatch(call -> call.matches("apt-get .*--download-only install .*"))
        .noneMatch(call -> call.startsWith("apt-mark hold"));
  }

  @Test
  void speaksTheLanguageOfTheMachine() throws IOException {
    StubMachine machine = machine("apt");
    machine.set("LC_ALL", "zh_CN.UTF-8");
    assertThat(install(machine).assertOk().out()).endsWith("Golden & Sons：完成，v1.28 " + NEW + "\n");
    assertThat(install(machine, "--lang", "en", "--help").assertOk().out())
        .startsWith("Usage: install.sh");
    assertThat(install(machine, "--help").assertOk().out()).startsWith("用法：install.sh");
  }

  @Test
  void quietSaysTheLastLineOnly() throws IOException {
    StubMachine machine = machine("apt");
    Outcome outcome = install(machine, "--quiet", "--mirror", "origin");
    assertThat(outcome.assertOk().output()).isEqualTo("Golden & Sons: DONE, v1.28 " + NEW + "\n");
  }
}
