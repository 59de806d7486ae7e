package io.klts.repo.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.build.BuildPlan;
import io.klts.repo.build.PackageBuild;
import io.klts.repo.build.Project;
import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.compress.BlockCache;
import io.klts.repo.compress.Compressor;
import io.klts.repo.elf.TinyElf;
import io.klts.repo.tree.LocalTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pages of releases, of which another publication makes only those that it changes. */
class ReleasePagesTest {

  private static final String URL = "https://packages.example.org";
  private static final String OLDER = "v1.28.15-lts.2";
  private static final String OTHER = "v1.32.13-lts.1";

  @TempDir Path folder;
  private Project project;

  @BeforeEach
  void writePrograms() throws IOException {
    project = Project.load(Path.of("repo-templates"));
    Path amd64 = Files.createDirectories(folder.resolve("binaries/amd64"));
    for (String name : List.of("kubeadm", "kubelet", "kubectl")) {
      TinyElf.amd64().write(amd64.resolve(name));
    }
  }

  private void publish(String tree, String release, String url) throws IOException {
    LtsVersion version = LtsVersion.parse(release);
    Path binaries = folder.resolve("binaries");
    BuildPlan plan = BuildPlan.of(project, version, binaries, Set.of(), folder.resolve("archives"));
    BlockCache cache = BlockCache.at(folder.resolve("cache"), Long.MAX_VALUE);
    try (LocalTree open = LocalTree.open(folder.resolve(tree), Duration.ZERO, holder -> {});
        Compressor compressor = new Compressor(cache, 1, (bytes, known) -> {})) {
      Publication publication =
          new Publication(
              open, project.catalogue().identity(), TinyTree.site(url), List.of(TinyTree.key()));
      PackageBuild build =
          new PackageBuild(project, compressor, Optional.of(TinyTree.key()), 1, () -> {});
      publication.add(plan, build.run(plan, open.scratch().resolve("packages")));
      publication.commit();
    }
  }

  private Path page(String tree, String release) {
    return folder.resolve(tree).resolve("releases").resolve(release + ".html");
  }

  private SortedMap<String, String> pages(String tree) throws IOException {
    SortedMap<String, String> pages = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder.resolve(tree).resolve("releases"))) {
      for (Path file : files.toList()) {
        pages.put(file.getFileName().toString(), Files.readString(file));
      }
    }
    return pages;
  }

  @Test
  void aReleaseOfAnotherMinorLeavesThemAlone() throws IOException {
    publish("tree", OLDER, URL);
    FileTime then = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));
    Files.setLastModifiedTime(page("tree", OLDER), then);
    publish("tree", OTHER, URL);
    publish("turned", OTHER, URL);
    publish("turned", OLDER, URL);

    assertThat(Files.getLastModifiedTime(page("tree", OLDER))).isEqualTo(then);
    assertThat(pages("tree")).hasSize(4).isEqualTo(pages("turned"));
  }

  @Test
  void allAreMadeAgainForAnotherAddress() throws IOException {
    publish("tree", OLDER, URL);
    publish("tree", OTHER, "https://elsewhere.example.org");

    assertThat(pages("tree").values())
        .hasSize(4)
        .allSatisfy(page -> assertThat(page).contains("elsewhere").doesNotContain(URL));
  }

  @Test
  void allAreMadeAgainIfOneIsUnknown() throws IOException {
    publish("tree", OLDER, URL);
    SortedMap<String, String> before = pages("tree");
    Files.delete(page("tree", OLDER));
    publish("tree", OLDER, URL);

    assertThat(pages("tree")).isEqualTo(before);
  }

  @Test
  void reindexMakesThoseAgainThatWereLostOrCutOff() throws IOException {
    publish("tree", OLDER, URL);
    publish("tree", OTHER, URL);
    SortedMap<String, String> before = pages("tree");
    FileTime then = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));
    Files.setLastModifiedTime(page("tree", OTHER), then);
    for (String damage : List.of("lost", "cut off")) {
      if (damage.equals("lost")) {
        Files.delete(page("tree", OLDER));
      } else {
        Files.writeString(page("tree", OLDER), "<!doctype html>");
      }
      reindex("tree");

      assertThat(pages("tree")).as(damage).isEqualTo(before);
      assertThat(Files.getLastModifiedTime(page("tree", OTHER))).as(damage).isEqualTo(then);
    }
  }

  private void reindex(String tree) throws IOException {
    try (LocalTree open = LocalTree.open(folder.resolve(tree), Duration.ZERO, holder -> {})) {
      new Publication(
              open, project.catalogue().identity(), TinyTree.site(URL), List.of(TinyTree.key()))
          .commitAll();
    }
  }
}
