package io.klts.repo.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A throw-away Debian. It has what a Kubernetes node has before Kubernetes, and no source of
 * packages but those that a test adds.
 */
final class AptRoot extends Root {

  static final String RELEASE = "bookworm";

  /** What packages of a Kubernetes node depend on, so that no test needs a mirror of Debian. */
  private static final String INCLUDED =
      "iptables,conntrack,socat,ethtool,ebtables,iproute2,mount,libseccomp2";

  /** Two thirds of the files, and nothing that a test looks at. */
  static final List<String> LEFT_OUT =
      List.of(
          "etc/apt/sources.list",
          "usr/lib/*/gconv/*",
          "usr/share/bash-completion/*",
          "usr/share/doc/*",
          "usr/share/locale/*",
          "usr/share/man/*",
          "usr/share/zoneinfo/*",
          "var/cache/apt/*",
          "var/lib/apt/lists/*");

  AptRoot() throws IOException {
    super(Lab.folder("apt"));
    unpack(folder());
    // No service starts in here.
    write("/usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n");
    write("/usr/bin/systemctl", SYSTEMCTL);
    chroot("chmod", "755", "/usr/sbin/policy-rc.d", "/usr/bin/systemctl").assertOk();
  }

  /** Adds a source; the name ends in {@code .sources} or {@code .list}. */
  void addSource(String fileName, String text) throws IOException {
    write("/etc/apt/sources.list.d/" + fileName, text);
  }

  /** Puts a file of this machine, such as a key, into the root. */
  void copyIn(Path file, String inside) throws IOException {
    Files.createDirectories(path(inside).getParent());
    Files.copy(file, path(inside));
  }

  /** Adds a repository of others, which is not signed, from a folder of packages and its index. */
  void addUnsigned(String name, Path folder) throws IOException {
    String inside = "/srv/" + name;
    Files.createDirectories(path("/srv"));
    Program.of("cp", "-r", folder.toString(), path(inside).toString()).run().assertOk();
    addSource(name + ".list", "deb [trusted=yes] file:%s ./\n".formatted(inside));
  }

  /**
   * Runs apt-get in this root; it takes yes for an answer. A source that cannot be read is an
   * error, which by default it is not.
   */
  Outcome apt(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "apt-get",
                "-y",
                "-o",
                "APT::Update::Error-Mode=any",
                "-o",
                "Acquire::Check-Valid-Until=true",
                "-o",
                "Acquire::Check-Date=true"));
    command.addAll(List.of(arguments));
    return chroot(command.toArray(String[]::new));
  }

  /**
   * Makes apt forget all indexes, also those it began to fetch: it would continue one that changed
   * within the same second, and judge a mixture of two.
   */
  void forgetIndexes() throws IOException {
    chroot("sh", "-c", "rm -rf /var/lib/apt/lists/*").assertOk();
  }

  /** The installed version of a package. */
  String installed(String name) throws IOException {
    return chroot("dpkg-query", "-W", "-f", "${Version}", name).assertOk().out();
  }

  /** Is a package of this name installed, and not only its configuration left? */
  boolean has(String name) throws IOException {
    return chroot("dpkg-query", "-W", "-f", "${db:Status-Status}", name).out().equals("installed");
  }

  /** Fills a folder with the Debian that all these roots begin with. */
  static void unpack(Path folder) throws IOException {
    tar("-xf", base().toString(), "-C", folder.toString());
  }

  private static Path base() throws IOException {
    String name = "debian-%s-%08x.tar".formatted(RELEASE, List.of(INCLUDED, LEFT_OUT).hashCode());
    return Lab.cached(name, AptRoot::makeBase);
  }

  private static void makeBase(Path target) throws IOException {
    String mirror = new MachineApt(target.resolveSibling("mirror"), architecture()).mirror(RELEASE);
    Path root = target.resolveSibling("root");
    Program.of(
            "debootstrap",
            "--variant=minbase",
            "--include=" + INCLUDED,
            RELEASE,
            root.toString(),
            mirror)
        .online()
        .within(Duration.ofMinutes(20))
        .run()
        .assertOk();
    List<String> packing =
        new ArrayList<>(List.of("-cf", target.toString(), "-C", root.toString()));
    LEFT_OUT.forEach(path -> packing.add("--exclude=./" + path));
    packing.add(".");
    tar(packing.toArray(String[]::new));
  }

  private static void tar(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("tar", "--numeric-owner"));
    command.addAll(List.of(arguments));
    Program.of(command).run().assertOk();
  }

  /** This machine's architecture, as Debian calls it. */
  static String architecture() throws IOException {
    return Program.of("dpkg", "--print-architecture").run().assertOk().out().strip();
  }
}
