package io.klts.repo.acceptance;

import static io.klts.repo.acceptance.InstallerTree.NEW;
import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.acceptance.Machine.Manager;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What goes wrong on machines and on the way to them: the installer ends with the exit code that
 * its help names, leaves the machine as it was, and a second run works when the trouble is over.
 */
@ExtendWith(InstallerTree.Shared.class)
class InstallerTroubleIT {

  private static final String[] OPTIONS = {"--version", NEW};

  /** With wget in place of curl, for the script and in it. */
  @ParameterizedTest
  @ValueSource(strings = {"wget -qO-", "busybox wget -qO-"})
  void doesWithoutCurl(String download, InstallerTree tree) throws IOException {
    try (Machine machine = new Machine(Manager.APT)) {
      machine.remove("/usr/bin/curl");
      if (download.startsWith("busybox")) {
        machine.remove("/usr/bin/wget");
        machine.sh("ln -s /bin/busybox /usr/bin/wget").assertOk();
      }
      machine.program(Machine.piping(download, "sh", tree.url(), OPTIONS)).run().assertOk();
      assertInstalled(machine);
      machine.remove("/usr/bin/wget");
      machine
          .program(Machine.piping("busybox wget -qO-", "sh", tree.url(), OPTIONS))
          .run()
          .assertExit(4)
          .assertSays("neither curl nor wget is here");
    }
  }

  /** Debian has gpgv only, Enterprise Linux and openSUSE have gpg. */
  @ParameterizedTest
  @CsvSource({"APT, /usr/bin/gpg", "DNF, /usr/bin/gpgv", "ZYPPER, /usr/bin/gpgv"})
  void doesWithOneOfGpgAndGpgv(Manager manager, String program, InstallerTree tree)
      throws IOException {
    try (Machine machine = new Machine(manager)) {
      machine.remove(program);
      Outcome install = machine.pipe(tree.url(), OPTIONS).assertOk();
      assertThat(install.err()).doesNotContain("gpgv");
      assertInstalled(machine);
    }
  }

  /** Then it is the manager that refuses, because it cannot verify anything either. */
  @ParameterizedTest
  @EnumSource
  void installsNothingWithoutAnyVerifier(Manager manager, InstallerTree tree) throws IOException {
    try (Machine machine = new Machine(manager)) {
      machine.sh("mkdir /kept && mv /usr/bin/gpg /usr/bin/gpgv /kept").assertOk();
      assertEndsWith(7, machine, machine.program(piping(tree)), "no gpgv, sqv or gpg is here");
      machine.sh("mv /kept/* /usr/bin").assertOk();
      assertWorks(machine, tree);
    }
  }

  @Test
  void wantsRootOrSudo(InstallerTree tree) throws IOException {
    try (Machine machine = new Machine(Manager.APT)) {
      Map<String, String> before = machine.listing();
      asNobody(machine, piping(tree))
          .assertExit(8)
          .assertSays("not root, and neither sudo nor doas");
      asNobody(machine, piping(tree, "--dry-run")).assertOk().assertSays("DRY RUN");
      assertThat(machine.changesSince(before)).isEmpty();
    }
  }

