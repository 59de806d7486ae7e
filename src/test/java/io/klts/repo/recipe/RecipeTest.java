package io.klts.repo.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecipeTest {

  private static final String GOOD =
      """
      role: release
      summary: A tool
      description: It does things.
      homepage: https://example.org
      license: MIT
      section: admin
      files:
        - {path: /usr/bin/tool, binary: tool}
        - {path: /etc/tool.conf, source: tool.conf, config: true}
      directories:
        - {path: /var/lib/tool, mode: "0755"}
      relations:
        - {requires: "other >= 1.2", versions: ">= 1.11"}
      scripts:
        rpm: {post: tool.post}
      """;

  @TempDir Path packages;
  private Path recipe;

  @BeforeEach
  void write() throws IOException {
    recipe = Files.createDirectory(packages.resolve("tool"));
    Files.writeString(recipe.resolve("package.yaml"), GOOD);
    Files.writeString(recipe.resolve("tool.conf"), "");
    Files.writeString(recipe.resolve("tool.post"), "");
    Files.writeString(packages.resolveSibling("outside"), "secret");
  }

  @Test
  void aGoodRecipeIsRead() throws IOException {
    assertThat(Recipe.loadAll(packages)).containsOnlyKeys("tool");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "section: admin | sektion: admin | package.yaml:6: sektion: unknown key \"sektion\"; allowed",
        "section: admin | license: MIT | package.yaml:6: Duplicate field `license`",
        "config: true | confg: true | package.yaml:9: files[1].confg: unknown key \"confg\"",
        "config: true | path: /etc/x | package.yaml:9: files[1]: Duplicate field `path`",
        "config: true | config: maybe | package.yaml:9",
        "path: /usr/bin/tool | path: /usr/../etc/x | \"/usr/../etc/x\" is not an absolute path",
        "path: /usr/bin/tool | path: ../x | \"../x\" is not an absolute path",
        "path: /var/lib/tool | path: /var/.. | package.yaml:11",
        "binary: tool | binary: ../tool | \"binary\" must be a plain file name",
        "source: tool.conf | source: ../../outside | \"../../outside\" is neither a file beside",
        "source: tool.conf | source: /etc/passwd | \"/etc/passwd\" is neither a file beside",
        "source: tool.conf | source: none.conf | none.conf is not a file of at most",
        "post: tool.post | post: ../../outside | scripts.rpm.post: \"../../outside\" is neither",
        "post: tool.post | post: /etc/passwd | scripts.rpm.post: \"/etc/passwd\" is neither",
        "post: tool.post | post: | package.yaml:",
        "post: tool.post | postinst: tool.post | \"postinst\" is not a script of RPM",
        "rpm: {post | arch: {post | \"scripts\" has arch; allowed: rpm, deb",
        "summary: A tool | summary: \"A\\nVendor: x\" | \"summary\" must be one line",
        "license: MIT | license: \"MIT\\nEpoch: 9\" | \"license\" must be one line",
        "homepage: https://example.org | homepage: example | \"homepage\" must be a web address",
        "'other >= 1.2' | 'other => 1.2' | is not a relation; expected a form such as",
        "versions: '>= 1.11' | versions: 'new' | package.yaml:13: relations[0]: 'versions' is 'new'; exp",
        "versions: '>= 1.11' | format: apk | package.yaml:13: relations[0]: 'format' is apk; expected rpm",
        "mode: '0755' | mode: '9999' | 'mode' must have a form such as '0755'",
        "- {requires: 'other >= 1.2', versions: '>= 1.11'} | - ~ | package.yaml:13",
      })
  void aFaultIsNamedWithFileAndLine(String before, String after, String message)
      throws IOException {
    String from = before.replace('\'', '"');
    String to = after.replace('\'', '"');
    assertThat(GOOD).contains(from);
    Files.writeString(recipe.resolve("package.yaml"), GOOD.replace(from, to));

    assertThatThrownBy(() -> Recipe.loadAll(packages))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("package.yaml:")
        .hasMessageContaining(message.replace('\'', '"').replace('`', '\''))
        .hasMessageNotContaining("secret");
  }

  @ParameterizedTest
  @CsvSource({
    "requires, rpm, true",
    "requires, deb, true",
    "requires, , false",
    "provides, rpm, false",
    "replaces, rpm, false",
  })
  void alternativesAreForOneFormat(String kind, String format, boolean good) throws IOException {
    String entry = kind + ": \"a | b >= 2\"" + (format == null ? "" : ", format: " + format);
    Files.writeString(
        recipe.resolve("package.yaml"),
        GOOD.replace("requires: \"other >= 1.2\", versions: \">= 1.11\"", entry));
    if (good) {
      assertThat(Recipe.loadAll(packages)).containsOnlyKeys("tool");
    } else {
      assertThatThrownBy(() -> Recipe.loadAll(packages))
          .hasMessageContaining("\"a | b >= 2\": a relation with alternatives is for one format");
    }
  }

  @Test
  void aFolderWhoseNameIsNoPackageNameIsRefused() throws IOException {
    Files.createDirectory(packages.resolve("..tool"));

    assertThatThrownBy(() -> Recipe.loadAll(packages))
        .hasMessageContaining("the folder's name is the package's");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "libc.so.6: {deb: libc6, symbls: GLIBC} | shlibs.yaml:1: libc.so.6.symbls: unknown key",
        "libc.so.6: {deb: ../libc6} | shlibs.yaml:1: libc.so.6: not a library's Debian package name",
        "libc.so.6: {symbols: GLIBC} | shlibs.yaml:1: libc.so.6: \"deb\", the library's package, is",
        "libc.so.6: {deb: libc6, atLeast: new} | not a library's Debian version: new",
        "libc.so.6: {deb: libc6, versions: {A: }} | shlibs.yaml:1",
      })
  void aFaultInTheTableOfLibrariesIsNamed(String text, String message) throws IOException {
    Path file = Files.writeString(packages.resolve("shlibs.yaml"), text + "\n");

    assertThatThrownBy(() -> Shlibs.load(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aLibraryThatIsListedTwiceIsRefused() throws IOException {
    Path file = packages.resolve("shlibs.yaml");
    Files.writeString(file, "libc.so.6: {deb: libc6}\nlibc.so.6: {deb: libc6}\n");

    assertThatThrownBy(() -> Shlibs.load(file))
        .hasMessageContaining("shlibs.yaml:2: Duplicate field 'libc.so.6'");
  }
}
