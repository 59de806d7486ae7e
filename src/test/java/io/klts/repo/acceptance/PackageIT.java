package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The program packages itself; real package managers install that, and it runs. The Java runtime in
 * the roots is this machine's, under an empty package with a distribution's name.
 */
class PackageIT {

  /** A mirror that can be written to, but that nobody serves. */
  private static final String MIRRORS =
      """
      [origin]
      url = "http://127.0.0.1:9"
      [mirror.second]
      url = "http://127.0.0.1:9/second"
      upload = "file:///srv/second"
      """;

  private static Path folder;
  private static Path rpm;
  private static Path deb;

  @BeforeAll
  static void makePackages() throws IOException {
    folder = Lab.folder("package");
    Path out = folder.resolve("out");
    Program.of(".ci/package", out.toString())
        .with("ARCHS", AptRoot.architecture())
        .with("HOME", folder)
        .with("XDG_CACHE_HOME", folder.resolve("cache"))
        .with("KLTS_SIGNING_KEY", Product.KEY)
        .within(Product.LIMIT)
        .run()
        .assertOk();
    rpm = only(out, ".rpm");
    deb = only(out, ".deb");
  }

  @AfterAll
  static void remove() throws IOException {
    Lab.remove(folder);
  }

  private static Path only(Path out, String ending) throws IOException {
    try (Stream<Path> files = Files.list(out)) {
      List<Path> found = files.filter(f -> f.toString().endsWith(ending)).toList();
      assertThat(found).hasSize(1);
      return found.get(0);
    }
  }

  @Test
  void dnfInstallsItWithAJavaRuntimeAndItRuns() throws IOException {
    try (DnfRoot root = new DnfRoot()) {
      Program.of("rpmkeys", "--root=" + root.folder(), "--import", publicKey()).run().assertOk();
      root.write("/etc/dnf/dnf.conf", DnfRoot.CONFIGURATION + "localpkg_gpgcheck=1\n");
      root.dnf("install", rpm.toString())
          .assertExit(1)
          .assertSays("nothing provides (java-17-openjdk-headless or java-21-openjdk-headless or");

      root.addUnsigned("java", javaRpms("java-21-openjdk-headless"));
      root.dnf("install", rpm.toString()).assertOk();
      assertThat(root.has("java-21-openjdk-headless")).isTrue();
      assertThat(root.installed("klts-repo")).matches("\\d+\\.\\d+\\.\\d+\\.klts\\.1-1");
      root.rpm("--verify", "klts-repo").assertOk();
      runs(root);
      root.dnf("remove", "klts-repo").assertOk();
      assertThat(root.exists("/usr/share/klts-repo")).isFalse();
    }
  }

  @Test
  void zypperInstallsItWithAJavaRuntime() throws IOException {
    try (ZypperRoot root = new ZypperRoot()) {
      Program.of("rpmkeys", "--root=" + root.folder(), "--import", publicKey()).run().assertOk();
      root.addUnsigned("java", javaRpms("java-17-openjdk-headless"));
      root.zypper("install", rpm.toString()).assertOk();
      assertThat(root.has("java-17-openjdk-headless")).isTrue();
      runs(root);
    }
  }

  @Test
  void aptInstallsItWithAJavaRuntimeAndItRuns() throws IOException {
    try (AptRoot root = new AptRoot()) {
      root.copyIn(deb, "/srv/" + deb.getFileName());
      String inside = "/srv/" + deb.getFileName();
      root.apt("install", inside).assertExit(100).assertSays("openjdk-17-jre-headless");

      root.addUnsigned("java", javaDebs());
      root.apt("update").assertOk();
      root.apt("install", "--no-install-recommends", inside).assertOk();
      assertThat(root.has("openjdk-21-jre-headless")).isTrue();
      root.chroot("dpkg", "--verify", "klts-repo").assertOk();
      runs(root);
      root.apt("purge", "klts-repo").assertOk();
      assertThat(root.exists("/usr/share/klts-repo")).isFalse();
    }
  }

  @Test
  void lintianFindsNoError() throws IOException {
    Program.of("lintian", "--no-cfg", "--fail-on=error", deb.toString())
        .within(Product.LIMIT)
        .run()
        .assertOk();
  }

