package io.klts.repo.acceptance;

import static java.util.stream.Collectors.toCollection;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** The file system of a machine that is thrown away: a folder that programs run in by chroot. */
abstract class Root implements AutoCloseable {

  /**
   * A systemctl that writes down each call; a unit is active or enabled if such a file is there.
   */
  static final String SYSTEMCTL =
      """
      #!/bin/sh
      echo "systemctl $*" >>/var/log/systemctl.log
      for unit; do :; done
      case " $* " in
        *" is-active "*) test -e "/run/systemctl/active/${unit%.service}" ;;
        *" is-enabled "*) test -e "/run/systemctl/enabled/${unit%.service}" ;;
      esac
      """;

  private static final List<String> OF_PACKAGE_MANAGERS =
      List.of(
          "/etc/ld.so.cache",
          "/etc/yum.repos.d",
          "/etc/zypp",
          "/root",
          "/run",
          "/tmp",
          "/var/cache",
          "/var/lib/apt",
          "/var/lib/dnf",
          "/var/lib/dpkg",
          "/var/lib/rpm",
          "/var/lib/zypp",
          "/var/log");

  private final Path folder;

  /**
   * @param folder the whole root; it is removed by {@link #close()}
   */
  Root(Path folder) {
    this.folder = folder;
  }

  /** The root as a folder of this machine. */
  final Path folder() {
    return folder;
  }

  /** A path of the root, such as {@code /etc/passwd}, as a path of this machine. */
  final Path path(String inside) {
    return folder.resolve(inside.replaceFirst("^/+", ""));
  }

  /** The text of a file. */
  final String read(String inside) throws IOException {
    return Files.readString(path(inside));
  }

  /** Writes a file, in a folder that is made if it is missing. */
  final void write(String inside, String text) throws IOException {
    Files.createDirectories(path(inside).getParent());
    Files.writeString(path(inside), text);
  }

  /** Is there a file, folder or link, even a dangling one? */
  final boolean exists(String inside) {
    return Files.exists(path(inside), LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * All files and folders, as paths of the root, but for what package managers keep for themselves:
   * their databases, caches and logs.
   */
  final SortedSet<String> files() throws IOException {
    List<String> command = new ArrayList<>(List.of("find", folder.toString(), "-mindepth", "1"));
    for (String path : OF_PACKAGE_MANAGERS) {
      command.addAll(List.of("-path", path(path).toString(), "-prune", "-o"));
    }
    command.addAll(List.of("-printf", "/%P\\n"));
    return Program.of(command).run().assertOk().out().lines().collect(toCollection(TreeSet::new));
  }

  /** Runs a program of the root in the root. */
  final Outcome chroot(String... command) throws IOException {
    List<String> full = new ArrayList<>(List.of("chroot", folder.toString()));
    full.addAll(List.of(command));
    return Program.of(full).run();
  }

  /**
   * From now on it looks as if systemd ran: scriptlets ask for this folder before they call
   * systemctl.
   */
  final void pretendSystemdRuns() throws IOException {
    Files.createDirectories(path("/run/systemd/system"));
  }

  /** The calls of systemctl so far, without its name, in order: {@code daemon-reload}. */
  final List<String> systemctlCalls() throws IOException {
    if (!exists("/var/log/systemctl.log")) {
      return List.of();
    }
    return read("/var/log/systemctl.log").lines().map(l -> l.substring(10)).toList();
  }

  /** Ends what programs left running for this root, and removes it. */
  @Override
  public void close() throws IOException {
    endAgents();
    Lab.remove(folder);
  }

  /** dnf leaves a gpg-agent for each key ring of a repository; its command line names the root. */
  private void endAgents() {
    ProcessHandle.allProcesses()
        .filter(process -> process.info().command().orElse("").endsWith("gpg-agent"))
        .filter(process -> commandLine(process).contains(folder + "/"))
        .forEach(ProcessHandle::destroyForcibly);
  }

  private static String commandLine(ProcessHandle process) {
    return String.join(" ", process.info().arguments().orElse(new String[0]));
  }
}
