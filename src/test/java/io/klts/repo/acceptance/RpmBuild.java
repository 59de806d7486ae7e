package io.klts.repo.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Packages that the real rpmbuild makes: those of others, which the program must get along with.
 */
final class RpmBuild {

  /**
   * No debug packages, no stripping, no build-id links, and not much compression: as told, and
   * quick.
   */
  private static final String PREAMBLE =
      """
      %global debug_package %{nil}
      %global __os_install_post %{nil}
      %define _build_id_links none
      %define _binary_payload w1.gzdio
      """;

  private RpmBuild() {}

  /**
   * Builds one package for the architecture of this machine, or noarch if the spec says so.
   *
   * @param spec the spec file
   * @param into the folder that the .rpm file goes to
   * @return the .rpm file
   */
  static Path build(String spec, Path into) throws IOException {
    Path top = Lab.folder("rpmbuild");
    try {
      Path file = Files.writeString(top.resolve("it.spec"), PREAMBLE + spec);
      String topdir = "_topdir " + top;
      Program.of("rpmbuild", "--quiet", "--define", topdir, "-bb", file.toString())
          .run()
          .assertOk();
      return Files.move(
          only(top.resolve("RPMS")),
          Files.createDirectories(into).resolve(only(top.resolve("RPMS")).getFileName()),
          StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Lab.remove(top);
    }
  }

  private static Path only(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).findFirst().orElseThrow();
    }
  }

  /** Writes the index of a folder of packages, unsigned, as createrepo_c does it. */
  static void index(Path folder) throws IOException {
    Program.of("createrepo_c", "--quiet", "--no-database", folder.toString()).run().assertOk();
  }
}
