package io.klts.repo.cli;

import java.nio.file.Path;

/**
 * Where the program's own files are: templates, mirrors.conf and install.sh lie beside the
 * launcher.
 */
final class Home {

  private Home() {}

  private static Path path() {
    return Path.of(System.getProperty("klts.home", ""));
  }

  static Path templates() {
    return path().resolve("repo-templates");
  }

  static Path installer() {
    return path().resolve("install.sh");
  }

  static Path mirrorsFile() {
    return path().resolve("mirrors.conf");
  }

  /** The cache that all projects of this user share (XDG Base Directory Specification). */
  static Path cache() {
    String xdg = System.getenv("XDG_CACHE_HOME");
    // The specification ignores relative paths.
    Path base =
        xdg != null && xdg.startsWith("/")
            ? Path.of(xdg)
            : Path.of(System.getProperty("user.home"), ".cache");
    return base.resolve("klts-repo");
  }
}
