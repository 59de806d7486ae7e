package io.klts.repo.deb;

import io.klts.repo.recipe.Content;
import io.klts.repo.recipe.PackageSpec;
import io.klts.repo.recipe.Relation;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;

/** The control paragraph of a specification. */
final class ControlFields {

  private ControlFields() {}

  /**
   * @param installedSize in KiB
   */
  static Control of(PackageSpec spec, ShlibDepends shlibs, long installedSize) throws IOException {
    Set<String> depends = new LinkedHashSet<>();
    for (Content.Program program : spec.programs()) {
      depends.addAll(shlibs.of(program.binary().file(), program.binary().elf()));
    }
    spec.relations(Relation.Kind.REQUIRES).forEach(r -> depends.add(text(r)));
    return new Control()
        .set("Package", spec.name())
        .set("Version", spec.version().deb())
        .set("Architecture", spec.debArch())
        .set("Maintainer", spec.identity().maintainer())
        .set("Installed-Size", Long.toString(installedSize))
        .set("Section", spec.section())
        .set("Priority", "optional")
        .set("Homepage", spec.homepage())
        .set("Depends", String.join(", ", depends))
        .set("Recommends", join(spec, Relation.Kind.RECOMMENDS))
        .set("Suggests", join(spec, Relation.Kind.SUGGESTS))
        .set("Breaks", conflicts(spec, true))
        .set("Conflicts", conflicts(spec, false))
        .set("Replaces", join(spec, Relation.Kind.REPLACES))
        .set("Provides", join(spec, Relation.Kind.PROVIDES))
        .set("Description", spec.summary() + "\n" + extended(spec.description()));
  }

  private static String join(PackageSpec spec, Relation.Kind kind) {
    return spec.relations(kind).stream().map(ControlFields::text).collect(Collectors.joining(", "));
  }

  /** Policy 7.4: against some versions of a package only, Breaks and not Conflicts is meant. */
  private static String conflicts(PackageSpec spec, boolean bounded) {
    return spec.relations(Relation.Kind.CONFLICTS).stream()
        .filter(r -> r.alternatives().get(0).bound().isPresent() == bounded)
        .map(ControlFields::text)
        .collect(Collectors.joining(", "));
  }

  private static String text(Relation relation) {
    return relation.alternatives().stream()
        .map(ControlFields::text)
        .collect(Collectors.joining(" | "));
  }

  private static String text(Relation.Capability capability) {
    return capability.name()
        + capability
            .bound()
            .map(b -> " (" + operator(b.operator()) + " " + b.version() + ")")
            .orElse("");
  }

  /** deb-control(5) spells strict comparisons with two signs. */
  private static String operator(String operator) {
    return operator.length() == 1 && !operator.equals("=") ? operator + operator : operator;
  }

  /** Lines begin with a blank, empty ones are a dot (Debian policy 5.6.13). */
  private static String extended(String description) {
    return description
        .lines()
        .map(line -> line.isBlank() ? " ." : " " + line.stripTrailing())
        .collect(Collectors.joining("\n"));
  }
}
