package io.klts.repo.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.klts.repo.store.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MirrorsFileTest {

  private static final Path OURS = Path.of("mirrors.conf");
  private static final String ORIGIN = "[origin]\nurl = \"https://a.example/klts\"\n";

  @TempDir Path folder;

  private Mirrors load(String text) throws IOException {
    return Mirrors.load(Files.writeString(folder.resolve("mirrors.conf"), text));
  }

  /** A new user has no mirrors: nobody asks the examples. */
  @Test
  void ourOwnFileIsReadAndHasTheOriginOnly() throws IOException {
    Mirrors mirrors = Mirrors.load(OURS);
    assertThat(mirrors.origin().url()).startsWith("https://");
    assertThat(mirrors.all()).isEmpty();
    assertThat(mirrors.registries()).isEmpty();
  }

  @Test
  void everyExampleInItIsRightOnceTheSignIsTakenAway() throws IOException {
    String text = Files.readString(OURS).replaceAll("(?m)^# (?=\\[|[a-z]+ = )", "");
    Mirrors mirrors = load(text);
    assertThat(mirrors.all())
        .extracting(Mirror::name)
        .containsExactly("oss", "university", "watched", "anew", "cdn", "accelerator", "old");
    assertThat(mirrors.all()).extracting(Mirror::kind).contains(Mirror.Kind.values());
    assertThat(mirrors.named(List.of())).extracting(Mirror::name).doesNotContain("old");
    assertThat(mirrors.registries()).hasSize(1);
    assertThat(mirrors.all())
        .extracting(Mirror::url)
        .allMatch(url -> url.matches("https://([a-z]+\\.)?example\\.(cn|com|edu|org)/?.*"));
  }

  @Test
  void everyKeyIsRead() throws IOException {
    Mirrors mirrors =
        load(
            ORIGIN
                + """
                area = "de"
                [mirror.full]
                url = "https://b.example.cn/klts"
                upload = "s3://bucket/prefix"
                endpoint = "https://s3.example.cn"
                region = "cn-north"
                style = "path"
                credentials = "env:KLTS_B"
                area = "cn"
                priority = 7
                interval = "90m"
                paths = { rpm = "core/rpm", apt = "core/deb" }
                status = "active"
                note = "ours"
                [mirror.cdn]
                kind = "cache"
                url = "https://c.example.cn/klts"
                purge = "https://c.example.cn/purge?path={path}"
                [mirror.proxy]
                kind = "prefix"
                url = "https://p.example.cn/{origin}"
                status = "retired"
                [registry.images]
                match = "ghcr.io"
                url = "ghcr.example.cn/mirror"
                area = "cn"
                priority = 3
                status = "retired"
                """);
    assertThat(mirrors.origin().area()).contains("de");
    Mirror full = mirrors.all().get(0);
    assertThat(full.url()).isEqualTo("https://b.example.cn/klts");
    assertThat(full.kind()).isEqualTo(Mirror.Kind.COPY);
    assertThat(full.target().orElseThrow().upload()).hasToString("s3://bucket/prefix");
    assertThat(full.target().orElseThrow().endpoint().orElseThrow())
        .hasToString("https://s3.example.cn");
    assertThat(full.target().orElseThrow().region()).isEqualTo("cn-north");
    assertThat(full.target().orElseThrow().style()).isEqualTo(Target.Style.PATH);
    assertThat(full.target().orElseThrow().credentials()).contains("KLTS_B");
    assertThat(full.area()).contains("cn");
    assertThat(full.priority()).isEqualTo(7);
    assertThat(full.interval()).isEqualTo(Duration.ofMinutes(90));
    assertThat(full.paths()).isEqualTo(Map.of("rpm", "core/rpm", "apt", "core/deb"));
    assertThat(full.retired()).isFalse();
    assertThat(full.note()).isEqualTo("ours");
    Mirror cdn = mirrors.all().get(1);
    assertThat(cdn.kind()).isEqualTo(Mirror.Kind.CACHE);
    assertThat(cdn.purge()).contains("https://c.example.cn/purge?path={path}");
    assertThat(cdn.priority()).isEqualTo(50);
    assertThat(cdn.interval()).isZero();
    assertThat(cdn.target()).isEmpty();
    Mirror proxy = mirrors.all().get(2);
    assertThat(proxy.url()).isEqualTo("https://p.example.cn/https://a.example/klts");
    assertThat(proxy.retired()).isTrue();
    Registry images = mirrors.registries().get(0);
    assertThat(images.match()).isEqualTo("ghcr.io");
    assertThat(images.url()).isEqualTo("ghcr.example.cn/mirror");
    assertThat(images.priority()).isEqualTo(3);
    assertThat(images.retired()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[origin]~url = \"https://a.example\"~ulr = \"x\" | :3: origin.ulr: unknown key \"ulr\"; al",
        "[origin]~url = \"https://a.example\"~url = \"x\" | mirrors.conf:3: Duplicate key",
        "[origin]~url = \"https://a.example/\" | expected a form such as https://packages",
        "[origin]~url = \"ftp://a.example\" | expected a form such as https://packages",
        "[origin]~url = \"http://[\" | expected a form such as https://packages",
        "[origin]~url = 7 | mirrors.conf:1: origin: \"url\" is 7; expected a form",
        "[orign]~url = \"https://a.example\" | unknown key \"orign\"; allowed here: mirror, origin, registry",
        "[origin | mirrors.conf:1",
        "x | mirrors.conf:1",
        "[mirror.b]~url = \"https://b.example\" | the table [origin] is missing",
      })
  void aFaultIsNamedWithFileAndLine(String text, String message) {
    assertThatThrownBy(() -> load(text.replace("~", "\n") + "\n"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("mirrors.conf:")
        .hasMessageContaining(message);
  }

  /** Behind an origin, and a table whose url is good where the case has none. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "ulr = 'x' | :5: mirror.b.ulr: unknown key \"ulr\"; allowed here: area, cred",
        "kind = 'mirror' | :3: mirror.b: \"kind\" is mirror; expected one of copy, prefix, cache",
        "kind = 'prefix' | :3: mirror.b: \"url\" is https://b.example; for a prefix, expected",
        "upload = 'gopher://b' | :3: mirror.b: \"upload\" is gopher://b; expected an address that begins",
        "upload = 'sftp://u:secret@b/x' | :3: mirror.b: \"upload\" holds a password; put it into the env",
        "upload = 's3://bucket' | :3: mirror.b: \"endpoint\" is missing",
        "upload = 'rsync://b/x'~endpoint = 'https://c' | :3: mirror.b: \"endpoint\" is for uploads to s3",
        "endpoint = 'https://c' | :3: mirror.b: \"upload\" is missing",
        "region = 'cn' | :3: mirror.b: \"upload\" is missing",
        "credentials = 'env:KLTS' | :3: mirror.b: \"upload\" is missing",
        "upload = 'rsync://b/x'~credentials = 'hunter2' | does not begin with env:",
        "upload = 'rsync://b/x'~credentials = 'env:lower' | \"credentials\" is lower; expected a name",
        "upload = 'rsync://b/x'~style = 'round' | \"style\" is round; expected one of virtual, path",
        "upload = 'rsync://b/x'~kind = 'cache' | \"upload\" is for a copy only",
        "area = 'china' | :3: mirror.b: \"area\" is china; expected a country of two letters",
        "priority = 0 | :3: mirror.b: \"priority\" is 0; expected 1 (first) to 99 (last)",
        "priority = 100 | :3: mirror.b: \"priority\" is 100; expected 1",
        "priority = '7' | mirrors.conf:",
        "interval = '24' | :3: mirror.b: \"interval\" is 24; expected a time such as 30m",
        "interval = '0h' | :3: mirror.b: \"interval\" is 0h; expected a time",
        "purge = 'https://b/{path}' | :3: mirror.b: \"purge\" is for kind = \"cache\" only",
        "kind = 'cache'~purge = 'https://b/all' | \"purge\" is https://b/all; expected an address with {p",
        "paths = { deb = 'x' } | :3: mirror.b: \"paths\" has deb; expected the folders rpm and apt",
        "paths = { rpm = '../x' } | :3: mirror.b: \"paths\" has rpm = ../x; expected a path below",
        "paths = { rpm = '/x' } | :3: mirror.b: \"paths\" has rpm = /x; expected a path below",
        "status = 'dead' | :3: mirror.b: \"status\" is dead; expected one of active, retired",
        "~[mirror.B]~url = 'https://b.example' | [mirror.B]: a name has lower-case letters",
        "~[mirror.origin]~url = 'https://b.example' | cannot be called origin",
        "~[mirror.c] | mirror.c: \"url\" is null; expected a form",
        "~[mirror.b]~url = 'https://b.example' | mirrors.conf:6",
        "~[registry.c]~url = 'c.example' | :6: registry.c: \"match\" is null; expected a registry",
        "~[registry.c]~match = 'ghcr.io'~url = 'https://c' | \"url\" is https://c; expected a registry",
        "~[registry.c]~match = 'ghcr.io'~url = 'c'~area = 'x' | \"area\" is x; expected a country",
        "~[registry.c]~match = 'ghcr.io'~url = 'c'~status = 'x' | \"status\" is x; expected one",
        "~[registry.c]~match = 'ghcr.io'~url = 'c'~key = 'x' | unknown key \"key\"",
      })
  void everyBadValueOfAMirrorIsNamed(String text, String message) {
    String table = "[mirror.b]\nurl = \"https://b.example\"\n" + text.replace("~", "\n");
    assertThatThrownBy(() -> load(ORIGIN + table.replace('\'', '"') + "\n"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("mirrors.conf:")
        .hasMessageContaining(message)
        .hasMessageNotContaining("secret@");
  }

  @Test
  void anUnknownNameIsToldWhatThereIs() throws IOException {
    Mirrors mirrors = load(ORIGIN + "[mirror.b]\nurl = \"https://b.example\"\n");
    assertThatThrownBy(() -> mirrors.named(List.of("c")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("mirrors.conf has no mirror c; it has origin, b");
  }
}
