package io.klts.repo.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Programs of the distribution for any of its architectures, whatever this machine is, and a way to
 * run one command, for the tests of single parts.
 */
public final class RealPrograms {

  private static final List<String> PACKAGES =
      List.of("containerd", "runc", "conntrack", "libc-bin");

  /** The last two: static-pie, and one that asks for GLIBC_PRIVATE. */
  private static final List<String> PROGRAMS =
      List.of("containerd", "runc", "conntrack", "ldconfig", "pldd");

  /** From Debian 13 on no package has files in the last one. */
  private static final List<String> FOLDERS = List.of("usr/bin", "usr/sbin", "sbin");

  private RealPrograms() {}

  /** The programs for an architecture in Debian's spelling; containerd and runc come first. */
  public static List<Path> of(String architecture) throws IOException {
    Path root = Lab.cached("programs-" + architecture, target -> unpack(architecture, target));
    return PROGRAMS.stream().map(name -> find(root, name)).toList();
  }

  /** Runs a command and returns what it printed on standard output; fails unless it succeeds. */
  public static String run(Path folder, String... command) throws IOException {
    return Program.of(command).in(folder).run().assertOk().out();
  }

  private static void unpack(String architecture, Path target) throws IOException {
    Path apt = target.resolveSibling("apt");
    new MachineApt(apt, architecture).unpack(PACKAGES, Files.createDirectory(target));
  }

  private static Path find(Path root, String name) {
    return FOLDERS.stream()
        .map(folder -> root.resolve(folder).resolve(name))
        .filter(Files::isRegularFile)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + name + " below " + root));
  }
}
