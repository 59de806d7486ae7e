package io.klts.repo.rpm;

import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.recipe.Content;
import io.klts.repo.recipe.Hook;
import io.klts.repo.recipe.PackageSpec;
import io.klts.repo.recipe.Relation;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What a package asks of others and offers them, in rpm's terms. */
final class Dependencies {

  private static final int RPMLIB = Tag.RPMLIB | Tag.LESS | Tag.EQUAL;

  private Dependencies() {}

  /**
   * Besides its own name and version, the spelling that users of the original packages type: {@code
   * kubeadm-1.28.15-lts.2} as a name (for dnf and zypper) and as a version (for {@code =}).
   */
  static NavigableSet<RpmDependency> provides(PackageSpec spec) {
    NavigableSet<RpmDependency> provides = of(spec, Relation.Kind.PROVIDES);
    LtsVersion version = spec.version();
    provides.add(
        new RpmDependency(spec.name(), Tag.EQUAL, version.rpm() + "-" + LtsVersion.RPM_RELEASE));
    provides.add(new RpmDependency(spec.name(), Tag.EQUAL, version.toString()));
    provides.add(RpmDependency.unversioned(spec.name() + "-" + version));
    return provides;
  }

  static NavigableSet<RpmDependency> requires(PackageSpec spec) {
    NavigableSet<RpmDependency> requires = of(spec, Relation.Kind.REQUIRES);
    for (Content.Program program : spec.programs()) {
      ElfRequirements.of(program.binary().elf()).stream()
          .map(RpmDependency::unversioned)
          .forEach(requires::add);
    }
    for (Hook hook : spec.scripts().keySet()) {
      requires.add(new RpmDependency("/bin/sh", Tag.INTERPRETER | context(hook), ""));
    }
    requires.add(new RpmDependency("rpmlib(CompressedFileNames)", RPMLIB, "3.0.4-1"));
    requires.add(new RpmDependency("rpmlib(FileDigests)", RPMLIB, "4.6.0-1"));
    requires.add(new RpmDependency("rpmlib(PayloadFilesHavePrefix)", RPMLIB, "4.0-1"));
    requires.add(new RpmDependency("rpmlib(PayloadIsXz)", RPMLIB, "5.2-1"));
    if (hasAlternatives(spec)) {
      requires.add(new RpmDependency("rpmlib(RichDependencies)", RPMLIB, "4.12.0-1"));
    }
    return requires;
  }

  private static boolean hasAlternatives(PackageSpec spec) {
    return Arrays.stream(Relation.Kind.values())
        .flatMap(kind -> spec.relations(kind).stream())
        .anyMatch(relation -> relation.alternatives().size() > 1);
  }

  static NavigableSet<RpmDependency> of(PackageSpec spec, Relation.Kind kind) {
    NavigableSet<RpmDependency> all = new TreeSet<>();
    for (Relation relation : spec.relations(kind)) {
      all.add(dependency(relation.alternatives()));
    }
    return all;
  }

  /** Several are one "rich" dependency, which rpm from 4.13 on knows. */
  private static RpmDependency dependency(List<Relation.Capability> alternatives) {
    if (alternatives.size() > 1) {
      return RpmDependency.unversioned(
          alternatives.stream()
              .map(one -> one.name() + one.bound().map(b -> words(b)).orElse(""))
              .collect(Collectors.joining(" or ", "(", ")")));
    }
    Relation.Capability capability = alternatives.get(0);
    return capability
        .bound()
        .map(b -> new RpmDependency(capability.name(), flags(b.operator()), b.version()))
        .orElseGet(() -> RpmDependency.unversioned(capability.name()));
  }

  private static String words(Relation.Bound bound) {
    return " " + bound.operator() + " " + bound.version();
  }

  private static int flags(String operator) {
    int flags = 0;
    flags |= operator.contains("<") ? Tag.LESS : 0;
    flags |= operator.contains(">") ? Tag.GREATER : 0;
    flags |= operator.contains("=") ? Tag.EQUAL : 0;
    return flags;
  }

  private static int context(Hook hook) {
    return switch (hook) {
      case PRE -> Tag.SCRIPT_PRE;
      case POST -> Tag.SCRIPT_POST;
      case PREUN -> Tag.SCRIPT_PREUN;
      case POSTUN -> Tag.SCRIPT_POSTUN;
      case POSTTRANS -> 1 << 5;
      default -> throw new IllegalArgumentException(hook + " is not a script of an rpm");
    };
  }
}