  @Test
  void zshFindsTheCompletionByItself() throws IOException {
    Path unpacked = folder.resolve("unpacked");
    Program.of("dpkg-deb", "-x", deb.toString(), unpacked.toString()).run().assertOk();
    Path keys =
        Files.writeString(
            folder.resolve("keys"),
            "fpath=("
                + unpacked.resolve("usr/share/zsh/vendor-completions")
                + " $fpath)\n"
                + "autoload -Uz compinit; compinit -u -D\n"
                + "klts-repo() { echo \"called: $*.\"; }\n"
                + "klts-repo mirror pus\t X\nexit\n");
    assertThat(Terminal.type(keys, "zsh -f -i")).contains("called: mirror push X.");
  }

  /** The program as it is installed, by its name and from any folder. */
  private static void runs(Root root) throws IOException {
    copyJava(root);
    assertThat(inside(root, "klts-repo", "--version").assertOk().out())
        .matches("klts-repo \\d+\\.\\d+\\.\\d+\\n");
    inside(root, "klts-repo", "mirror", "push", "--help").assertOk().assertSays("--attempts");
    inside(root, "klts-repo", "init", "/srv/tools")
        .assertOk()
        .assertSays("  klts-repo key generate --secret ");
    assertThat(root.read("/srv/tools/mirrors.conf")).contains("/tools\"");
    assertThat(root.exists("/usr/share/man/man1/klts-repo-mirror-push.1.gz")).isTrue();
    assertThat(root.read("/usr/share/doc/klts-repo/README.md"))
        .contains("(docs/guides/maintainer.md)");
    assertThat(root.read("/usr/share/doc/klts-repo/docs/guides/maintainer.md"))
        .contains("/usr/share/klts-repo");
    publishes(root);
    assertThat(root.read("/usr/lib/systemd/system/klts-repo-refresh.service"))
        .contains("\nExecStart=/usr/bin/klts-repo refresh ");
  }

  /** In a folder that begins as the guide for maintainers says. */
  private static void publishes(Root root) throws IOException {
    Path binaries = InstallerTree.programs(folder.resolve("binaries"), "1.28.15-lts.2");
    Files.createDirectories(root.path("/srv/project"));
    Program.of("cp", "-r", binaries.toString(), root.path("/srv/project/output").toString())
        .run()
        .assertOk();
    Files.copy(Product.KEY, root.path("/root/secret.asc"));
    root.write("/root/mirrors.conf", MIRRORS);
    String script =
        """
        cd /srv/project
        cp -r /usr/share/klts-repo/repo-templates /usr/share/klts-repo/mirrors.conf .
        cp /usr/share/klts-repo/install.sh .
        export KLTS_SIGNING_KEY=/root/secret.asc
        klts-repo publish v1.28.15-lts.2 --binaries output --tree public
        klts-repo mirror push --attempts 1 --tree public --mirrors /root/mirrors.conf || [ $? = 3 ]
        klts-repo verify /srv/second
        """;
    inside(root, "sh", "-ec", script)
        .assertOk()
        .assertSays("project    /srv/project")
        .assertSays("published  serial 0 → 1 in public")
        .assertSays("good       serial 1 of /srv/second");
    assertThat(root.read("/srv/second/index.html")).contains("1.28.15-lts.2");
    assertThat(root.read("/srv/second/install.sh")).contains("packages.example.org");
  }

  /**
   * From the second start on, each user has class data that Java takes the program from: until the
   * program is another, and never where a folder is somebody else's.
   */
  @Test
  void startsQuicklyFromTheSecondTimeOn() throws IOException {
    try (AptRoot root = new AptRoot()) {
      Program.of("dpkg-deb", "-x", deb.toString(), root.folder().toString()).run().assertOk();
      copyJava(root);
      Files.createDirectories(root.path("/home/user/.cache"));
      String archive = "/home/user/.cache/klts-repo/start/klts-repo.jsa";
      assertThat(classesFromArchive(root, "--version")).isZero();
      assertThat(root.exists(archive)).isFalse();
      assertThat(classesFromArchive(root, "--version")).isPositive();
      assertThat(root.exists(archive)).isTrue();
      FileTime made = Files.getLastModifiedTime(root.path(archive));
      assertThat(classesFromArchive(root, "status", "--help")).isPositive();
      assertThat(Files.getLastModifiedTime(root.path(archive))).isEqualTo(made);
      assertThat(classesFromArchive(root, "mirror", "push", "--help")).isZero();
      assertThat(classesFromArchive(root, "mirror", "push", "--help")).isPositive();

      // As an update leaves it: the same time, but another file.
      Path jar = root.path("/usr/share/klts-repo/klts-repo.jar");
      Files.move(jar, jar.resolveSibling("older"));
      Files.copy(jar.resolveSibling("older"), jar, StandardCopyOption.COPY_ATTRIBUTES);
      assertThat(classesFromArchive(root, "--version")).isPositive();
      assertThat(Files.getLastModifiedTime(root.path(archive))).isGreaterThan(made);

      Lab.spoil(root.path(archive));
      inside(root, "env", "HOME=/home/user", "klts-repo", "--version").assertOk();
      root.chroot("chown", "-R", "1000", "/home/user").assertOk();
      assertThat(classesFromArchive(root, "--version")).isZero();
    }
  }

