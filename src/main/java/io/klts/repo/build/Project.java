package io.klts.repo.build;

import io.klts.repo.catalogue.Catalogue;
import io.klts.repo.recipe.Recipe;
import io.klts.repo.recipe.Shlib;
import io.klts.repo.recipe.Shlibs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * Everything that {@code repo-templates/} says: what can be built and how.
 *
 * @param recipes by package name
 * @param shlibs by soname
 */
public record Project(
    Catalogue catalogue, SortedMap<String, Recipe> recipes, Map<String, Shlib> shlibs) {

  /**
   * Reads a folder of templates whole, so that every fault in it is found before anything is
   * written.
   */
  public static Project load(Path templates) throws IOException {
    return new Project(
        Catalogue.load(templates),
        Recipe.loadAll(templates.resolve("packages")),
        Shlibs.load(templates.resolve("shlibs.yaml")));
  }

  /** The names of the packages that have a version of their own. */
  public Set<String> addons() {
    return recipes.values().stream()
        .filter(Recipe::isAddon)
        .map(Recipe::name)
        .collect(Collectors.toSet());
  }
}
