package io.klts.repo.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Packages that the real dpkg-deb makes: those of others, which the program must get along with.
 */
final class DebBuild {

  private DebBuild() {}

  /**
   * Builds one package.
   *
   * @param control the control file
   * @param files path in the package, without leading slash, and content; the files in {@code
   *     usr/bin} and in {@code DEBIAN} become executable
   * @param into the folder that the .deb file goes to
   * @return the .deb file
   */
  static Path build(String control, Map<String, String> files, Path into) throws IOException {
    Path tree = Lab.folder("dpkg-deb");
    try {
      write(tree.resolve("DEBIAN/control"), control);
      for (Map.Entry<String, String> file : files.entrySet()) {
        Path path = write(tree.resolve(file.getKey()), file.getValue());
        boolean program = file.getKey().matches("(usr/bin|DEBIAN)/(?!conffiles).*");
        path.toFile().setExecutable(program, false);
      }
      Path deb = Files.createDirectories(into).resolve(fileName(control));
      Program.of("dpkg-deb", "--root-owner-group", "-Zgzip", "-b", tree.toString(), deb.toString())
          .run()
          .assertOk();
      return deb;
    } finally {
      Lab.remove(tree);
    }
  }

  private static Path write(Path path, String text) throws IOException {
    Files.createDirectories(path.getParent());
    return Files.writeString(path, text);
  }

  private static String fileName(String control) {
    return "%s_%s_%s.deb"
        .formatted(
            field(control, "Package"), field(control, "Version"), field(control, "Architecture"));
  }

  private static String field(String control, String name) {
    return control
        .lines()
        .filter(line -> line.startsWith(name + ": "))
        .map(line -> line.substring(name.length() + 2))
        .findFirst()
        .orElseThrow();
  }

  /**
   * Writes the index of a folder of packages, unsigned, as apt-ftparchive does it: for a source
   * line such as {@code deb [trusted=yes] file:/folder ./}.
   */
  static void index(Path folder) throws IOException {
    Outcome packages = archive(folder, "packages").assertOk();
    Files.writeString(folder.resolve("Packages"), packages.out());
    Outcome release = archive(folder, "release").assertOk();
    Files.writeString(folder.resolve("Release"), release.out());
  }

  private static Outcome archive(Path folder, String what) throws IOException {
    return Program.of("apt-ftparchive", what, ".").in(folder).run();
  }
}
