package io.klts.repo.deb;

import io.klts.repo.elf.Elf;
import io.klts.repo.elf.Elf.VersionNeed;
import io.klts.repo.recipe.Shlib;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The Depends of a program's libraries, such as {@code libc6 (>= 2.34)}: what dpkg-shlibdeps finds
 * out from the libraries installed beside the compiler, here from a table, so that packages can be
 * made for every machine on any machine.
 */
final class ShlibDepends {

  /** Orders {@code 1:1.2.11} after {@code 2.34} after {@code 2.4}: epoch first, then numbers. */
  private static final Comparator<String> BY_VERSION =
      Comparator.comparing((String version) -> numbers(epoch(version)), Arrays::compare)
          .thenComparing(
              version -> numbers(version.substring(version.indexOf(':') + 1)), Arrays::compare);

  private final Map<String, Shlib> table;

  /**
   * @param table the libraries' packages by soname
   */
  ShlibDepends(Map<String, Shlib> table) {
    this.table = Map.copyOf(table);
  }

  /**
   * The relations for one program, one for each package, in the order of their names.
   *
   * @param file the program's name for error messages
   * @throws IOException if it asks for a library or a symbol version that the table does not know
   */
  NavigableSet<String> of(Path file, Elf elf) throws IOException {
    NavigableMap<String, NavigableSet<String>> packages = new TreeMap<>();
    for (String soname : elf.needed()) {
      Shlib shlib = shlib(file, soname);
      shlib.atLeast().ifPresent(minimums(packages, shlib)::add);
    }
    for (VersionNeed need : elf.versionNeeds()) {
      Shlib shlib = shlib(file, need.soname());
      if (shlib.knowsSymbols()) {
        minimums(packages, shlib).add(since(file, shlib, need));
      }
    }
    NavigableSet<String> relations = new TreeSet<>();
    packages.forEach((name, minimums) -> relations.add(relation(name, minimums)));
    return relations;
  }

  private static NavigableSet<String> minimums(
      NavigableMap<String, NavigableSet<String>> packages, Shlib shlib) {
    return packages.computeIfAbsent(shlib.deb(), name -> new TreeSet<>(BY_VERSION));
  }

  private static String relation(String name, NavigableSet<String> minimums) {
    return minimums.isEmpty() ? name : name + " (>= " + minimums.last() + ")";
  }

  private Shlib shlib(Path file, String soname) throws IOException {
    Shlib shlib = table.get(soname);
    if (shlib == null) {
      throw new IOException(
          "%s needs the library %s, and no Debian package is known that holds it; add a line for it to repo-templates/shlibs.yaml"
              .formatted(file, soname));
    }
    return shlib;
  }

  private static String since(Path file, Shlib shlib, VersionNeed need) throws IOException {
    return shlib
        .since(need.version())
        .orElseThrow(
            () ->
                new IOException(
                    """
                    %s needs the symbol version %s of %s, and it is not known from which version of %s on it is there; \
                    add it to that library's versions in repo-templates/shlibs.yaml, \
                    or build the program without it if it is private to one build of the library"""
                        .formatted(file, need.version(), need.soname(), shlib.deb())));
  }

  private static String epoch(String version) {
    return version.contains(":") ? version.substring(0, version.indexOf(':')) : "0";
  }

  private static BigInteger[] numbers(String version) {
    return Arrays.stream(version.split("\\.")).map(BigInteger::new).toArray(BigInteger[]::new);
  }
}