  private static Outcome asNobody(Machine machine, String... command) throws IOException {
    List<String> full =
        new ArrayList<>(
            List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"));
    full.addAll(List.of(command));
    return machine.program(full.toArray(String[]::new)).run();
  }

  @ParameterizedTest
  @EnumSource
  void changesNothingOnAReadOnlyRoot(Manager manager, InstallerTree tree) throws IOException {
    try (Machine machine = new Machine(manager)) {
      Map<String, String> before = machine.listing();
      machine.becomeReadOnly();
      machine
          .program(piping(tree))
          .run()
          .assertExit(4)
          .assertSays("no temporary folder can be made in /tmp; is the disk full or read-only?");
      // With a file system of its own for temporary files.
      String[] piping = piping(tree);
      List<String> command = new ArrayList<>(List.of("sh", "-c"));
      command.add("mount -t tmpfs klts /tmp && exec \"$0\" \"$@\"");
      command.addAll(List.of(piping));
      machine
          .program(command.toArray(String[]::new))
          .run()
          .assertExit(4)
          .assertSays("is the disk full or read-only?");
      machine.becomeWritable();
      assertThat(machine.changesSince(before)).isEmpty();
      assertWorks(machine, tree);
    }
  }

  /** From no room at all to nearly enough for the packages. */
  @ParameterizedTest
  @CsvSource({
    "APT, 0",
    "APT, 16",
    "APT, 64",
    "APT, 4000",
    "DNF, 0",
    "DNF, 64",
    "DNF, 1000",
    "ZYPPER, 0",
    "ZYPPER, 64",
    "ZYPPER, 1000"
  })
  void leavesAFullDiskAsItWas(Manager manager, int freeKibibytes, InstallerTree tree)
      throws IOException {
    try (Machine machine = new Machine(manager, 64)) {
      Map<String, String> before = machine.listing();
      String packages = machine.packages();
      machine.fill(freeKibibytes);
      Outcome install = machine.program(piping(tree)).run();
      System.err.println(
          manager + " " + freeKibibytes + " " + install.exit() + "\n" + install.output());
      machine.remove("/filler");
      System.err.println(machine.changesSince(before));
      System.err.println(machine.packages().equals(packages));
      assertWorks(machine, tree);
      machine.pipe(tree.url(), "--uninstall").assertOk();
      assertThat(machine.changesSince(before)).isEmpty();
    }
  }

  /** Before the key was made, before the date of the tree, and after the end of the key. */
  @ParameterizedTest
  @CsvSource({"APT, 2001-01-01", "APT, 2026-01-01", "APT, 2050-01-01", "DNF, 2026-01-01"})
  void namesAWrongClock(Manager manager, String date, InstallerTree tree) throws IOException {
    try (Machine machine = new Machine(manager)) {
      Map<String, String> before = machine.listing();
      String library =
          machine.sh("ls /usr/lib/*/faketime/libfaketime.so.1").assertOk().out().strip();
      Outcome outcome =
          machine
              .program(piping(tree))
              .with("LD_PRELOAD", library)
              .with("FAKETIME", "@" + date + " 00:00:00")
              .run();
      System.err.println(manager + " " + date + " " + outcome.exit() + "\n" + outcome.output());
      assertThat(machine.changesSince(before)).isEmpty();
      assertWorks(machine, tree);
    }
  }

  /** The server breaks off in the middle of a file, each time. */
  @ParameterizedTest
  @EnumSource
  void endsWellWhenADownloadBreaksOff(Manager manager, InstallerTree tree) throws IOException {
    String index =
        manager == Manager.APT ? "apt/dists/v1.28/InRelease" : "rpm/v1.28/repodata/repomd.xml";
    String file =
        manager == Manager.APT
            ? "apt/pool/main/k/kubelet/kubelet_1.28.15-lts.2_amd64.deb"
            : "rpm/v1.28/x86_64/kubelet-1.28.15.lts.2-1.x86_64.rpm";
    try (Machine machine = new Machine(manager);
        HostileServer server = new HostileServer(tree.folder())) {
      breaksOff(machine, server, "install.sh", 2, "");
      breaksOff(machine, server, "timestamp.asc", 5, "left out ");
      breaksOff(machine, server, index, 7, "");
      breaksOff(machine, server, file, 7, "");
      machine.pipe(server.url(), "--version", NEW, "--mirror", server.url()).assertOk();
      assertInstalled(machine);
    }
  }

  private static void breaksOff(
      Machine machine, HostileServer server, String path, int exit, String words)
      throws IOException {
    server.spoil(path, HostileServer.Fault.BREAKS);
    String[] options = {"--version", NEW, "--mirror", server.url()};
    Program run = machine.program(Machine.piping("curl -fsSL", "sh", server.url(), options));
    assertEndsWith(exit, machine, run, words);
    server.serve(server.folder());
  }

  private static String[] piping(InstallerTree tree, String... more) {
    List<String> options = new ArrayList<>(List.of(OPTIONS));
    options.addAll(List.of(more));
    return Machine.piping("curl -fsSL", "sh", tree.url(), options.toArray(String[]::new));
  }

  /** Runs it, which fails with this code and leaves nothing behind. */
  private static void assertEndsWith(int exit, Machine machine, Program program, String words)
      throws IOException {
    Map<String, String> before = machine.listing();
    String packages = machine.packages();
    program.run().assertExit(exit).assertSays(words);
    assertThat(machine.packages()).isEqualTo(packages);
    assertThat(machine.changesSince(before)).isEmpty();
  }

  private static void assertWorks(Machine machine, InstallerTree tree) throws IOException {
    machine.pipe(tree.url(), OPTIONS).assertOk();
    assertInstalled(machine);
  }

  private static void assertInstalled(Machine machine) throws IOException {
    assertThat(machine.installed("kubelet")).isEqualTo(machine.spelling(NEW));
    assertThat(machine.chroot("kubelet").assertOk().out())
        .isEqualTo(InstallerTree.says("kubelet", NEW));
  }
}
