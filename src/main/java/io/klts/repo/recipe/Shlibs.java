package io.klts.repo.recipe;

import io.klts.repo.document.Documents;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** {@code shlibs.yaml}: which Debian package holds a library. */
public final class Shlibs {

  /**
   * The entry of a library.
   *
   * @param deb the Debian package that holds it; needed
   * @param symbols the prefix of symbol versions that carry the package's version: with {@code
   *     GLIBC} the symbol version {@code GLIBC_2.34} is there from 2.34 on
   * @param atLeast a minimum that holds whatever the program asks for
   * @param versions package versions of the symbol versions that do not follow the prefix
   */
  record Entry(String deb, String symbols, String atLeast, Map<String, String> versions) {

    Entry {
      if (deb == null) {
        throw new IllegalArgumentException("\"deb\", the library's package, is missing");
      }
      bind(deb, symbols, atLeast, versions);
    }

    Shlib bind() {
      return bind(deb, symbols, atLeast, versions);
    }

    private static Shlib bind(
        String deb, String symbols, String atLeast, Map<String, String> versions) {
      return new Shlib(
          deb,
          Optional.ofNullable(symbols),
          Optional.ofNullable(atLeast),
          versions == null ? Map.of() : versions);
    }
  }

  private Shlibs() {}

  /**
   * Reads the table.
   *
   * @return by soname
   * @throws IOException with file and line, if it does not say what it should
   */
  public static Map<String, Shlib> load(Path file) throws IOException {
    Map<String, Shlib> table = new HashMap<>();
    Documents.yamlTable(file, Entry.class)
        .forEach((soname, entry) -> table.put(soname, entry.bind()));
    return table;
  }
}
