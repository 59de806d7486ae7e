package io.klts.repo.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.klts.repo.tree.Stage;
import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.file.virtualfs.VirtualFileSystemFactory;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.sftp.SftpModuleProperties;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server with passwords that knows no extension of OpenSSH. */
class SftpStoreTest {

  private static final String SECRET = "s3cret";

  @TempDir private Path folder;
  private SshServer server;
  private Path served;

  @BeforeEach
  void start() throws Exception {
    KeyPair key = KeyUtils.generateKeyPair(KeyPairProvider.ECDSA_SHA2_NISTP256, 256);
    served = Files.createDirectory(folder.resolve("served"));
    server = SshServer.setUpDefaultServer();
    server.setHost("127.0.0.1");
    server.setKeyPairProvider(KeyPairProvider.wrap(key));
    server.setPasswordAuthenticator(
        (user, password, session) -> user.equals("up") && password.equals(SECRET));
    server.setFileSystemFactory(new VirtualFileSystemFactory(served));
    server.setSubsystemFactories(List.of(new SftpSubsystemFactory()));
    SftpModuleProperties.OPENSSH_EXTENSIONS.set(server, "none@example.org=1");
    server.start();
    Files.writeString(
        folder.resolve("known_hosts"),
        "[127.0.0.1]:%d %s%n"
            .formatted(server.getPort(), PublicKeyEntry.toString(key.getPublic())));
  }

  @AfterEach
  void stop() throws IOException {
    server.stop(true);
  }

  private Store open(String secret) throws IOException {
    return Stores.open(
        new Target(
            URI.create("sftp://127.0.0.1:" + server.getPort() + "/deep/klts"),
            Optional.empty(),
            "",
            Target.Style.VIRTUAL,
            Optional.of("KLTS_M")),
        new Limits(3, 2, 0),
        Map.of(
            "KLTS_M_USER",
            "up",
            "KLTS_M_SECRET",
            secret,
            "KLTS_M_KNOWN_HOSTS",
            folder.resolve("known_hosts").toString()));
  }

  private static TreeFile file(String content) {
    return TreeFile.of("a/b", Stage.INDEX, content.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void replacesAFileAlsoWithoutARenameOverIt() throws IOException {
    try (Store store = open(SECRET)) {
      store.put(List.of(file("one")), done -> {});
      store.put(List.of(file("two")), done -> {});
      assertThat(store.read("a/b", 10)).map(String::new).hasValue("two");
    }
    assertThat(served.resolve("deep/klts/a/b")).hasContent("two");
    assertThat(served.resolve("deep/klts/.klts-upload")).doesNotExist();
  }

  @Test
  void aWrongPasswordIsRefused() throws IOException {
    try (Store store = open("wrong")) {
      assertThatThrownBy(() -> store.put(List.of(file("one")), done -> {}))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("does not let up in with this password")
          .hasMessageNotContaining("wrong");
    }
    assertThat(served).isEmptyDirectory();
  }
}
