package io.klts.repo.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said of an address and its credentials, before any server is asked. */
class StoresTest {

  private static final String SECRET = "s3cret";

  @TempDir private Path folder;

  private static Target target(String upload) {
    return target(upload, Optional.of("KLTS_M"));
  }

  private static Target target(String upload, Optional<String> credentials) {
    return new Target(URI.create(upload), Optional.empty(), "", Target.Style.VIRTUAL, credentials);
  }

  private static Map<String, String> environment(String... more) {
    Map<String, String> all = new HashMap<>();
    all.put("PATH", System.getenv("PATH"));
    all.put("KLTS_M_USER", "up");
    all.put("KLTS_M_SECRET", SECRET);
    for (int i = 0; i < more.length; i += 2) {
      all.put(more[i], more[i + 1]);
    }
    return all;
  }

  private static Store open(Target target, Map<String, String> environment) throws IOException {
    return Stores.open(target, new Limits(1, 1, 0), environment);
  }

  @Test
  void aDaemonGetsItsPasswordByAVariableOnly() throws IOException {
    RsyncAddress address = RsyncAddress.of(target("rsync://h:8730/klts/sub"), environment());
    assertThat(address.root()).isEqualTo("rsync://up@h:8730/klts/sub/");
    assertThat(address.of("a/b")).isEqualTo("rsync://up@h:8730/klts/sub/a/b");
    assertThat(address.password()).isEqualTo(SECRET);
    assertThat(address.toString() + address.options()).doesNotContain(SECRET);

    assertThat(RsyncAddress.of(target("rsync://other@h/klts"), environment()).root())
        .isEqualTo("rsync://other@h/klts/");
    assertThat(RsyncAddress.of(target("rsync://h/klts", Optional.empty()), environment()).root())
        .isEqualTo("rsync://h/klts/");
  }

  @Test
  void sshIsToldWhichKeysCount() throws IOException {
    Path key = Files.createFile(folder.resolve("it's a key"));
    Path hosts = Files.createFile(folder.resolve("known hosts"));
    Map<String, String> environment =
        environment("KLTS_M_IDENTITY", key.toString(), "KLTS_M_KNOWN_HOSTS", hosts.toString());
    RsyncAddress address = RsyncAddress.of(target("rsync+ssh://u@h:2222/srv/klts"), environment);
    assertThat(address.root()).isEqualTo("u@h:/srv/klts/");
    assertThat(address.options())
        .singleElement()
        .asString()
        .startsWith("--rsh=ssh -o BatchMode=yes -o StrictHostKeyChecking=yes ")
        .contains(" -p 2222 ")
        .contains(" -o IdentitiesOnly=yes -i '" + folder + "/it''s a key'")
        .endsWith(" -o 'UserKnownHostsFile=\"" + hosts + "\"'");
  }

  @ParameterizedTest
  @CsvSource({
    "rsync://h/klts/a b, is no address for rsync",
    "rsync://h/klts/-x, is no address for rsync",
    "rsync://h/klts/../x, is no address for rsync",
    "rsync+ssh://h/srv/$(id), is no address for rsync",
    "rsync://-oProxyCommand=x@h/srv, is no name of a user",
    "rsync+ssh://h/srv, takes no password; set KLTS_M_IDENTITY",
    "webdav+http://mirror.example.com/klts, the password would be sent in clear",
    "webdav+http://127.0.0.1.example.com/klts, the password would be sent in clear",
  })
  void whatIsUnsafeIsRefused(String upload, String words) {
    String address = upload.replace(" ", "%20").replace("$(id)", "$%28id%29");
    assertThatThrownBy(() -> open(target(address), environment()))
        .isInstanceOf(RefusedException.class)
        .message()
        .contains(words)
        .doesNotContain(SECRET);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"webdav+http://127.0.0.1/k", "webdav+http://localhost/k", "webdav+http://[::1]/k"})
  void loopbackNeedsNoEncryption(String upload) throws IOException {
    open(target(upload), environment()).close();
  }

  @ParameterizedTest
  @CsvSource({
    "rsync://h/klts, KLTS_M_SECRET, lacks KLTS_M_SECRET or KLTS_M_SECRET_FILE",
    "rsync://h/klts, KLTS_M_USER, lacks KLTS_M_USER",
    "sftp://h/klts, KLTS_M_USER, lacks KLTS_M_USER",
    "sftp://h/klts, KLTS_M_SECRET, set NAME_SECRET or NAME_IDENTITY",
    "webdav+https://h/klts, KLTS_M_SECRET, lacks KLTS_M_SECRET",
  })
  void whatTheEnvironmentLacksIsNamed(String upload, String missing, String words) {
    Map<String, String> environment = environment();
    environment.remove(missing);
    assertThatThrownBy(() -> open(target(upload), environment)).hasMessageContaining(words);
  }

  @Test
  void aUserWithoutCredentialsIsAMistake() {
    assertThatThrownBy(() -> open(target("rsync://me@h/klts", Optional.empty()), environment()))
        .hasMessageContaining("names no credentials");
    assertThatThrownBy(() -> open(target("sftp://h/klts", Optional.empty()), environment()))
        .hasMessageContaining("names no user");
  }

  @Test
  void aFileThatCannotBeReadIsNamed() {
    assertThatThrownBy(
            () -> open(target("sftp://h/k"), environment("KLTS_M_IDENTITY", folder + "/none")))
        .hasMessageContaining("KLTS_M_IDENTITY is " + folder + "/none, which cannot be read");
  }

  @Test
  void aMissingProgramIsNamed() throws IOException {
    assertThatThrownBy(() -> open(target("rsync://h/klts"), environment("PATH", folder.toString())))
        .hasMessageContaining("the program rsync is missing")
        .hasMessageContaining("install");
    Path rsync = Files.createFile(folder.resolve("rsync"));
    assertThat(rsync.toFile().setExecutable(true)).isTrue();
    Map<String, String> environment = environment("PATH", folder.toString());
    environment.remove("KLTS_M_SECRET");
    assertThatThrownBy(() -> open(target("rsync+ssh://h/srv"), environment))
        .hasMessageContaining("the program ssh is missing");
  }

  @Test
  void aFolderOfATreeIsNoPlaceForACopy() throws IOException {
    Path tree = Files.createDirectories(folder.resolve("tree"));
    Files.createDirectory(tree.resolve(".klts"));
    Files.createDirectory(tree.resolve("rpm"));
    Files.createSymbolicLink(folder.resolve("link"), tree.resolve("rpm"));
    for (String place : new String[] {"tree", "tree/new/copy", "link", "link/new"}) {
      String upload = folder.resolve(place).toUri().toString();
      assertThatThrownBy(() -> open(target(upload), environment()))
          .hasMessageContaining("is in the published tree " + tree.toRealPath());
    }
    open(target(folder.resolve("copy").toUri().toString()), environment()).close();
  }

  @Test
  void aFileIsNoPlaceForACopy() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    for (Path place : new Path[] {file, file.resolve("below")}) {
      assertThatThrownBy(() -> open(target("file://" + place), environment()))
          .hasMessage(file + " is a file; expected a folder for the copy");
    }
  }
}
