package io.klts.repo.cli;

import io.klts.repo.binaries.Binary;
import io.klts.repo.blob.IoReason;
import io.klts.repo.build.BuildPlan;
import io.klts.repo.build.BuiltPackage;
import io.klts.repo.build.PackageBuild;
import io.klts.repo.build.Project;
import io.klts.repo.catalogue.Arch;
import io.klts.repo.catalogue.Fix;
import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.compress.BlockCache;
import io.klts.repo.compress.Compressor;
import io.klts.repo.recipe.Format;
import io.klts.repo.recipe.PackageSpec;
import io.klts.repo.signature.Signer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** What {@code build} and {@code publish} have in common. */
final class BuildOptions {

  @Parameters(
      paramLabel = "RELEASE",
      description = "The release, such as v1.28.15-lts.2.",
      converter = VersionConverter.class)
  private LtsVersion release;

  @Option(
      names = "--binaries",
      required = true,
      paramLabel = "DIR",
      description = "The folder with the built binaries.")
  private Path binaries;

  @Option(
      names = "--arch",
      split = ",",
      paramLabel = "ARCH",
      description = "Only these architectures; without it all that have binaries.",
      converter = ArchConverter.class)
  private Set<Arch> archs = EnumSet.noneOf(Arch.class);

  @Option(
      names = "--templates",
      paramLabel = "DIR",
      description = "Catalogue and recipes; without it those of this project.")
  private Path templates = Home.templates();

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "How many at once; without it one for each processor.",
      converter = WholeNumber.Threads.class)
  private int threads = Math.min(Runtime.getRuntime().availableProcessors(), maxThreads());

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description = "Where compressed blocks are kept for the next time.")
  private Path cache = Home.cache();

  @Option(
      names = "--cache-size",
      paramLabel = "GIB",
      description = "What the cache may take of the disk (default: ${DEFAULT-VALUE} GiB).",
      defaultValue = "10",
      converter = WholeNumber.Amount.class)
  private int cacheGibibytes;

  /** Each thread needs about 200 MiB of the heap. */
  private static int maxThreads() {
    return (int) Math.max(1, Runtime.getRuntime().maxMemory() / (250L << 20));
  }

  LtsVersion release() {
    return release;
  }

  Project project() throws IOException {
    return Project.load(templates);
  }

  Path templates() {
    return templates;
  }

  /** Looks at all inputs and says what will be built. */
  BuildPlan plan(Project project, Path scratch, Console console) throws IOException {
    BuildPlan plan = BuildPlan.of(project, release, binaries, archs, scratch);
    Set<String> names =
        plan.specs().stream()
            .map(PackageSpec::name)
            .collect(Collectors.toCollection(java.util.TreeSet::new));
    console.line(
        "release",
        release.tag()
            + " · "
            + plan.release().fixes().map(BuildOptions::fixes).orElse("fixes not recorded")
            + " · "
            + plan.archs().stream().map(Arch::go).collect(Collectors.joining(" "))
            + " · "
            + String.join(" ", names));
    return plan;
  }

  private static String fixes(List<Fix> fixes) {
    return fixes.isEmpty() ? "rebuild without fixes" : fixes.size() + " CVEs fixed";
  }

  /**
   * Builds all packages of a plan into a folder.
   *
   * @param spare a folder for compressed blocks that the cache cannot take; the caller deletes it
   */
  List<BuiltPackage> build(
      Project project,
      BuildPlan plan,
      Optional<Signer> signer,
      Path target,
      Path spare,
      Console console)
      throws IOException {
    long bytes = 0;
    for (Binary program : plan.programs()) {
      bytes += Files.size(program.file());
    }
    List<BuiltPackage> built;
    Scratch.takeFilesOfLibraries();
    Progress progress = console.progress("compress", bytes);
    try (Compressor compressor = compressor(spare, progress, console)) {
      Runnable compressed = () -> console.line("compressed", progress.finish());
      built = new PackageBuild(project, compressor, signer, threads, compressed).run(plan, target);
    } finally {
      progress.finish();
    }
    console.line("packages", describe(built));
    return built;
  }

  /** A cache makes the next time faster; without one the work can be done as well. */
  private Compressor compressor(Path spare, Progress progress, Console console) throws IOException {
    try {
      BlockCache blocks = BlockCache.at(cache, (long) cacheGibibytes << 30);
      return new Compressor(blocks.orElse(spare, console::warning), threads, progress::add);
    } catch (IOException e) {
      console.warning("going on without the block cache: " + IoReason.of(e));
      return new Compressor(BlockCache.at(spare, Long.MAX_VALUE), threads, progress::add);
    }
  }

  /** The names of the files that a plan builds. */
  static List<String> fileNames(BuildPlan plan) {
    return plan.specs().stream().map(PackageBuild::fileName).toList();
  }

  private static String describe(List<BuiltPackage> built) throws IOException {
    long bytes = 0;
    for (BuiltPackage one : built) {
      bytes += Files.size(one.file());
    }
    long rpms = built.stream().filter(b -> b.spec().format() == Format.RPM).count();
    return rpms + " rpm, " + (built.size() - rpms) + " deb   " + Console.mebibytes(bytes);
  }

  /** So that a wrong version is wrong usage, with the form that is expected. */
  static final class VersionConverter implements ITypeConverter<LtsVersion> {
    @Override
    public LtsVersion convert(String text) {
      try {
        return LtsVersion.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  static final class ArchConverter implements ITypeConverter<Arch> {
    @Override
    public Arch convert(String text) {
      return Arch.find(text)
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "\"" + text + "\" is not an architecture; expected one of " + Arch.names()));
    }
  }
}