  /** How many classes of the program itself come from class data. */
  private static long classesFromArchive(Root root, String... arguments) throws IOException {
    String log = "/tmp/classes";
    List<String> command = new ArrayList<>(List.of("env", "HOME=/home/user"));
    command.add("KLTS_JAVA_OPTS=-Xlog:class+load:file=" + log);
    command.add("klts-repo");
    command.addAll(List.of(arguments));
    assertThat(inside(root, command.toArray(String[]::new)).assertOk().err()).isEmpty();
    List<String> own =
        root.read(log).lines().filter(line -> line.contains(" io.klts.repo.cli.")).toList();
    assertThat(own).isNotEmpty();
    Files.delete(root.path(log));
    return own.stream().filter(line -> line.contains("shared objects file")).count();
  }

  /** Java looks for itself in /proc, which only this program sees. */
  private static Outcome inside(Root root, String... command) throws IOException {
    List<String> full = new ArrayList<>(List.of("unshare", "--mount", "sh", "-c"));
    full.add("mount -t proc proc \"$0/proc\" && exec chroot \"$0\" \"$@\"");
    full.add(root.folder().toString());
    full.addAll(List.of(command));
    return Program.of(full).run();
  }

  private static void copyJava(Root root) throws IOException {
    Path java = Path.of(System.getProperty("java.home"));
    Path target = Files.createDirectories(root.path("/usr/lib/jvm/java"));
    String script =
        """
        for part in bin conf lib release; do cp -rL "$0/$part" "$1/"; done
        for library in $(ldd "$0/bin/java" "$0"/lib/*.so "$0/lib/server/libjvm.so" |
            sed -n 's/.* => \\(\\/[^ ]*\\).*/\\1/p' | sort -u); do
          [ -e "$2/${library##*/}" ] || cp -L "$library" "$2/"
        done
        """;
    Path libraries =
        root.exists("/usr/lib64/libc.so.6") ? root.path("/usr/lib64") : multiarch(root);
    Program.of("sh", "-c", script, java.toString(), target.toString(), libraries.toString())
        .run()
        .assertOk();
  }

  private static Path multiarch(Root root) throws IOException {
    String name = Program.of("dpkg-architecture", "-qDEB_HOST_MULTIARCH").run().assertOk().out();
    return root.path("/usr/lib/" + name.strip());
  }

  private static String publicKey() {
    return Sandbox.KEYS.resolve("good-public.asc").toString();
  }

  private static Path javaRpms(String name) throws IOException {
    Path packages = folder.resolve(name);
    RpmBuild.build(
        """
        Name: %s
        Version: 21.0.5.0.10
        Release: 1
        Epoch: 1
        Summary: Stands in for a Java runtime
        License: Apache-2.0
        Vendor: probe
        %%description
        Stands in for a Java runtime.
        %%files
        """
            .formatted(name),
        packages);
    RpmBuild.index(packages);
    return packages;
  }

  private static Path javaDebs() throws IOException {
    Path packages = folder.resolve("debs");
    DebBuild.build(
        """
        Package: openjdk-21-jre-headless
        Version: 21.0.5+11-1
        Architecture: all
        Maintainer: Probe <probe@example.org>
        Provides: java17-runtime-headless
        Description: Stands in for a Java runtime
        """,
        Map.of(),
        packages);
    DebBuild.index(packages);
    return packages;
  }
}
