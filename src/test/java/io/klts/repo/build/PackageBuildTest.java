package io.klts.repo.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.compress.BlockCache;
import io.klts.repo.compress.Compressor;
import io.klts.repo.elf.TinyElf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.io.function.IORunnable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Binaries that change between the moments at which they are read. */
class PackageBuildTest {

  @TempDir Path folder;
  private Path kubelet;
  private Path target;

  @BeforeEach
  void write() throws IOException {
    Path amd64 = Files.createDirectories(folder.resolve("binaries/amd64"));
    for (String program : List.of("kubeadm", "kubelet", "kubectl")) {
      TinyElf.amd64().write(amd64.resolve(program));
    }
    kubelet = amd64.resolve("kubelet");
    target = folder.resolve("target");
  }

  /**
   * @param planned is done when the binaries have been looked at
   * @param compressed is done when they have been compressed
   */
  private List<BuiltPackage> build(IORunnable planned, IORunnable compressed) throws IOException {
    Project project = Project.load(Path.of("repo-templates"));
    BuildPlan plan =
        BuildPlan.of(
            project,
            LtsVersion.parse("v1.28.15-lts.2"),
            folder.resolve("binaries"),
            Set.of(),
            folder.resolve("scratch"));
    planned.run();
    try (Compressor compressor =
        new Compressor(BlockCache.at(folder.resolve("cache"), 0), 2, (bytes, fromCache) -> {})) {
      return new PackageBuild(project, compressor, Optional.empty(), 2, compressed.asRunnable())
          .run(plan, target);
    }
  }

  @Test
  void binariesThatStayAsTheyAreArePackaged() throws IOException {
    assertThat(build(() -> {}, () -> {})).hasSize(6);
    assertThat(Security.getProviders())
        .as("jdeb's own part of Bouncy Castle is not left to whoever asks for the whole")
        .noneMatch(provider -> provider.getClass().getName().startsWith("org.vafer."));
  }

  @Test
  void anotherProgramInPlaceOfOneThatWasLookedAtIsNoticed() {
    assertThatThrownBy(() -> build(() -> TinyElf.arm64().write(kubelet), () -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(kubelet + " changed while it was packaged; run again when");
    assertThat(target).doesNotExist();
  }

  @Test
  void aProgramThatChangesAfterItWasCompressedIsNoticed() throws IOException {
    assertThatThrownBy(
            () -> build(() -> {}, () -> TinyElf.amd64().interpreter("/lib/ld").write(kubelet)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot make " + target)
        .hasMessageContaining("changed while it was packaged");
    try (var files = Files.list(target)) {
      assertThat(files).noneMatch(p -> p.getFileName().toString().startsWith("kubelet"));
    }
  }
}
