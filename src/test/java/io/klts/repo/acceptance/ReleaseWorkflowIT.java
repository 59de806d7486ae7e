package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The sample workflow does what it says: each of its commands is run, in a project of its own. */
class ReleaseWorkflowIT {

  private static final Path WORKFLOW = Path.of("docs/release-workflow.yml");

  @Test
  void fromTheTagOfAReleaseToPublishedMirrors() throws IOException {
    try (Sandbox box = new Sandbox();
        WebServer server = WebServer.serving(box.folder)) {
      Path project = Files.createDirectories(box.folder.resolve("project/keys")).getParent();
      for (String name : new String[] {"klts-repo", "repo-templates", "install.sh"}) {
        Files.createSymbolicLink(project.resolve(name), Path.of(name).toAbsolutePath());
      }
      Files.copy(Sandbox.KEYS.resolve("good-public.asc"), project.resolve("keys/klts.asc"));
      Path copy = Files.createDirectory(box.folder.resolve("copy"));
      Files.writeString(
          project.resolve("mirrors.conf"),
          """
          [origin]
          url = "%1$stree"
          [mirror.copy]
          url = "%1$scopy"
          upload = "file://%2$s"
          """
              .formatted(server.uri(), copy));
      Path builds = Files.createDirectory(box.folder.resolve("builds"));
      Files.createSymbolicLink(builds.resolve(Sandbox.RELEASE), box.binaries);

      StringBuilder said = new StringBuilder();
      for (JsonNode step : workflow().at("/jobs/publish/steps")) {
        if (step.has("run")) {
          said.append(run(step, project, box).assertOk().out());
        }
      }
      assertThat(said)
          .contains("published  serial 0 → 1 in " + box.tree)
          .contains("good       serial 1 of " + box.tree)
          .containsPattern("(?m)^copy .* ok");
      assertThat(copy.resolve("rpm/v1.28/repodata/repomd.xml")).isRegularFile();
      assertThat(copy.resolve("manifest.asc"))
          .hasSameBinaryContentAs(box.tree.resolve("manifest.asc"));
    }
  }

  private static JsonNode workflow() throws IOException {
    return new YAMLMapper().readTree(WORKFLOW.toFile());
  }

  /** As a runner does it: what comes from outside is replaced, and the rest is a shell's. */
  private static Outcome run(JsonNode step, Path project, Sandbox box) throws IOException {
    Program program =
        Program.of("bash", "-e", "-c", step.get("run").asText())
            .in(project)
            .with("HOME", box.folder)
            .with("XDG_CACHE_HOME", box.cache)
            .within(Product.LIMIT);
    Map<String, Object> here =
        Map.of(
            "RELEASE", Sandbox.RELEASE,
            "BUILDS", box.folder.resolve("builds"),
            "TREE", box.tree);
    assertThat(workflow().at("/jobs/publish/env").fieldNames())
        .toIterable()
        .containsExactlyInAnyOrderElementsOf(here.keySet());
    here.forEach(program::with);
    if (step.at("/env/KLTS_SIGNING_KEY").isTextual()) {
      program.with("KLTS_SIGNING_KEY", Product.KEY);
    }
    return program.run();
  }
}
