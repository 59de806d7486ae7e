package io.klts.repo.deb;

import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.acceptance.RealPrograms;
import io.klts.repo.elf.Elf;
import io.klts.repo.recipe.Shlibs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compares the shipped table with dpkg-shlibdeps, which looks at each function that a program
 * calls: its minimum may be higher than ours, never lower.
 */
class ShlibDependsIT {

  @TempDir Path folder;

  @Test
  void dependsOnThePackagesThatDpkgFindsInTheOldestUsableVersion() throws IOException {
    Files.createDirectory(folder.resolve("debian"));
    Files.writeString(
        folder.resolve("debian/control"), "Source: probe\n\nPackage: probe\nArchitecture: any\n");
    ShlibDepends depends = new ShlibDepends(Shlibs.load(Path.of("repo-templates/shlibs.yaml")));
    String own = RealPrograms.run(folder, "dpkg", "--print-architecture").strip();
    List<Path> real = RealPrograms.of(own);

    for (Path program : List.of(real.get(0), real.get(1), Path.of("/bin/ls"))) {
      Map<String, String> ours =
          minimums(String.join(", ", depends.of(program, Elf.read(program))));
      Map<String, String> theirs = minimums(shlibdeps(program));
      assertThat(ours.keySet()).as("%s", program).isNotEmpty().isEqualTo(theirs.keySet());
      for (String name : ours.keySet()) {
        RealPrograms.run(
            folder, "dpkg", "--compare-versions", ours.get(name), "le", theirs.get(name));
      }
    }
  }

  @Test
  void knowsTheLibrariesOfTheOtherArchitecture() throws IOException {
    ShlibDepends depends = new ShlibDepends(Shlibs.load(Path.of("repo-templates/shlibs.yaml")));
    Path runc = RealPrograms.of("arm64").get(1);

    assertThat(depends.of(runc, Elf.read(runc)))
        .hasSize(2)
        .contains("libseccomp2 (>= 2.5.0)")
        .anyMatch(relation -> relation.matches("libc6 \\(>= 2\\.\\d+\\)"));
  }

  private String shlibdeps(Path program) throws IOException {
    String line = RealPrograms.run(folder, "dpkg-shlibdeps", "-O", program.toString());
    return line.lines().filter(l -> l.startsWith("shlibs:Depends=")).findFirst().orElseThrow();
  }

  /** The minimums by package; empty where there is none. */
  private static Map<String, String> minimums(String relations) {
    Map<String, String> minimums = new TreeMap<>();
    for (String relation : relations.replace("shlibs:Depends=", "").split(", ", -1)) {
      int space = relation.indexOf(" (>= ");
      String name = space < 0 ? relation : relation.substring(0, space);
      minimums.put(name, space < 0 ? "" : relation.substring(space + 5, relation.length() - 1));
    }
    return minimums;
  }
}
