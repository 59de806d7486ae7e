package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.klts.repo.acceptance.StoreServer.Kind;
import io.klts.repo.blob.Blob;
import io.klts.repo.blob.Parallel;
import io.klts.repo.blob.Sha256;
import io.klts.repo.store.Limits;
import io.klts.repo.store.Store;
import io.klts.repo.store.Stores;
import io.klts.repo.store.Target;
import io.klts.repo.tree.Stage;
import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.commons.io.function.IOSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What each kind of store that ends in a folder must do, with its real server. */
class StoresIT {

  /** Every character that a path may have. */
  private static final String ODD = "apt/pool/v1.28/kubelet_1.28.15~rc.1^git-0_amd64.deb";

  private StoreServer server;

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  private static byte[] bytes(int size, int seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static TreeFile text(String path, String text) {
    return TreeFile.of(path, Stage.INDEX, text.getBytes(StandardCharsets.UTF_8));
  }

  private TreeFile onDisk(String path, byte[] content) throws IOException {
    Path file = server.work.resolve("source").resolve(path);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
    return new TreeFile(path, Stage.PAYLOAD, Blob.of(file), Sha256.of(content));
  }

  private List<String> put(TreeFile... files) throws IOException {
    List<String> done = Collections.synchronizedList(new ArrayList<>());
    try (Store store = server.open()) {
      store.put(List.of(files), file -> done.add(file.path()));
    }
    return done;
  }

  @ParameterizedTest
  @EnumSource
  void putsReplacesReadsAndDeletes(Kind kind) throws IOException {
    server = kind.server();
    byte[] big = bytes(3_000_000, 1);
    TreeFile memory = text("manifest", "one\n");
    TreeFile disk = onDisk(ODD, big);
    assertThat(put(memory, disk, text("a/empty", "")))
        .containsExactlyInAnyOrder("manifest", ODD, "a/empty");
    assertThat(server.names()).containsExactly("a/empty", ODD, "manifest");
    assertThat(Files.readAllBytes(server.copy().resolve(ODD))).isEqualTo(big);
    assertThat(Files.getPosixFilePermissions(server.copy().resolve(ODD)))
        .contains(PosixFilePermission.OTHERS_READ);

    try (Store store = server.open()) {
      assertThat(store.size(ODD)).isEqualTo(OptionalLong.of(big.length));
      assertThat(store.size("manifest")).isEqualTo(OptionalLong.of(4));
      assertThat(store.size("none/here")).isEmpty();
      assertThat(store.read("manifest", 4)).hasValue("one\n".getBytes(StandardCharsets.UTF_8));
      assertThat(store.read("manifest", 1 << 20)).map(String::new).hasValue("one\n");
      assertThat(store.read("none/here", 10)).isEmpty();
      assertThatThrownBy(() -> store.read("manifest", 3))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("more than the expected 3 bytes");
      assertThatThrownBy(() -> store.read(ODD, 1000)).hasMessageContaining("1000 bytes");

      // The same size and the same second, and twice the same.
      store.put(List.of(text("manifest", "two\n")), file -> {});
      store.put(List.of(text("manifest", "two\n"), disk), file -> {});
      assertThat(store.read("manifest", 4)).map(String::new).hasValue("two\n");

      store.put(List.of(text("b/c/d/e", "e"), text("b/f", "f")), file -> {});
      store.delete(List.of("b/c/d/e", "a/empty", "none/here"));
      store.delete(List.of("b/c/d/e"));
      assertThat(server.visible()).containsOnlyKeys("b/f", ODD, "manifest");
      assertThat(store.read("b/c/d/e", 10)).isEmpty();
      store.put(List.of(text("b/c/d/e", "again")), file -> {});
      assertThat(store.read("b/c/d/e", 10)).map(String::new).hasValue("again");
      store.delete(List.of("b/c/d/e"));
    }
    List<String> left = new ArrayList<>(List.of(ODD, "b/f", "manifest"));
    if (kind == Kind.WEBDAV) {
      left.addAll(List.of("a", "b/c/d"));
    }
    assertThat(server.names()).containsExactlyInAnyOrderElementsOf(left);
  }

  @ParameterizedTest
  @EnumSource
  void keepsTheOrder(Kind kind) throws IOException {
    server = kind.server();
    List<String> paths =
        List.of(
            "rpm/v1.29/repodata/repomd.xml.asc",
            "rpm/v1.29/repodata/repomd.xml",
            "rpm/v1.28/repodata/repomd.xml.asc",
            "rpm/v1.28/repodata/repomd.xml",
            "apt/dists/v1.28/InRelease",
            "manifest.asc",
            "manifest");
    for (String content : List.of("one", "two")) {
      List<String> done = new ArrayList<>();
      try (Store store = server.open()) {
        store.putInOrder(
            List.of(paths.stream().map(p -> text(p, content + p)).toList()),
            file -> done.add(file.path()));
      }
      assertThat(done).isEqualTo(paths);
    }
    List<FileTime> changed = new ArrayList<>();
    for (String path : paths) {
      assertThat(server.visible().get(path)).asString().isEqualTo("two" + path);
      changed.add((FileTime) Files.getAttribute(server.copy().resolve(path), "unix:ctime"));
    }
    if (kind == Kind.RSYNC || kind == Kind.RSYNC_SSH) {
      // A pair changes within one moment, the other way round.
      assertThat(gap(changed.get(0), changed.get(1))).isLessThan(50);
      Collections.swap(changed, 0, 1);
      Collections.swap(changed, 2, 3);
      Collections.swap(changed, 5, 6);
    }
    assertThat(changed).isSorted();
  }

  private static long gap(FileTime one, FileTime other) {
    return Math.abs(one.toMillis() - other.toMillis());
  }

  @ParameterizedTest
  @EnumSource
  void threeHundredFiles(Kind kind) throws IOException {
    server = kind.server();
    List<TreeFile> files = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      files.add(onDisk("rpm/v1." + i % 7 + "/f" + i, bytes(1000 + i, i)));
    }
    assertThat(put(files.toArray(TreeFile[]::new))).hasSize(300).doesNotHaveDuplicates();
    assertThat(server.visible()).hasSize(300);
    for (TreeFile file : files) {
      assertThat(Sha256.of(server.copy().resolve(file.path()))).isEqualTo(file.sha256());
    }
    try (Store store = server.open()) {
      store.delete(files.stream().map(TreeFile::path).toList());
    }
    assertThat(server.visible()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = "FOLDER", mode = EnumSource.Mode.EXCLUDE)
  void wrongCredentialsAreRefusedAtOnce(Kind kind) throws IOException {
    server = kind.server();
    long begin = System.nanoTime();
    try (Store store =
        Stores.open(server.target(), new Limits(4, 6, 0), server.wrongEnvironment())) {
      assertThatThrownBy(() -> store.put(List.of(text("manifest", "one")), file -> {}))
          .isInstanceOf(IOException.class)
          .message()
          .containsAnyOf("let us in", "let root in", "user and password", "Permission denied")
          .contains("127.0.0.1")
          .doesNotContain(StoreServer.SECRET, "wrong\"");
    }
    // Six attempts would wait for seven seconds at least.
    assertThat(System.nanoTime() - begin).isLessThan(6_000_000_000L);
    assertThat(server.names()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aFileThatChangedIsNeverVisible(Kind kind) throws IOException {
    server = kind.server();
    put(text("a/b", "first"));
    Path file = server.work.resolve("changing");
    Files.writeString(file, "second");
    TreeFile listed =
        new TreeFile(
            "a/b",
            Stage.INDEX,
            Blob.of(file),
            Sha256.of("second".getBytes(StandardCharsets.UTF_8)));
    Files.writeString(file, "SECOND");
    assertThatThrownBy(() -> put(listed)).hasMessageContaining("a/b changed after it was listed");
    Files.writeString(file, "second and more");
    assertThatThrownBy(() -> put(listed)).isInstanceOf(IOException.class);
    assertThat(server.visible().get("a/b")).asString().isEqualTo("first");
  }

  @ParameterizedTest
  @EnumSource(names = "FOLDER", mode = EnumSource.Mode.EXCLUDE)
  void aServerThatStopsInTheMiddleHasNothingHalf(Kind kind) throws IOException {
    server = kind.server();
    byte[] old = bytes(100_000, 1);
    byte[] young = bytes(2_000_000, 2);
    put(TreeFile.of("a/b", Stage.INDEX, old));
    TreeFile replacement = onDisk("a/b", young);
    IOSupplier<String> failure =
        Parallel.begin(
            () -> {
              try (Store store = server.open(1 << 19)) {
                store.put(List.of(replacement), file -> {});
                return "";
              } catch (IOException e) {
                return e.getMessage();
              }
            });
    awaitUpload();
    server.stop();
    assertThat(failure.get()).contains("127.0.0.1");
    assertThat(server.visible()).containsOnlyKeys("a/b");
    assertThat(server.visible().get("a/b")).isEqualTo(old);

    server.start();
    put(replacement);
    assertThat(server.visible().get("a/b")).isEqualTo(young);
    assertThat(server.names()).containsExactly("a/b");
  }

  /** Waits until some bytes of an upload are on the server, under no name of a tree. */
  private void awaitUpload() throws IOException {
    // nginx has a body in a folder of its own until it is complete.
    for (int i = 0; i < 1500; i++) {
      if (server.bytesOfUploads() > 0) {
        return;
      }
      Lab.pause();
    }
    throw new AssertionError("nothing arrives at " + server.upload());
  }

  @ParameterizedTest
  @EnumSource
  void aKilledWriterLeavesNothingVisibleAndTheNextCleansUp(Kind kind) throws Exception {
    server = kind.server();
    Path source = Files.createDirectory(server.work.resolve("source"));
    byte[] content = bytes(3_000_000, 3);
    Files.write(source.resolve("big"), content);
    Program writer =
        Program.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            StoreWriter.class.getName(),
            server.upload().toString(),
            source.toString());
    server.environment().forEach(writer::with);
    Path log = server.work.resolve("writer.log");
    Process process = writer.start(log, log);
    try {
      awaitUpload();
    } finally {
      process.destroyForcibly();
    }
    process.waitFor();
    assertThat(Files.readString(log)).contains("begin").doesNotContain("a/big");
    assertThat(server.visible()).isEmpty();

    // Of another file: what was left does not depend on being sent again.
    put(text("other", "x"), onDisk("a/big", content));
    assertThat(server.names()).containsExactly("a/big", "other");
    assertThat(server.visible().get("a/big")).isEqualTo(content);
  }

  @ParameterizedTest
  @EnumSource(names = "RSYNC_SSH", mode = EnumSource.Mode.EXCLUDE)
  void aReaderSeesTheOldFileOrTheNewOne(Kind kind) throws IOException {
    server = kind.server();
    byte[] one = bytes(400_000, 1);
    byte[] two = bytes(500_000, 2);
    put(TreeFile.of("a/b", Stage.INDEX, one));
    AtomicBoolean end = new AtomicBoolean();
    IOSupplier<int[]> reader = Parallel.begin(() -> seen(end, one, two));
    try (Store store = server.open()) {
      for (int i = 0; i < 10; i++) {
        store.put(List.of(TreeFile.of("a/b", Stage.INDEX, i % 2 == 0 ? two : one)), file -> {});
      }
    } finally {
      end.set(true);
    }
    int[] seen = reader.get();
    assertThat(seen[0]).as("neither of the two").isZero();
    assertThat(seen[1]).as("nothing").isZero();
    assertThat(seen[2]).as("one of the two").isPositive();
  }

  /** How often a reader finds something else than one of two contents, nothing, and one of them. */
  private int[] seen(AtomicBoolean end, byte[] one, byte[] two) throws IOException {
    int other = 0;
    int nothing = 0;
    int good = 0;
    while (!end.get()) {
      try {
        byte[] found = Files.readAllBytes(server.copy().resolve("a/b"));
        if (Arrays.equals(found, one) || Arrays.equals(found, two)) {
          good++;
        } else {
          other++;
        }
      } catch (NoSuchFileException e) {
        nothing++;
      }
    }
    return new int[] {other, nothing, good};
  }

  @ParameterizedTest
  @EnumSource(names = {"SFTP", "RSYNC_SSH"})
  void aServerWithAnotherKeyIsNotSpokenTo(Kind kind) throws IOException {
    server = kind.server();
    SshServer ssh = (SshServer) server;
    String fingerprint =
        Program.of("ssh-keygen", "-lf", ssh.work.resolve("host.pub").toString())
            .run()
            .assertOk()
            .out()
            .split(" ", -1)[1];
    ssh.knownHosts(Files.readString(ssh.work.resolve("stranger.pub")));
    assertThatThrownBy(() -> put(text("a", "b")))
        .hasMessageContaining(
            kind == Kind.SFTP ? fingerprint : "ask whoever runs it for the fingerprint")
        .hasMessageContaining(
            kind == Kind.SFTP ? "only if it is this one, replace" : "see that the file of known");
    Files.writeString(ssh.work.resolve("known_hosts"), "");
    assertThatThrownBy(() -> put(text("a", "b")))
        .hasMessageContaining(
            kind == Kind.SFTP
                ? fingerprint + ", and " + ssh.work.resolve("known_hosts") + " has none"
                : "Host key verification failed");
    assertThat(server.names()).isEmpty();

    // ssh writes names of hosts in this way, too.
    ssh.knownHosts(Files.readString(ssh.work.resolve("host.pub")));
    Program.of("ssh-keygen", "-H", "-f", ssh.work.resolve("known_hosts").toString())
        .run()
        .assertOk();
    assertThat(Files.readString(ssh.work.resolve("known_hosts"))).startsWith("|1|");
    put(text("a", "b"));
    assertThat(server.names()).containsExactly("a");
  }

  @ParameterizedTest
  @EnumSource(names = "RSYNC")
  void aFileOfAnotherDiskArrivesAsAFile(Kind kind) throws IOException {
    server = kind.server();
    Path disk = Files.createTempDirectory(Path.of("/dev/shm"), "klts-repo-test");
    try {
      Path file = Files.writeString(disk.resolve("one"), "one");
      assertThat(Files.getFileStore(file)).isNotEqualTo(Files.getFileStore(server.work));
      put(new TreeFile("a/b", Stage.PAYLOAD, Blob.of(file), Sha256.of(file)));
      assertThat(server.copy().resolve("a/b")).isRegularFile().hasContent("one");
      assertThat(Files.isSymbolicLink(server.copy().resolve("a/b"))).isFalse();
    } finally {
      Lab.remove(disk);
    }
  }

  @ParameterizedTest
  @EnumSource(names = "RSYNC")
  void whatADaemonRefusesIsSaid(Kind kind) throws IOException {
    server = kind.server();
    RsyncDaemon daemon = (RsyncDaemon) server;
    assertThatThrownBy(() -> putTo(daemon, "readable/klts"))
        .hasMessageContaining("module is read only");
    assertThatThrownBy(() -> putTo(daemon, "nothing/klts")).hasMessageContaining("Unknown module");
    assertThatThrownBy(() -> putTo(daemon, "writable/no/such/klts"))
        .hasMessageContaining("check that the folder above is there");
    assertThat(server.names()).isEmpty();
  }

  private static void putTo(RsyncDaemon daemon, String path) throws IOException {
    Target target =
        new Target(
            daemon.module(path),
            Optional.empty(),
            "",
            Target.Style.VIRTUAL,
            Optional.of(StoreServer.NAME));
    try (Store store = Stores.open(target, new Limits(1, 5, 0), daemon.environment())) {
      store.put(List.of(text("a", "b")), file -> {});
    }
  }
}
