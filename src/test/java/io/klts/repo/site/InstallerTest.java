package io.klts.repo.site;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.klts.repo.catalogue.Identity;
import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.site.Installer.ImageRegistry;
import io.klts.repo.tree.ListedMirror;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The settings of the script and of this program are the same ones, or nothing is published. */
class InstallerTest {

  private static final Path SCRIPT = Path.of("install.sh");
  private static final String BEGIN = "# klts-repo: settings begin\n";
  private static final String END = "# klts-repo: settings end\n";

  @TempDir private Path folder;

  private static Installer.Settings settings(String url) throws IOException {
    Identity identity =
        new Identity("a", "A", null, "V", "A <a@example.org>", "https://a.example", List.of("W"));
    return new Installer.Settings(
        identity,
        url,
        List.of(new ListedMirror("near", "copy", url, null, 5, url + "/rpm", url + "/apt")),
        Map.of("v1.28", LtsVersion.parse("v1.28.15-lts.2")),
        List.of(
            PublicKey.read(
                Files.readAllBytes(Path.of("src/test/resources/keys/good-public.asc")))));
  }

  private static String rendered(Installer installer, String url) throws IOException {
    return new String(installer.file(settings(url)).orElseThrow().content().bytes(), UTF_8);
  }

  private static String without(String text) {
    return text.substring(0, text.indexOf(BEGIN)) + text.substring(text.indexOf(END));
  }

  @Test
  void onlyTheSettingsAreReplaced() throws IOException {
    String url = "https://packages.example.org/a";
    Installer installer =
        Installer.read(
            SCRIPT, List.of(new ImageRegistry("images", "ghcr.io", "ghcr.example.cn", 10)));
    String text = rendered(installer, url);
    assertThat(without(text)).isEqualTo(without(Files.readString(SCRIPT)));
    assertThat(text)
        .contains(
            "  id='a'\n",
            "  vendors='V,W'\n",
            "  base_url='" + url + "'\n",
            "  mirrors='near copy 5 " + url + " " + url + "/rpm " + url + "/apt'\n",
            "  registries='images ghcr.io ghcr.example.cn 10'\n",
            "  channels='v1.28 1.28.15-lts.2'\n",
            "  fingerprints='53784380EE4D0ED93B4D31C92F4319005B578EC3'\n",
            "  key='-----BEGIN PGP PUBLIC KEY BLOCK-----\n",
            "-----END PGP PUBLIC KEY BLOCK-----'\n");
  }

  @Test
  void whatIsPublishedCanBeReadAsAScriptOfTheProject() throws IOException {
    Path file = folder.resolve("install.sh");
    Files.writeString(file, rendered(Installer.read(SCRIPT, List.of()), "https://a.example/a"));
    assertThat(rendered(Installer.read(file, List.of()), "https://b.example"))
        .isEqualTo(rendered(Installer.read(SCRIPT, List.of()), "https://b.example"));
  }

  @Test
  void noValueEndsItsQuotes() throws IOException {
    String text = rendered(Installer.read(SCRIPT, List.of()), "https://a.example/'$(reboot)'");
    assertThat(text).contains("base_url='https://a.example/'\\''$(reboot)'\\'''\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "  base_url=''      | ''                          | expected [id, name",
        "  base_url=''      |   address=QQ            | has the settings [id, name, vendors, address",
        "  id='klts'        | '  id=klts'                 | has the settings [name",
        "# klts-repo: settings begin | '# settings begin' | has no settings",
        "# klts-repo: settings end   | ''                 | has no settings",
      })
  void aScriptWithOtherSettingsIsRefused(String from, String to, String reason) throws IOException {
    Path file = folder.resolve("install.sh");
    String text = Files.readString(SCRIPT);
    assertThat(text).contains(from);
    Files.writeString(file, text.replace(from, to.replace('Q', '\'')));
    assertThatThrownBy(() -> rendered(Installer.read(file, List.of()), "https://a.example"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void aMissingScriptIsNamed() {
    Path missing = folder.resolve("install.sh");
    assertThatThrownBy(() -> Installer.read(missing, List.of()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(missing + " is missing");
  }
}
