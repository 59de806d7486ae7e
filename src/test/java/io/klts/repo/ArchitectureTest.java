package io.klts.repo;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The cut of the code into packages. Change the table here together with docs/architecture.md. */
class ArchitectureTest {

  private static final String ROOT = "io.klts.repo";

  /** For each package, those of ours that it may know. */
  private static final Map<String, Set<String>> ARROWS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("blob", Set.of()),
              Map.entry("elf", Set.of()),
              Map.entry("order", Set.of()),
              Map.entry("serve", Set.of("tree")),
              Map.entry("source", Set.of("blob", "tree")),
              Map.entry("store", Set.of("blob", "tree")),
              Map.entry("compress", Set.of("blob")),
              Map.entry("signature", Set.of("blob")),
              Map.entry("document", Set.of("blob")),
              Map.entry("tree", Set.of("blob")),
              Map.entry("gate", Set.of("blob", "order", "tree")),
              Map.entry("catalogue", Set.of("document")),
              Map.entry(
                  "mirror", Set.of("blob", "document", "signature", "source", "store", "tree")),
              Map.entry("binaries", Set.of("blob", "catalogue", "elf")),
              Map.entry("recipe", Set.of("binaries", "blob", "catalogue", "document")),
              Map.entry(
                  "rpm",
                  Set.of(
                      "binaries", "blob", "catalogue", "compress", "elf", "recipe", "signature")),
              Map.entry(
                  "deb", Set.of("binaries", "blob", "catalogue", "compress", "elf", "recipe")),
              Map.entry(
                  "build",
                  Set.of(
                      "binaries",
                      "blob",
                      "catalogue",
                      "compress",
                      "deb",
                      "elf",
                      "recipe",
                      "rpm",
                      "signature")),
              Map.entry(
                  "repository",
                  Set.of("blob", "catalogue", "compress", "document", "recipe", "rpm", "tree")),
              Map.entry("site", Set.of("blob", "catalogue", "document", "signature", "tree")),
              Map.entry("verify", Set.of("blob", "order", "signature", "source", "tree")),
              Map.entry(
                  "publish",
                  Set.of(
                      "blob",
                      "build",
                      "catalogue",
                      "deb",
                      "gate",
                      "recipe",
                      "repository",
                      "rpm",
                      "signature",
                      "site",
                      "tree")),
              Map.entry(
                  "cli",
                  Set.of(
                      "binaries",
                      "blob",
                      "build",
                      "catalogue",
                      "compress",
                      "document",
                      "elf",
                      "mirror",
                      "publish",
                      "recipe",
                      "serve",
                      "signature",
                      "site",
                      "source",
                      "store",
                      "tree",
                      "verify"))));

  /** For each library, by the begin of its packages' names, the only packages that may know it. */
  private static final Map<String, Set<String>> LIBRARIES =
      Map.ofEntries(
          Map.entry("picocli.", Set.of("cli")),
          Map.entry("me.tongfei.", Set.of("cli")),
          Map.entry("org.redline_rpm.", Set.of("rpm")),
          Map.entry("org.vafer.", Set.of("deb")),
          Map.entry("org.bouncycastle.", Set.of("signature")),
          Map.entry("com.fasterxml.", Set.of("document")),
          Map.entry("javax.xml.", Set.of("verify")),
          Map.entry("org.tukaani.", Set.of("compress", "verify")),
          Map.entry("org.eclipse.jetty.", Set.of("serve")),
          Map.entry("javax.crypto.", Set.of("store")),
          Map.entry("software.amazon.", Set.of("store")),
          Map.entry("org.apache.hc.", Set.of("store")),
          Map.entry("org.apache.commons.compress.", Set.of("binaries")),
          Map.entry("org.apache.sshd.", Set.of("store")),
          Map.entry(
              "org.apache.commons.io.",
              Set.of(
                  "blob",
                  "build",
                  "cli",
                  "compress",
                  "deb",
                  "repository",
                  "rpm",
                  "signature",
                  "store",
                  "tree",
                  "verify")));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  @Test
  void arrowsGoOnlyWhereTheTableSays() {
    Map<String, Set<String>> found = new TreeMap<>();
    for (JavaClass from : CLASSES) {
      Set<String> targets = found.computeIfAbsent(part(from), p -> new TreeSet<>());
      for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
        JavaClass to = dependency.getTargetClass();
        if (to.getPackageName().startsWith(ROOT + ".") && !part(to).equals(part(from))) {
          targets.add(part(to));
        }
      }
    }
    assertThat(found.keySet()).isEqualTo(ARROWS.keySet());
    found.forEach((part, targets) -> assertThat(ARROWS.get(part)).as(part).containsAll(targets));
  }

  @Test
  void theTableNamesNoArrowThatNobodyNeeds() {
    ARROWS.forEach(
        (part, targets) ->
            assertThat(targets)
                .as(part)
                .allMatch(target -> CLASSES.stream().anyMatch(c -> knows(c, part, target))));
  }

  @Test
  void packagesFormNoCycle() {
    SlicesRuleDefinition.slices()
        .matching(ROOT + ".(*)..")
        .should()
        .beFreeOfCycles()
        .check(CLASSES);
  }

  @Test
  void everyLibraryIsKnownWhereTheTableSaysOnly() {
    for (JavaClass from : CLASSES) {
      for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
        String to = dependency.getTargetClass().getPackageName() + ".";
        if (to.startsWith("java.")
            || to.startsWith("javax.net.")
            || to.startsWith("javax.xml.")
            || to.startsWith(ROOT + ".")
            || to.equals(".")) {
          continue;
        }
        assertThat(LIBRARIES.keySet()).as(dependency.getDescription()).anyMatch(to::startsWith);
        LIBRARIES.forEach(
            (library, parts) -> {
              if (to.startsWith(library)) {
                assertThat(parts).as(dependency.getDescription()).contains(part(from));
              }
            });
      }
    }
  }

  @Test
  void everyPackageSaysWhatItKnowsAndWhatNot() throws IOException {
    for (String part : ARROWS.keySet()) {
      Path info = Path.of("src/main/java/io/klts/repo", part, "package-info.java");
      assertThat(Files.readString(info).replaceAll("\\s+\\*?\\s*", " "))
          .as(part)
          .contains("Knows: ", "Must not know: ");
    }
  }

  @Test
  void theDocumentationHasTheSamePackages() throws IOException {
    List<String> lines = Files.readAllLines(Path.of("docs/architecture.md"));
    for (String part : ARROWS.keySet()) {
      assertThat(lines).as(part).anyMatch(line -> line.startsWith("| `" + part + "` |"));
    }
  }

  private static boolean knows(JavaClass from, String part, String target) {
    return part(from).equals(part)
        && from.getDirectDependenciesFromSelf().stream()
            .map(d -> d.getTargetClass().getPackageName())
            .anyMatch((ROOT + "." + target)::equals);
  }

  private static String part(JavaClass type) {
    String name = type.getPackageName();
    return name.length() <= ROOT.length() ? "" : name.substring(ROOT.length() + 1);
  }
}
