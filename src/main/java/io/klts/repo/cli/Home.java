package io.klts.repo.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where files are. The program's own lie beside the launcher: they are the Kubernetes project's.
 * Another project is worked on from its own folder.
 */
final class Home {

  private static final String TEMPLATES = "repo-templates";

  private static final Path HERE = Path.of("");

  private Home() {}

  private static Path own() {
    return Path.of(System.getProperty("klts.home", ""));
  }

  /** The current folder if it has templates, else the launcher's. */
  private static Path project() {
    return Files.exists(HERE.resolve(TEMPLATES).resolve("identity.yaml")) ? HERE : own();
  }

  /** The project in the current folder, if that is another one than the program's own. */
  static Optional<Path> otherProject() {
    Path project = project().toAbsolutePath();
    return project.equals(own().toAbsolutePath()) ? Optional.empty() : Optional.of(project);
  }

  static Path templates() {
    return project().resolve(TEMPLATES);
  }

  /** The templates that came with the program. */
  static Path ownTemplates() {
    return own().resolve(TEMPLATES);
  }

  /** The installer. Another project may be without: the program's own speaks of Kubernetes. */
  static Optional<Path> installer() {
    Path installer = project().resolve("install.sh");
    return otherProject().isEmpty() || Files.exists(installer)
        ? Optional.of(installer)
        : Optional.empty();
  }

  static Path mirrorsFile() {
    return project().resolve("mirrors.conf");
  }

  /** What a user of this installation types to run the program. */
  static String launcher() throws IOException {
    Path launcher = own().resolve("klts-repo");
    return Files.exists(launcher) ? launcher.toRealPath().toString() : "klts-repo";
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
