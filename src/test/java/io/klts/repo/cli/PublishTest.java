package io.klts.repo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.build.Project;
import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.catalogue.Release;
import io.klts.repo.elf.TinyElf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishTest {

  @TempDir Path folder;
  private Path binaries;

  @BeforeEach
  void programs() throws IOException {
    binaries = folder.resolve("binaries/amd64");
    for (String name : List.of("kubeadm", "kubelet", "kubectl")) {
      program(binaries.resolve(name));
    }
  }

  private static void program(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    TinyElf.amd64().write(file);
  }

  private void addon(String name) throws IOException {
    Project project = Project.load(Path.of("repo-templates"));
    LtsVersion release = LtsVersion.parse("1.28.15-lts.1");
    for (Release one : project.catalogue().addons(release.minor(), name)) {
      for (String binary : project.recipes().get(name).binaries(one.version())) {
        program(binaries.resolve(name).resolve(binary));
      }
    }
  }

  private String publish(String release) {
    Run run =
        Run.of(
            List.of(
                "publish",
                release,
                "--unsigned-for-test",
                "--base-url=http://127.0.0.1",
                "--binaries=" + folder.resolve("binaries"),
                "--tree=" + folder.resolve("tree"),
                "--cache=" + folder.resolve("cache")));
    assertThat(run.exit()).as(run.err()).isZero();
    return run.out() + run.err();
  }

  @Test
  void anAddonThatNoClientWouldFindIsWarnedOf() throws IOException {
    String without =
        " does not have: publish it as well, or see that clients have it from elsewhere";
    assertThat(publish("v1.28.15-lts.1").lines().filter(line -> line.startsWith("warning")))
        .containsExactly(
            "warning    kubeadm needs cri-tools >= 1.28.0, which v1.28" + without,
            "warning    kubelet needs kubernetes-cni >= 1.2.0, which v1.28" + without);
    addon("cri-tools");
    assertThat(publish("v1.28.15-lts.1"))
        .contains("warning    kubelet needs kubernetes-cni")
        .doesNotContain("needs cri-tools");
    addon("kubernetes-cni");
    assertThat(publish("v1.28.15-lts.1")).doesNotContain("warning");
  }

  @Test
  void anAddonThatTheChannelHasIsNotAskedForAgain() throws IOException {
    addon("cri-tools");
    addon("kubernetes-cni");
    assertThat(publish("v1.28.15-lts.1")).doesNotContain("warning");
    for (String name : List.of("cri-tools", "kubernetes-cni")) {
      Files.move(binaries.resolve(name), folder.resolve(name));
    }
    assertThat(publish("v1.28.15-lts.2")).doesNotContain("warning");
    assertThat(publish("v1.29.15-lts.1"))
        .contains("warning    kubelet needs kubernetes-cni >= 1.2.0, which v1.29 does not have: ");
  }
}
