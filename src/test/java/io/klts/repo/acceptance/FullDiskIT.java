package io.klts.repo.acceptance;

import static io.klts.repo.acceptance.Sandbox.OLDER;
import static io.klts.repo.acceptance.Sandbox.RELEASE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Disks that are full, at every stage of a publication: small file systems in memory. The packages
 * of a release take 3 MiB here, and as much again while they are put in place.
 */
class FullDiskIT {

  private static final String FULL = "No space left on device";

  private Sandbox box;
  private Path disk;

  @BeforeEach
  void open() throws IOException {
    box = new Sandbox();
    box.inflate(1 << 18);
  }

  @AfterEach
  void close() throws IOException {
    if (disk != null) {
      Program.of("umount", disk.toString()).run().assertOk();
    }
    box.close();
  }

  private void mount(Path folder, int kibibytes) throws IOException {
    Files.createDirectories(folder);
    Program.of("mount", "-t", "tmpfs", "-o", "size=" + kibibytes + "k", "klts", folder.toString())
        .run()
        .assertOk();
    disk = folder;
  }

  private void resize(int kibibytes) throws IOException {
    Program.of("mount", "-o", "remount,size=" + kibibytes + "k", disk.toString()).run().assertOk();
  }

  /** From no room at all to room for all packages and nearly all of what is put in place. */
  @ParameterizedTest
  @ValueSource(ints = {0, 500, 2_000, 3_500, 5_000, 6_000})
  void aTreeWithoutRoomStaysAsItWas(int freeKibibytes) throws IOException {
    mount(box.tree, 100_000);
    box.publish(OLDER).run().assertOk();
    Map<String, String> before = Sandbox.snapshot(box.tree);
    FileStore store = Files.getFileStore(box.tree);
    long used = store.getTotalSpace() - store.getUnallocatedSpace();
    resize((int) (used / 1024) + freeKibibytes);

    Outcome outcome = box.publish(RELEASE).run().assertExit(1);

    assertThat(outcome.err())
        .startsWith("error: ")
        .contains(box.tree + "/.klts/", FULL, "nothing was published; " + box.tree + " is as")
        .doesNotContain("\tat ", "null");
    assertThat(Sandbox.snapshot(box.tree)).isEqualTo(before);
    box.assertNothingLeft();

    resize(100_000);
    box.publish(RELEASE).run().assertOk().assertSays("published  serial 1 → 2");
    box.assertNothingLeft();
  }

  @Test
  void aCacheWithoutRoomIsDoneWithout() throws IOException {
    mount(box.cache, 700);
    box.publish(RELEASE)
        .run()
        .assertOk()
        .assertSays("warning    cannot save ")
        .assertSays(FULL)
        .assertSays("published  serial 0 → 1");
    box.assertNothingLeft();
  }

  @Test
  void aFolderForPackagesWithoutRoom() throws IOException {
    mount(box.folder.resolve("out"), 1_500);
    Outcome outcome =
        box.program("build", RELEASE, "--binaries=" + box.binaries, "--out=" + disk)
            .run()
            .assertExit(1);
    assertThat(outcome.err()).contains("error: cannot make " + disk + "/kube", FULL);
    try (var left = Files.list(disk)) {
      assertThat(left).allMatch(p -> p.toString().matches(".*\\.(rpm|deb)"));
    }
  }

  @Test
  void aFolderForTemporaryFilesWithoutRoomForAnArchive() throws IOException {
    mount(box.temporary, 400);
    Program.of(
            "tar",
            "-czf",
            box.binaries.resolve("kubernetes-server-linux-s390x.tar.gz").toString(),
            "--transform=s,^,kubernetes/server/bin/,",
            "-C",
            box.binaries.resolve("amd64").toString(),
            "kubeadm",
            "kubelet",
            "kubectl")
        .run()
        .assertOk();
    box.assertRefused(
        box.publish(RELEASE),
        "kubernetes-server-linux-s390x.tar.gz cannot be unpacked into " + disk + "/klts-repo",
        FULL);
  }
}
