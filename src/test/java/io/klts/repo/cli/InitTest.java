package io.klts.repo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.build.Project;
import io.klts.repo.mirror.Mirrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The project that {@code init} begins, and what it does not begin. */
class InitTest {

  @TempDir Path folder;

  private static Run init(Path folder, String... more) {
    List<String> arguments = new ArrayList<>(List.of("init", folder.toString()));
    arguments.addAll(List.of(more));
    return Run.of(arguments);
  }

  @Test
  void everyFileIsReadAsItIsMeant() throws IOException {
    Path made = folder.resolve("acme");
    String name = "Smith's \"Tools\": #1 \\ x";
    Run run =
        init(
            made,
            "--name=" + name,
            "--maintainer=Zoë <zoe@example.com>",
            "--base-url=https://example.com/a",
            "--package=one,two-3");
    assertThat(run.err()).isEmpty();
    assertThat(run.exit()).isZero();

    Project project = Project.load(made.resolve("repo-templates"));
    assertThat(project.recipes()).containsOnlyKeys("one", "two-3");
    assertThat(project.catalogue().identity().id()).isEqualTo("acme");
    assertThat(project.catalogue().identity().vendor()).isEqualTo(name);
    assertThat(project.catalogue().identity().maintainer()).isEqualTo("Zoë <zoe@example.com>");
    assertThat(project.catalogue().releases())
        .extracting(release -> release.version().tag())
        .containsExactly("v1.0.0-acme.1");
    assertThat(Mirrors.load(made.resolve("mirrors.conf")).origin().url())
        .isEqualTo("https://example.com/a");
    try (Stream<Path> files = Files.walk(made)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(file)).doesNotContainPattern("@\"?[A-Z_]+\"?@");
      }
    }
  }

  @Test
  void anEmptyFolderWillDo() {
    assertThat(init(folder, "--id=a1-b2").exit()).isZero();
    assertThat(folder.resolve("repo-templates/packages/a1-b2/package.yaml")).isRegularFile();
    assertThat(folder.resolve("repo-templates/releases.yaml")).content().contains("1.0.0-ab.1");
  }

  @Test
  void aFolderThatIsNotEmptyStaysAsItIs() throws IOException {
    Path hidden = Files.writeString(folder.resolve(".hidden"), "mine");
    Run run = init(folder, "--id=acme");
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).startsWith("error: " + folder + " is not empty; nothing was written\n");
    assertThat(folder).isDirectoryNotContaining(file -> !file.toFile().equals(hidden.toFile()));

    assertThat(init(hidden, "--id=acme").err()).contains(" is not a folder; nothing was written");
    assertThat(hidden).hasContent("mine");
  }

  @Test
  void aSecondTimeIsRefused() throws IOException {
    Path made = folder.resolve("acme");
    assertThat(init(made).exit()).isZero();
    Path recipe = made.resolve("repo-templates/packages/acme/package.yaml");
    Files.writeString(recipe, "edited");
    assertThat(init(made).exit()).isEqualTo(1);
    assertThat(recipe).hasContent("edited");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--id=Acme | \"id\" must be a lower-case word",
        "--id=1a | \"id\" must be a lower-case word",
        "--id=../a | \"id\" must be a lower-case word",
        "--maintainer=Zoe | \"maintainer\" must be the form Name <address>",
        "--name= | \"name\" must be one line of text",
        "--base-url=ftp://x | expected a form such as https://",
        "--package=../x | \"../x\" is not the name of a package",
        "--package=a,Tool | is not the name of a package",
        "--package=c++ | \"c++\" is not the name of a package",
      })
  void wrongUsageWritesNothing(String option, String message) {
    Path made = folder.resolve("acme");
    Run run = init(made, option);
    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).startsWith("error: ").contains(message, "see: klts-repo init --help");
    assertThat(made).doesNotExist();
  }

  @Test
  void aFolderWhoseNameIsNoIdAsksForOne() {
    Path made = folder.resolve("My Tools");
    assertThat(init(made).err()).contains("\"id\" must be a lower-case word; give --id");
    assertThat(made).doesNotExist();
  }
}
