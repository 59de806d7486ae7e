package io.klts.repo.site;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.catalogue.Identity;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.site.MachineFiles.Kind;
import io.klts.repo.site.MachineFiles.MachineFile;
import io.klts.repo.tree.ListedMirror;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What packages bring to machines, word for word. */
class MachineFilesTest {

  private static final String URL = "https://packages.example.org/klts";
  private static final String NEAR = "https://near.example.net/klts";

  private static MachineFiles files(ListedMirror... mirrors) throws IOException {
    return new MachineFiles(Identity.load(Path.of("repo-templates")), URL, List.of(mirrors));
  }

  private static ListedMirror near() {
    return new ListedMirror("near", "copy", NEAR, null, 10, NEAR + "/rpm", NEAR + "/apt");
  }

  private static List<PublicKey> keys() throws IOException {
    return List.of(PublicKey.load(Path.of("src/test/resources/keys/good-public.asc")));
  }

  private static MachineFile file(List<MachineFile> files, String path) {
    return files.stream().filter(file -> file.path().equals(path)).findFirst().orElseThrow();
  }

  private static String text(List<MachineFile> files, String path) throws IOException {
    return new String(file(files, path).content().bytes(), UTF_8);
  }

  @Test
  void aptHasADefinitionThatStaysAsItIsAndAListOfMirrors() throws IOException {
    List<MachineFile> files = files(near()).apt("v1.28", keys());
    String definition = "/etc/apt/sources.list.d/klts-archive.sources";
    assertThat(text(files, definition))
        .isEqualTo(
            """
            Types: deb
            URIs: mirror+file:/usr/share/klts-archive-keyring/mirrors.list
            Suites: v1.28
            Components: main
            Signed-By: /usr/share/keyrings/klts-archive-keyring.gpg
            """)
        .isEqualTo(text(files().apt("v1.28", keys()), definition));
    assertThat(file(files, definition).kind()).isEqualTo(Kind.CONFIG);
    assertThat(text(files, "/usr/share/klts-archive-keyring/mirrors.list"))
        .isEqualTo(NEAR + "/apt\tpriority:10\n" + URL + "/apt\tpriority:100\n");
  }

  @Test
  void dnfHasADefinitionThatStaysAsItIsAndAListOfMirrors() throws IOException {
    List<MachineFile> files = files(near()).rpm("v1.28", keys());
    String definition = "/etc/yum.repos.d/klts.repo";
    assertThat(text(files, definition))
        .isEqualTo(
            """
            [klts-v1.28]
            name=KLTS v1.28
            mirrorlist=file:///usr/share/klts-release/mirrorlist
            enabled=1
            gpgcheck=1
            repo_gpgcheck=1
            gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-klts
            skip_if_unavailable=0
            module_hotfixes=1
            priority=50
            """)
        .isEqualTo(text(files().rpm("v1.28", keys()), definition));
    assertThat(file(files, definition).kind()).isEqualTo(Kind.CONFIG);
    assertThat(text(files, "/usr/share/klts-release/mirrorlist"))
        .isEqualTo(NEAR + "/rpm/v1.28/\n" + URL + "/rpm/v1.28/\n");
  }

  @Test
  void zypperHasItsMirrorsInTheDefinition() throws IOException {
    assertThat(text(files(near()).rpm("", keys()), "/etc/zypp/repos.d/klts.repo"))
        .isEqualTo(
            """
            [klts-all]
            name=KLTS all
            baseurl=%s/rpm/
            baseurl=%s/rpm/
            enabled=1
            gpgcheck=1
            repo_gpgcheck=1
            gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-klts
            pkg_gpgcheck=1
            autorefresh=1
            type=rpm-md
            priority=50
            """
                .formatted(NEAR, URL));
  }

  /** As libzypp sends its frames: each ends with a zero byte, and the next one follows at once. */
  @Test
  void thePluginAnswersEveryFrameAndGivesRpmTheKeysThatItLacks(@TempDir Path folder)
      throws IOException, InterruptedException {
    Path plugin = folder.resolve("plugin");
    List<MachineFile> files = files().rpm("", keys());
    String list = "/usr/share/klts-release/keys";
    Files.writeString(folder.resolve("keys"), text(files, list));
    Files.writeString(
        plugin,
        text(files, "/usr/lib/zypp/plugins/commit/klts-release").replace(list, folder + "/keys"));
    Path rpm = folder.resolve("rpm");
    Files.writeString(rpm, "#!/bin/sh\necho \"$*\" >>" + folder + "/calls\ntest \"$1\" != -q\n");
    assertThat(rpm.toFile().setExecutable(true)).isTrue();
    Path frames = folder.resolve("frames");
    Files.writeString(
        frames,
        "PLUGINBEGIN\nuserdata:x\n\n\0COMMITBEGIN\n\n{\"a\":1}\0COMMITEND\n\n{}\0PLUGINEND\n\n\0"
            + "_DISCONNECT\n\n\0");
    ProcessBuilder builder = new ProcessBuilder("sh", plugin.toString());
    builder.environment().put("PATH", folder + ":" + System.getenv("PATH"));
    builder.redirectInput(frames.toFile());
    Process process = builder.start();
    assertThat(new String(process.getInputStream().readAllBytes(), UTF_8))
        .isEqualTo("ACK\n\n\0".repeat(5));
    assertThat(process.waitFor()).isZero();
    String id = keys().get(0).keyId().substring(8).toLowerCase(java.util.Locale.ROOT);
    assertThat(Files.readAllLines(folder.resolve("calls")))
        .containsExactly("-q gpg-pubkey-" + id, "--import /etc/pki/rpm-gpg/RPM-GPG-KEY-klts");
  }
}
