package io.klts.repo.recipe;

import io.klts.repo.catalogue.Arch;
import io.klts.repo.catalogue.Identity;
import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.catalogue.Release;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A package, whole: a recipe bound to a release, an architecture and a format.
 *
 * @param arch absent if it is the same for all architectures
 * @param section Debian's section
 * @param contents by path, each path once
 * @param scripts the text of each script; only hooks of {@code format}
 * @param history the releases of its changelog, newest first; the first one is this package's
 */
public record PackageSpec(
    String name,
    Optional<Arch> arch,
    Format format,
    Identity identity,
    String summary,
    String description,
    String homepage,
    String license,
    String section,
    List<Content> contents,
    List<Relation> relations,
    Map<Hook, String> scripts,
    List<Release> history) {

  /** What rpm calls its architecture. */
  public String rpmArch() {
    return arch.map(Arch::rpm).orElse("noarch");
  }

  /** What dpkg calls its architecture. */
  public String debArch() {
    return arch.map(Arch::deb).orElse("all");
  }

  /** Its version. */
  public LtsVersion version() {
    return history.get(0).version();
  }

  /** The date of everything in it: midnight UTC of the day of publication. */
  public Instant date() {
    return date(history.get(0));
  }

  /** Midnight UTC of the day on which a release was published. */
  public static Instant date(Release release) {
    return release.published().atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  /** The programs among its contents. */
  public List<Content.Program> programs() {
    return contents.stream()
        .filter(Content.Program.class::isInstance)
        .map(Content.Program.class::cast)
        .toList();
  }

  /** The relations of one kind, in the recipe's order. */
  public List<Relation> relations(Relation.Kind kind) {
    return relations.stream().filter(r -> r.kind() == kind).toList();
  }
}
