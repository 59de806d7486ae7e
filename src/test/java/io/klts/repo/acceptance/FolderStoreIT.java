package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.klts.repo.acceptance.StoreServer.Kind;
import io.klts.repo.store.Store;
import io.klts.repo.tree.Stage;
import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A folder on a disk that is full, or may not be written to. */
class FolderStoreIT {

  private StoreServer server;

  @BeforeEach
  void mount() throws IOException {
    server = Kind.FOLDER.server();
    Files.createDirectories(server.copy());
    Program.of("mount", "-t", "tmpfs", "-o", "size=1m", "klts", server.copy().toString())
        .run()
        .assertOk();
  }

  @AfterEach
  void unmount() throws IOException {
    Program.of("umount", server.copy().toString()).run().assertOk();
    server.close();
  }

  @Test
  void aFullDiskKeepsWhatWasThere() throws IOException {
    TreeFile small = TreeFile.of("a/b", Stage.INDEX, new byte[1000]);
    TreeFile large = TreeFile.of("a/b", Stage.INDEX, new byte[1_500_000]);
    try (Store store = server.open()) {
      store.put(List.of(small), file -> {});
      assertThatThrownBy(() -> store.put(List.of(large), file -> {}))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot write " + server.copy())
          .hasMessageContaining("No space left on device");
    }
    assertThat(server.names()).containsExactly("a/b");
    assertThat(server.visible().get("a/b")).hasSize(1000);
  }

  @Test
  void aDiskThatMayNotBeWrittenToIsNamed() throws IOException {
    Program.of("mount", "-o", "remount,ro", server.copy().toString()).run().assertOk();
    try (Store store = server.open()) {
      assertThatThrownBy(
              () -> store.put(List.of(TreeFile.of("a", Stage.INDEX, new byte[1])), file -> {}))
          .hasMessageContaining("cannot write into " + server.copy() + ": ")
          .hasMessageContaining("Read-only file system");
    }
  }
}
