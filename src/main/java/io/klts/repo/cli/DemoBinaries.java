package io.klts.repo.cli;

import io.klts.repo.binaries.OfficialBuild;
import io.klts.repo.blob.AtomicFile;
import io.klts.repo.blob.IoReason;
import io.klts.repo.build.Project;
import io.klts.repo.catalogue.Arch;
import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.catalogue.Release;
import io.klts.repo.elf.ElfMachine;
import io.klts.repo.elf.TinyProgram;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/**
 * What a demo packages: what it is given, else an official build, else tiny programs that only say
 * their names. The add-ons that the packages need are tiny programs in either case.
 */
final class DemoBinaries {

  private static final List<String> PROGRAMS = List.of("kubeadm", "kubelet", "kubectl");

  /** Java calls an architecture as Go or rpm does. */
  private static final String THIS_MACHINE = System.getProperty("os.arch");

  private static final List<String> ADDONS = List.of("cri-tools", "kubernetes-cni");

  /** Those that tiny programs are known for. */
  private static final Set<Arch> TINY = EnumSet.of(Arch.AMD64, Arch.ARM64);

  @Option(
      names = "--binaries",
      paramLabel = "DIR",
      description =
          "The folder with built binaries, also those of cri-tools and kubernetes-cni, which the"
              + " packages need.")
  private Path given;

  @Option(
      names = "--arch",
      split = ",",
      paramLabel = "ARCH",
      description =
          "Only these architectures; without it all that have binaries, and of an official build"
              + " this machine's.",
      converter = BuildOptions.ArchConverter.class)
  private Set<Arch> archs = EnumSet.noneOf(Arch.class);

  @Option(
      names = "--download-url",
      paramLabel = "URL",
      defaultValue = OfficialBuild.ADDRESS,
      description =
          "Where official builds are, as v1.28.15/bin/linux/amd64/kubectl and so on, each with its"
              + " .sha256 (default: ${DEFAULT-VALUE}).",
      converter = TreeOptions.UrlConverter.class)
  private String address;

  /**
   * Finds the binaries and says which they are.
   *
   * @param folder for those that were not given
   * @return arguments for {@code publish}
   */
  List<String> arguments(LtsVersion release, Path folder, Console console) throws IOException {
    if (given != null) {
      return arguments(given, archs);
    }
    Set<Arch> wanted = archs.isEmpty() ? ofThisMachine() : archs;
    if (linkOfficial(release, wanted, folder, console)) {
      makeAddons(release, wanted, folder);
      return arguments(folder, wanted);
    }
    Set<Arch> tiny = archs.isEmpty() ? TINY : archs;
    makeTiny(release, tiny, folder, console);
    makeAddons(release, tiny, folder);
    return arguments(folder, tiny);
  }

  private static List<String> arguments(Path folder, Collection<Arch> only) {
    String binaries = "--binaries=" + folder;
    return only.isEmpty() ? List.of(binaries) : List.of(binaries, "--arch=" + names(only, ","));
  }

  private static Set<Arch> ofThisMachine() {
    return Arch.find(THIS_MACHINE).map(EnumSet::of).orElseGet(() -> EnumSet.noneOf(Arch.class));
  }

  /** Puts links to an official build into a folder, if it can be had. */
  private boolean linkOfficial(LtsVersion release, Set<Arch> wanted, Path folder, Console console) {
    String build = "the official build of v" + release.upstream();
    Path downloads = Home.cache().resolve("downloads").resolve(URI.create(address).getHost());
    try (Scratch scratch = Scratch.in(downloads)) {
      if (wanted.isEmpty()) {
        throw new IOException("there is none for this machine, " + THIS_MACHINE);
      }
      OfficialBuild official =
          new OfficialBuild(
              address,
              downloads,
              scratch.folder(),
              (name, bytes) -> meter(console.progress(name, bytes)));
      Path fetched = official.fetch(release.upstream(), wanted, PROGRAMS);
      for (Arch arch : wanted) {
        for (String name : PROGRAMS) {
          link(folder.resolve(arch.go()).resolve(name), fetched.resolve(arch.go()).resolve(name));
        }
      }
      console.line(
          "binaries",
          "%s for %s in %s, which lacks the fixes of %s"
              .formatted(build, names(wanted, " "), fetched, release.tag()));
      return true;
    } catch (IOException e) {
      console.warning("going on without " + build + ": " + IoReason.of(e));
      return false;
    }
  }

  private static void link(Path link, Path file) throws IOException {
    Files.createDirectories(link.getParent());
    Files.deleteIfExists(link);
    Files.createSymbolicLink(link, file.toAbsolutePath());
  }

  private static OfficialBuild.Meter meter(Progress progress) {
    return new OfficialBuild.Meter() {
      @Override
      public void add(long bytes) {
        progress.add(bytes, false);
      }

      @Override
      public void close() {
        progress.finish();
      }
    };
  }

  private static void makeTiny(LtsVersion release, Set<Arch> wanted, Path folder, Console console)
      throws IOException {
    console.line(
        "binaries", "tiny programs that only say their names; give real ones with --binaries");
    for (Arch arch : wanted) {
      if (!TINY.contains(arch)) {
        throw new IOException(
            "there are no tiny programs for "
                + arch
                + ", only for "
                + names(TINY, " ")
                + "; give real ones with --binaries, or another --arch");
      }
      for (String name : PROGRAMS) {
        makeTiny(arch, release, folder.resolve(arch.go()).resolve(name));
      }
    }
  }

  /** Without them no package manager would install the others. */
  private static void makeAddons(LtsVersion release, Set<Arch> wanted, Path folder)
      throws IOException {
    Project project = Project.load(Home.templates());
    for (String addon : ADDONS) {
      for (Release version : project.catalogue().addons(release.minor(), addon)) {
        for (String name : project.recipes().get(addon).binaries(version.version())) {
          for (Arch arch : wanted) {
            if (TINY.contains(arch)) {
              Path file = folder.resolve(arch.go()).resolve(addon).resolve(name);
              makeTiny(arch, version.version(), file);
            }
          }
        }
      }
    }
  }

  private static void makeTiny(Arch arch, LtsVersion version, Path file) throws IOException {
    String text = file.getFileName() + " " + version.tag() + " (demo)\n";
    AtomicFile.write(file, TinyProgram.of(new ElfMachine(arch.elfMachine()), text));
  }

  private static String names(Collection<Arch> archs, String between) {
    return archs.stream().map(Arch::go).collect(Collectors.joining(between));
  }
}
