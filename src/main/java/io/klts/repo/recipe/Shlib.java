package io.klts.repo.recipe;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The Debian package that holds a library, and from which version of the package on a symbol
 * version is in it. One line of {@code repo-templates/shlibs.yaml}.
 *
 * @param deb the package, such as {@code libc6}
 * @param symbols the prefix of symbol versions that carry the package's version: with {@code GLIBC}
 *     the symbol version {@code GLIBC_2.34} is there from 2.34 on
 * @param atLeast a minimum that holds whatever the program asks for
 * @param versions package versions of the symbol versions that do not follow the prefix
 */
public record Shlib(
    String deb, Optional<String> symbols, Optional<String> atLeast, Map<String, String> versions) {

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9+.-]+");
  private static final Pattern VERSION = Pattern.compile("(\\d+:)?\\d+(\\.\\d+)*");

  /**
   * @throws IllegalArgumentException if a name or a version is not one of Debian's; versions are
   *     numbers with dots between and at most an epoch before
   */
  public Shlib {
    versions = Map.copyOf(versions);
    require(NAME, deb, "package name");
    atLeast.ifPresent(version -> require(VERSION, version, "version"));
    versions.values().forEach(version -> require(VERSION, version, "version"));
  }

  private static void require(Pattern pattern, String text, String what) {
    if (!pattern.matcher(text).matches()) {
      throw new IllegalArgumentException("not a library's Debian " + what + ": " + text);
    }
  }

  /** Whether it says which symbol versions exist; else every one is taken to be there. */
  public boolean knowsSymbols() {
    return symbols.isPresent() || !versions.isEmpty();
  }

  /** The package version from which on a symbol version is there, if it is known. */
  public Optional<String> since(String symbolVersion) {
    String listed = versions.get(symbolVersion);
    if (listed != null) {
      return Optional.of(listed);
    }
    return symbols
        .map(prefix -> prefix + "_")
        .filter(symbolVersion::startsWith)
        .map(prefix -> symbolVersion.substring(prefix.length()))
        .filter(version -> VERSION.matcher(version).matches());
  }
}
