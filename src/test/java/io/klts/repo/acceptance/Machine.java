package io.klts.repo.acceptance;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A whole machine to run a script on, with the manager that owns it, {@code curl}, {@code wget} and
 * several shells: programs run inside of it, with process ids, {@code /proc} and mounts of their
 * own.
 *
 * <p>All machines are views of one Debian, each with a layer of its own for what changes. With
 * {@link Manager#APT} it is just that. With the others, Debian's dnf and zypper own it: dpkg's
 * database is moved away; rpm's has a package named rpm, as on every machine of these families, and
 * the {@linkplain RpmRoot#base base package} of the family, which stands in for the distribution's
 * own packages: their names are in the database, their programs are Debian's. The identity in
 * {@code /etc/os-release} is that of the distribution.
 */
final class Machine extends Root {

  /** Which manager owns a machine. */
  enum Manager {
    APT(
        // Packages and indexes that were downloaded, and what was made of them.
        "/var/cache/apt/",
        // Which packages nobody asked for, and what a refresh needs for itself.
        "/var/lib/apt/extended_states",
        "/var/lib/apt/lists/auxfiles",
        "/var/lib/apt/lists/lock",
        "/var/lib/apt/lists/partial",
        // dpkg's database, which packages() reads, and its locks.
        "/var/lib/dpkg/lock",
        "/var/lib/dpkg/status",
        "/var/lib/dpkg/triggers/Lock",
        "/var/log/"),

    DNF(
        // Of all repositories together.
        "/var/cache/dnf/.gpgkeyschecked.yum",
        "/var/cache/dnf/expired_repos.json",
        // A lock that stays when dnf is ended.
        "/var/cache/dnf/metadata_lock.pid",
        "/var/cache/dnf/tempfiles.json",
        // What dnf did, for `dnf history`.
        "/var/lib/dnf/history.sqlite",
        // The database, which packages() reads.
        "/var/lib/rpm/rpmdb.sqlite",
        "/var/log/"),

    ZYPPER(
        "/run/zypp.pid",
        // Scripts and messages that packages of openSUSE may have.
        "/var/adm",
        // Folders for repositories, and what is installed as the solver reads it.
        "/var/cache/zypp",
        "/var/lib/YaST2",
        // The database, which packages() reads.
        "/var/lib/rpm/rpmdb.sqlite",
        // Which packages nobody asked for, and a number for counting machines.
        "/var/lib/zypp",
        "/var/log/");

    @SuppressWarnings("ImmutableEnumChecker") // List.of makes lists that nobody can change.
    private final List<String> own;

    /**
     * @param own how the paths begin that the manager writes for itself
     */
    Manager(String... own) {
      this.own = List.of(own);
    }

    /** What it keeps of our repository is not its own: that goes with the repository. */
    private boolean owns(String path) {
      return !path.contains("/klts") && own.stream().anyMatch(path::startsWith);
    }
  }

  /**
   * What the Debian of {@link AptRoot} lacks. Each of these is removed where a test wants it so.
   */
  private static final String ADDED =
      "busybox-static curl dnf gpg libfaketime mksh rpm wget yash zypper";

  /** In mebibytes; what is not written takes no memory. */
  private static final int ROOMY = 1024;

  private static final String CENTOS =
      """
      NAME="CentOS Stream"
      VERSION="8"
      ID="centos"
      ID_LIKE="rhel fedora"
      VERSION_ID="8"
      PLATFORM_ID="platform:el8"
      PRETTY_NAME="CentOS Stream 8"
      """;

  private static final String OPENSUSE =
      """
      NAME="openSUSE Leap"
      VERSION="15.6"
      ID="opensuse-leap"
      ID_LIKE="suse opensuse"
      VERSION_ID="15.6"
      PRETTY_NAME="openSUSE Leap 15.6"
      """;

  private static Map<String, String> digestsOfBase;

  private final Path top;
  private final Manager manager;

  Machine(Manager manager) throws IOException {
    this(manager, ROOMY);
  }

  /**
   * A machine with a small disk.
   *
   * @param mebibytes how much may be written to it
   */
  Machine(Manager manager, int mebibytes) throws IOException {
    this(manager, mebibytes, Lab.folder("machine"));
  }

  private Machine(Manager manager, int mebibytes, Path top) throws IOException {
    super(Files.createDirectory(top.resolve("root")));
    this.top = top;
    this.manager = manager;
    Path disk = Files.createDirectory(top.resolve("disk"));
    mount("-t", "tmpfs", "-o", "size=" + mebibytes + "m", "klts", disk.toString());
    Files.createDirectory(changes());
    Path work = Files.createDirectory(disk.resolve("work"));
    String layers = "lowerdir=%s,upperdir=%s,workdir=%s".formatted(base(), changes(), work);
    mount("-t", "overlay", "-o", layers, "klts", folder().toString());
    write("/usr/bin/systemctl", SYSTEMCTL);
    chroot("chmod", "755", "/usr/bin/systemctl").assertOk();
    switch (manager) {
      case APT -> {}
      case DNF -> becomeCentos();
      case ZYPPER -> becomeOpensuse();
    }
  }

  private static void mount(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("mount"));
    command.addAll(List.of(arguments));
    Program.of(command).run().assertOk();
  }

  private static Path base() throws IOException {
    int key = List.of(AptRoot.RELEASE, ADDED, AptRoot.LEFT_OUT).hashCode();
    return Lab.cached("machine-%08x".formatted(key), Machine::makeBase);
  }

  private static void makeBase(Path target) throws IOException {
    AptRoot.unpack(Files.createDirectory(target));
    Path apt = target.resolveSibling("mirror");
    String mirror = new MachineApt(apt, AptRoot.architecture()).mirror(AptRoot.RELEASE);
    Path sources = target.resolve("etc/apt/sources.list");
    Files.writeString(sources, "deb %s %s main\n".formatted(mirror, AptRoot.RELEASE));
    String script = "apt-get update && apt-get install -y --no-install-recommends " + ADDED;
    Program.of("chroot", target.toString(), "sh", "-c", script)
        .online()
        .within(Duration.ofMinutes(20))
        .run()
        .assertOk();
    String remove = "cd \"$1\" && shift && rm -rf $*";
    String patterns = String.join(" ", AptRoot.LEFT_OUT);
    Program.of("sh", "-c", remove, "sh", target.toString(), patterns).run().assertOk();
  }

  /** As Enterprise Linux 8: dnf has no zypper beside it. */
  private void becomeCentos() throws IOException {
    remove("/etc/zypp", "/usr/bin/zypper");
    write("/etc/os-release", CENTOS);
    write("/etc/dnf/dnf.conf", DnfRoot.CONFIGURATION);
    becomeRpm(
        RpmRoot.Family.ENTERPRISE_LINUX, "system-release(releasever) = 8", "/etc/yum.repos.d");
  }

  private void becomeOpensuse() throws IOException {
    remove("/usr/bin/dnf");
    write("/etc/os-release", OPENSUSE);
    becomeRpm(RpmRoot.Family.OPENSUSE, "distribution-release = 15.6", "/etc/zypp/repos.d");
  }

  /**
   * @param definitions the folder of repositories, which belongs to a package of the distribution
   */
  private void becomeRpm(RpmRoot.Family family, String provides, String definitions)
      throws IOException {
    Files.createDirectories(path(definitions));
    Files.move(path("/var/lib/dpkg/status"), path("/var/lib/dpkg/status.away"));
    // Folders that every machine of these families has.
    Files.createDirectories(path("/etc/sysconfig"));
    Files.createDirectories(path("/usr/share/licenses"));
    // Debian's rpm would keep its database in root's home.
    write("/etc/rpm/macros", "%_dbpath /var/lib/rpm\n");
    Program.of(
            "rpm",
            "--root=" + folder(),
            "--dbpath=/var/lib/rpm",
            "-i",
            "--justdb",
            "--nodeps",
            RpmRoot.base(family).toString(),
            rpmPackage(provides, definitions).toString())
        .run()
        .assertOk();
  }

  private static Path rpmPackage(String provides, String definitions) throws IOException {
    String spec =
        """
        Name: rpm
        Version: 4.14.3
        Release: 1
        Summary: The package manager, by name
        License: GPL
        BuildArch: noarch
        Provides: %1$s
        %%description
        The package manager, by name.
        %%install
        mkdir -p %%{buildroot}%2$s
        %%files
        %%dir %2$s
        """
            .formatted(provides, definitions);
    return Lab.cached(
        "rpm-%08x.rpm".formatted(spec.hashCode()),
        target -> Files.move(RpmBuild.build(spec, target.resolveSibling("rpm")), target));
  }

  /** Takes files or folders away, such as a program that a machine shall not have. */
  void remove(String... paths) throws IOException {
    for (String path : paths) {
      Program.of("rm", "-r", path(path).toString()).run().assertOk();
    }
  }

  /** A program of the machine. */
  Program program(String... command) {
    return program(List.of(), command);
  }

  /** A program of the machine while it has no network. */
  Program offline(String... command) {
    return program(List.of("--net"), command);
  }

  private Program program(List<String> more, String... command) {
    List<String> full =
        new ArrayList<>(List.of("unshare", "--mount", "--pid", "--fork", "--kill-child"));
    full.addAll(more);
    full.addAll(List.of("--root=" + folder(), "--mount-proc"));
    full.addAll(List.of(command));
    return Program.of(full).in(Path.of("/"));
  }

  /** Runs a line of shell in the machine. */
  Outcome sh(String line) throws IOException {
    return program("sh", "-c", line).run();
  }

  /** Runs a file of shell at a terminal, where somebody answers every question with yes. */
  Outcome typed(String path) throws IOException {
    String inside =
        "exec unshare --mount --pid --fork --kill-child --root=%s --mount-proc sh -e %s"
            .formatted(folder(), path);
    return Terminal.agreeing(inside).in(Path.of("/")).run();
  }

  /** Runs the installer of a tree as its users do. */
  Outcome pipe(String url, String... arguments) throws IOException {
    return pipeTo("sh", url, arguments);
  }

  /** Runs the installer of a tree with another shell. */
  Outcome pipeTo(String shell, String url, String... arguments) throws IOException {
    return program(piping("curl -fsSL", shell, url, arguments)).run();
  }

  /**
   * The command that pipes the installer of a tree to a shell.
   *
   * @param download a command that writes a file of the web to standard output
   */
  static String[] piping(String download, String shell, String url, String... arguments) {
    String line = "%s \"$1\" | { shift; %s -s -- \"$@\"; }".formatted(download, shell);
    List<String> command = new ArrayList<>(List.of("sh", "-c", line, "sh", url + "/install.sh"));
    command.addAll(List.of(arguments));
    return command.toArray(String[]::new);
  }

  /** The upgrade of everything that an administrator runs now and then. */
  Outcome upgradeAll() throws IOException {
    return sh(
        switch (manager) {
          case APT -> "apt-get update && apt-get -y upgrade";
          case DNF -> "dnf -y --refresh upgrade";
          case ZYPPER -> "zypper --non-interactive refresh && zypper --non-interactive update";
        });
  }

  /** Has the manager install a package, without a word about its version. */
  Outcome install(String name) throws IOException {
    return sh(
        switch (manager) {
          case APT -> "apt-get -y install " + name;
          case DNF -> "dnf -y install " + name;
          case ZYPPER -> "zypper --non-interactive install " + name;
        });
  }

  /** Installs a package that lies outside of the machine, with nothing that it needs. */
  Outcome install(Path file) throws IOException {
    String inside = "/srv/" + file.getFileName();
    Files.copy(file, path(inside));
    return sh((manager == Manager.APT ? "dpkg -i " : "rpm -i ") + inside);
  }

  /** Takes away the packages that the manager keeps when it has downloaded them. */
  void forgetPackages() throws IOException {
    sh("find /var/cache -name '*.deb' -o -name '*.rpm' | xargs rm -f").assertOk();
  }

  /** Adds a repository of others, which is not signed, from a folder of packages and its index. */
  void addUnsigned(String name, Path packages) throws IOException {
    Path target = path("/srv/" + name);
    Program.of("cp", "-r", packages.toString(), target.toString()).run().assertOk();
    String repo =
        "[%1$s]\nname=%1$s\nbaseurl=file:///srv/%1$s\nenabled=1\ngpgcheck=0\n".formatted(name);
    switch (manager) {
      case APT ->
          write(
              "/etc/apt/sources.list.d/" + name + ".list",
              "deb [trusted=yes] file:/srv/%s ./\n".formatted(name));
      case DNF -> write("/etc/yum.repos.d/" + name + ".repo", repo);
      case ZYPPER -> write("/etc/zypp/repos.d/" + name + ".repo", repo);
    }
  }

  /** A version as the manager writes it. */
  String spelling(String version) {
    return manager == Manager.APT ? version : version.replace('-', '.');
  }

  /** From now on nothing can be written. */
  void becomeReadOnly() throws IOException {
    mount("-o", "remount,ro", folder().toString());
  }

  /** Writes a file {@code /filler} that leaves so much room on a small disk. */
  void fill(int freeKibibytes) throws IOException {
    FileStore store = Files.getFileStore(top.resolve("disk"));
    long bytes = store.getUsableSpace() - 1024L * freeKibibytes;
    Program.of("fallocate", "-l", Long.toString(bytes), path("/filler").toString())
        .run()
        .assertOk();
  }

  /** From now on it can be written again. */
  void becomeWritable() throws IOException {
    mount("-o", "remount,rw", folder().toString());
  }

  /** The manager's name as the script says it. */
  String manager() {
    return manager.name().toLowerCase(Locale.ROOT);
  }

  /** The installed version of a package, as the manager writes it. */
  String installed(String name) throws IOException {
    Outcome outcome =
        manager == Manager.APT
            ? chroot("dpkg-query", "-W", "-f", "${Version}", name)
            : chroot("rpm", "-q", "--qf", "%{VERSION}", name);
    return outcome.exit() == 0 ? outcome.out() : "";
  }

  /** All packages with their versions, and on Debian whether they are held, one a line. */
  String packages() throws IOException {
    return sh(manager == Manager.APT
            ? "dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Version}\\n'"
            : "rpm -qa | sort")
        .assertOk()
        .out();
  }

  /**
   * Every file, folder and link of the whole machine with its type, mode, owner, target, and for
   * files also time of change and digest.
   */
  Map<String, String> listing() throws IOException {
    Map<String, String> listing = new TreeMap<>();
    Map<String, String> sums = new HashMap<>(digestsOfBase());
    sums.putAll(digests(changes()));
    String root = folder().toString();
    Program.of("find", root, "-xdev", "-mindepth", "1", "-printf", "/%P\t%y %m %U:%G %l %T@\n")
        .run()
        .assertOk()
        .out()
        .lines()
        .forEach(
            line -> {
              int tab = line.indexOf('\t');
              String path = line.substring(0, tab);
              String what = line.substring(tab + 1);
              listing.put(
                  path,
                  sums.containsKey(path)
                      ? what + " " + sums.get(path)
                      : what.substring(0, what.lastIndexOf(' ')));
            });
    return listing;
  }

  /**
   * What is not as it was in an earlier {@link #listing()}: lines such as {@code new /etc/x},
   * {@code gone /etc/x} and {@code changed /etc/x}.
   */
  SortedSet<String> changesSince(Map<String, String> earlier) throws IOException {
    Map<String, String> now = listing();
    SortedSet<String> changes = new TreeSet<>();
    earlier.forEach(
        (path, what) -> {
          if (!now.containsKey(path)) {
            changes.add("gone " + path);
          } else if (!now.get(path).equals(what)) {
            changes.add("changed " + path);
          }
        });
    now.keySet().stream()
        .filter(path -> !earlier.containsKey(path))
        .forEach(path -> changes.add("new " + path));
    changes.removeIf(change -> manager.owns(change.substring(change.indexOf('/'))));
    return changes;
  }

  private Path changes() {
    return top.resolve("disk/changes");
  }

  /** Of the files that no machine has changed; they are the same for all. */
  private static synchronized Map<String, String> digestsOfBase() throws IOException {
    if (digestsOfBase == null) {
      digestsOfBase = digests(base());
    }
    return digestsOfBase;
  }

  private static Map<String, String> digests(Path folder) throws IOException {
    Map<String, String> digests = new HashMap<>();
    String root = folder.toString();
    Program.of("find", root, "-xdev", "-type", "f", "-exec", "sha256sum", "{}", "+")
        .run()
        .assertOk()
        .out()
        .lines()
        .forEach(line -> digests.put(line.substring(66 + root.length()), line.substring(0, 64)));
    return digests;
  }

  @Override
  public void close() throws IOException {
    Program.of("umount", folder().toString()).run().assertOk();
    Program.of("umount", top + "/disk").run().assertOk();
    Lab.remove(top);
  }
}
