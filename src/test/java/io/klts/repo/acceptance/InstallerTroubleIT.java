package io.klts.repo.acceptance;

import static io.klts.repo.acceptance.InstallerTree.NEW;
import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.acceptance.Machine.Manager;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What goes wrong on machines and on the way to them: the installer ends with the exit code that
 * its help names, leaves the machine as it was, and a second run works when the trouble is over.
 */
@ExtendWith(InstallerTree.Shared.class)
class InstallerTroubleIT {

  private static final String[] OPTIONS = {"--version", NEW};

  /**
   * With wget in place of curl, for the script and in it, and with one of gpg and gpgv: Debian has
   * gpgv only, Enterprise Linux and openSUSE have gpg.
   */
  @ParameterizedTest
  @CsvSource({"APT, /usr/bin/gpg", "DNF, /usr/bin/gpgv", "ZYPPER, /usr/bin/gpgv"})
  void doesWithoutCurlAndWithOneVerifier(Manager manager, String missing, InstallerTree tree)
      throws IOException {
    try (Machine machine = new Machine(manager)) {
      machine.remove("/usr/bin/curl", missing);
      String[] piping = Machine.piping("wget -qO-", "sh", tree.url(), OPTIONS);
      Outcome install = machine.program(piping).run().assertOk();
      assertThat(install.err()).doesNotContain("gpgv");
      assertInstalled(machine);
      machine.remove("/usr/bin/wget");
      piping = Machine.piping("busybox wget -qO-", "sh", tree.url(), OPTIONS);
      assertEndsWith(4, machine, machine.program(piping), "neither curl nor wget is here");
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

  /**
   * From no room at all to too little for the packages. Where the manager is interrupted, it says
   * what to do, or does it in the second run.
   *
   * @param little so many kibibytes are too little for the packages, but enough for the repository
   */
  @ParameterizedTest
  @CsvSource({"APT, 4000", "DNF, 1000", "ZYPPER, 500"})
  void leavesNoTraceOnAFullDisk(Manager manager, int little, InstallerTree tree)
      throws IOException {
    try (Machine machine = new Machine(manager, 64)) {
      Map<String, String> before = machine.listing();
      String packages = machine.packages();
      for (int free : new int[] {0, 16, 64}) {
        machine.fill(free);
        machine
            .program(piping(tree))
            .run()
            .assertExit(4)
            .assertSays("is the disk full or read-only?");
        machine.remove("/filler");
        assertThat(machine.changesSince(before)).as(free + " KiB").isEmpty();
      }
      machine.fill(little);
      machine.program(piping(tree)).run().assertExit(7).assertSays("this failed, see above");
      machine.remove("/filler");
      if (manager == Manager.APT) {
        machine.pipe(tree.url(), OPTIONS).assertExit(7).assertSays("run 'dpkg --configure -a'");
        machine.sh("dpkg --configure -a").assertOk();
      }
      assertWorks(machine, tree);
      machine.pipe(tree.url(), "--uninstall").assertOk();
      assertThat(machine.packages()).isEqualTo(packages);
      // rpm leaves the script that it could not write.
      assertThat(machine.changesSince(before))
          .allMatch(change -> change.startsWith("new /var/tmp/rpm-tmp."));
    }
  }

  /** Before the key was made, before the date of the tree, and after the end of the key. */
  @ParameterizedTest
  @CsvSource({
    "APT, 2001-01-01, 4, which is before the date of the repository; set it",
    "DNF, 2001-01-01, 4, which is before the date of the repository; set it",
    "DNF, 2026-01-01, 4, which is before the date of the repository; set it",
    "APT, 2050-01-01, 6, the key has ended for the clock of this machine: 2050-01-01"
  })
  void namesAWrongClock(Manager manager, String date, int exit, String words, InstallerTree tree)
      throws IOException {
    try (Machine machine = new Machine(manager)) {
      String library = machine.sh("ls /usr/lib/*/faketime/libfaketime.so.1").assertOk().out();
      // The library keeps things in shared memory, which is no part of the disk of any machine.
      String line = "mount -t tmpfs klts /dev/shm && exec env \"LD_PRELOAD=$0\" \"$@\"";
      List<String> command = new ArrayList<>(List.of("sh", "-c", line, library.strip()));
      command.add("FAKETIME=@" + date + " 00:00:00");
      command.addAll(List.of(piping(tree)));
      assertEndsWith(exit, machine, machine.program(command.toArray(String[]::new)), words);
    }
  }

  /**
   * The server breaks off in the middle of a file, each time of another one. Managers wait and ask
   * again, for two minutes in all, so the other tests run meanwhile.
   */
  @Execution(ExecutionMode.CONCURRENT)
  @ParameterizedTest
  @EnumSource
  void endsWellWhenADownloadBreaksOff(Manager manager, InstallerTree tree) throws IOException {
    try (Machine machine = new Machine(manager);
        HostileServer server = new HostileServer(tree.folder())) {
      String[] options = {"--version", NEW, "--mirror", server.url()};
      Program run = machine.program(Machine.piping("curl -fsSL", "sh", server.url(), options));

      server.spoil("install.sh", HostileServer.Fault.BREAKS);
      assertEndsWith(2, machine, run, "curl: (18)");
      server.serve(tree.folder());
      server.spoil("timestamp.asc", HostileServer.Fault.BREAKS);
      assertEndsWith(5, machine, run, ": no answer: curl: (18)");
      server.serve(tree.folder());
      server.spoil("apt/dists/v1.28/InRelease", HostileServer.Fault.BREAKS);
      server.spoil("rpm/v1.28/repodata/repomd.xml", HostileServer.Fault.BREAKS);
      assertEndsWith(7, machine, run, "no other mirror is left");
      server.serve(tree.folder());
      breakAPackageOff(machine, server, run);
      run.run().assertOk();
      assertInstalled(machine);
    }
  }

  /** The repository is there then, and whole, but no package. */
  private static void breakAPackageOff(Machine machine, HostileServer server, Program run)
      throws IOException {
    server.spoil(
        "apt/pool/main/k/kubelet/kubelet_1.28.15-lts.2_amd64.deb", HostileServer.Fault.BREAKS);
    server.spoil("rpm/v1.28/x86_64/kubelet-1.28.15.lts.2-1.x86_64.rpm", HostileServer.Fault.BREAKS);
    String packages = machine.packages();
    Map<String, String> before = machine.listing();
    // zypper asks four times, and waits for half a minute after each.
    run.within(Duration.ofMinutes(5)).run().assertExit(7).assertSays("this failed, see above");
    assertThat(machine.packages().replaceAll("gpg-pubkey.*\n", "")).isEqualTo(packages);
    machine.pipe(server.url(), "--uninstall").assertOk();
    assertThat(machine.changesSince(before)).isEmpty();
    server.serve(server.folder());
  }

  /** Somebody or something ends it while the manager waits for a slow index. */
  @ParameterizedTest
  @EnumSource
  void takesBackWhatItWroteWhenItIsStopped(Manager manager, InstallerTree tree) throws IOException {
    try (Machine machine = new Machine(manager);
        HostileServer server = new HostileServer(tree.folder())) {
      server.spoil("apt/dists/v1.28/InRelease", HostileServer.Fault.DRIPS);
      server.spoil("rpm/v1.28/repodata/repomd.xml", HostileServer.Fault.DRIPS);
      String[] options = {"--version", NEW, "--mirror", server.url()};
      String shell = "timeout --preserve-status 3 sh";
      Program stopped = machine.program(Machine.piping("curl -fsSL", shell, server.url(), options));
      assertEndsWith(143, machine, stopped, "KLTS: FAILED, exit code 143");
      server.serve(tree.folder());
      machine.pipe(server.url(), options).assertOk();
      assertInstalled(machine);
    }
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
