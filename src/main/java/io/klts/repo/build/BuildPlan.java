package io.klts.repo.build;

import io.klts.repo.binaries.Binary;
import io.klts.repo.binaries.BinaryFolder;
import io.klts.repo.catalogue.Arch;
import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.catalogue.Release;
import io.klts.repo.recipe.Format;
import io.klts.repo.recipe.PackageSpec;
import io.klts.repo.recipe.Recipe;
import io.klts.repo.recipe.Relation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The packages that a release will have, every input of them looked at.
 *
 * @param endOfLife when upstream ended its support for the release's minor
 * @param archs that there are binaries for
 * @param specs for each package, architecture and format
 */
public record BuildPlan(
    Release release, Optional<LocalDate> endOfLife, Set<Arch> archs, List<PackageSpec> specs) {

  /**
   * Looks at everything that a build needs; writes nothing but unpacked archives into {@code
   * scratch}.
   *
   * @param archs empty for all that have binaries
   * @param scratch an existing folder, which must stay until the packages are built
   * @throws IOException if something is missing or not what it should be
   */
  public static BuildPlan of(
      Project project, LtsVersion version, Path binaries, Set<Arch> archs, Path scratch)
      throws IOException {
    Release release = project.catalogue().release(version);
    BinaryFolder folder = BinaryFolder.open(binaries, scratch);
    Set<Arch> chosen = archs.isEmpty() ? folder.archs() : EnumSet.copyOf(archs);
    List<PackageSpec> specs = new ArrayList<>();
    for (Recipe recipe : project.recipes().values()) {
      for (Arch arch : chosen) {
        specs.addAll(new OnePackage(project, folder, recipe, arch).of(version));
      }
    }
    return new BuildPlan(
        release, project.catalogue().endOfLife(version.minor()), chosen, List.copyOf(specs));
  }

  /** The programs of all packages, each file once. */
  public Set<Binary> programs() {
    Set<Binary> programs = new LinkedHashSet<>();
    specs.forEach(spec -> spec.programs().forEach(p -> programs.add(p.binary())));
    return programs;
  }

  /**
   * What the packages need of add-ons that are neither in the plan nor there already, in words:
   * {@code kubelet needs kubernetes-cni >= 1.2.0}.
   *
   * @param addons the names of all
   * @param present the names of those that are there
   */
  public SortedSet<String> needs(Set<String> addons, Set<String> present) {
    Set<String> missing = new HashSet<>(addons);
    missing.removeAll(present);
    specs.forEach(spec -> missing.remove(spec.name()));
    SortedSet<String> needs = new TreeSet<>();
    for (PackageSpec spec : specs) {
      for (Relation relation : spec.relations(Relation.Kind.REQUIRES)) {
        if (relation.alternatives().stream().allMatch(need -> missing.contains(need.name()))) {
          needs.add(spec.name() + " needs " + relation);
        }
      }
    }
    return needs;
  }

  private record OnePackage(Project project, BinaryFolder folder, Recipe recipe, Arch arch) {

    List<PackageSpec> of(LtsVersion release) throws IOException {
      if (!recipe.isAddon()) {
        return bind(release, recipe.name());
      }
      List<PackageSpec> specs = new ArrayList<>();
      List<Release> versions = project.catalogue().addons(release.minor(), recipe.name());
      for (int i = 0; i < versions.size(); i++) {
        LtsVersion version = versions.get(i).version();
        Optional<String> source = addonFolder(version, i == versions.size() - 1);
        if (source.isPresent()) {
          specs.addAll(bind(version, source.get()));
        }
      }
      return specs;
    }

    /**
     * Where the binaries of an add-on are, if they were given: in {@code <name>-<version>}, or, for
     * the newest version of the minor, also in {@code <name>} or beside the others.
     */
    private Optional<String> addonFolder(LtsVersion version, boolean newest) {
      String versioned = recipe.name() + "-" + version.upstream();
      if (hasAny(version, versioned, true)) {
        return Optional.of(versioned);
      }
      return newest && hasAny(version, recipe.name(), false)
          ? Optional.of(recipe.name())
          : Optional.empty();
    }

    private boolean hasAny(LtsVersion version, String source, boolean onlyInside) {
      return recipe.binaries(version).stream()
          .map(binary -> folder.find(arch, source, binary))
          .flatMap(Optional::stream)
          .anyMatch(p -> !onlyInside || p.getParent().endsWith(source));
    }

    private List<PackageSpec> bind(LtsVersion version, String source) throws IOException {
      Map<String, Binary> binaries = new HashMap<>();
      for (String binary : recipe.binaries(version)) {
        binaries.put(binary, folder.read(arch, source, binary));
      }
      List<Release> history = project.catalogue().history(recipe.name(), version);
      List<PackageSpec> specs = new ArrayList<>();
      for (Format format : Format.values()) {
        specs.add(recipe.bind(history, arch, format, project.catalogue().identity(), binaries));
      }
      return specs;
    }
  }
}
