package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.acceptance.Authority.Certificate;
import io.klts.repo.publish.TinyTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Servers with certificates, good and bad ones, of an authority that only this test trusts. */
class TlsIT {

  private static final String KEY = "src/test/resources/keys/good-public.asc";

  private static final String DAV =
      """
      dav_methods PUT DELETE MKCOL MOVE;
      dav_access user:rw group:r all:r;
      client_max_body_size 0;
      auth_basic klts;
      auth_basic_user_file %s;
      """;

  private static Path folder;
  private static TinyTree tree;
  private static Authority authority;

  /** By what is special with them. */
  private static final Map<String, WebServer> SERVERS = new LinkedHashMap<>();

  @BeforeAll
  static void start() throws IOException {
    folder = Lab.folder("tls");
    tree = new TinyTree(Files.createDirectory(folder.resolve("tree")));
    tree.publish("v1.28.15-lts.1");
    authority = new Authority(folder.resolve("authority"), "authority");
    Authority nobody = new Authority(folder.resolve("nobody"), "nobody");
    Authority forger = new Authority(folder.resolve("forger"), "authority");
    serve("good", authority.certificate("good", "-10d", 100));
    serve("soon", authority.certificate("soon", "-10d", 20));
    serve("last", authority.certificate("last", "-10d", 12));
    serve("ended", authority.certificate("ended", "-10d", 5));
    serve("early", authority.certificate("early", "+10d", 100));
    serve("foreign", nobody.certificate("foreign", "-10d", 100));
    serve("forged", forger.certificate("forged", "-10d", 100));
  }

  private static void serve(String name, Certificate certificate) throws IOException {
    SERVERS.put(name, WebServer.secure(tree.root(), "", certificate));
  }

  @AfterAll
  static void stop() throws IOException {
    for (WebServer server : SERVERS.values()) {
      server.close();
    }
    Lab.remove(folder);
  }

  /** Reasons why a server is not spoken to, by its name here. */
  static Stream<Map.Entry<String, String>> refusals() {
    return Stream.of(
        Map.entry("ended", "the server's certificate has ended, NotAfter: "),
        Map.entry("early", "the server's certificate does not hold yet"),
        Map.entry("foreign", "signed by nobody whom this machine trusts"),
        Map.entry("forged", "signed by nobody whom this machine trusts"),
        Map.entry("other", "the server's certificate is not for it: "));
  }

  /** A certificate is for 127.0.0.1; under another address it is that of another server. */
  private static String url(String name) {
    return name.equals("other") ? SERVERS.get("good").uri(2) + "" : SERVERS.get(name).uri() + "";
  }

  private static Program trusting(String... arguments) {
    return Product.unsigned(arguments).with("JAVA_TOOL_OPTIONS", authority.trust());
  }

  private static Path conf(String mirror) throws IOException {
    return Files.writeString(
        Files.createTempFile(folder, "mirrors", ".conf"),
        "[origin]\nurl = \"%s\"\n%s"
            .formatted(SERVERS.get("good").uri().toString().replaceFirst("/$", ""), mirror));
  }

  private static String mirrors() {
    StringBuilder text = new StringBuilder();
    for (String name : SERVERS.keySet()) {
      text.append("[mirror.%s]\nurl = \"%s\"\n".formatted(name, url(name).replaceFirst("/$", "")));
    }
    return text.append(
            "[mirror.other]\nurl = \"%s\"\n".formatted(url("other").replaceFirst("/$", "")))
        .toString();
  }

  @Test
  void statusSaysHowLongCertificatesHoldAndWhatIsWrongWithOthers() throws IOException {
    Outcome status =
        trusting(
                "mirror",
                "status",
                "--tree=" + tree.root(),
                "--mirrors=" + conf(mirrors()),
                "--format=json")
            .run();
    assertThat(status.exit()).as(status.output()).isEqualTo(3);
    Map.of("good", 89, "soon", 9, "last", 1)
        .forEach((name, days) -> assertSays(status, name, "certificateDays", days.toString()));
    for (String name : List.of("good", "soon")) {
      assertSays(status, name, "state", "\"ok\"");
    }
    for (String name : List.of("last", "ended", "early", "foreign", "forged", "other")) {
      assertSays(status, name, "state", "\"bad\"");
    }
  }

  private static void assertSays(Outcome status, String mirror, String key, String value) {
    assertThat(status.out())
        .containsPattern(
            "\"mirror\"\\s*:\\s*\"%s\"[^{}]*\"%s\"\\s*:\\s*%s[,}\\s]"
                .formatted(mirror, key, value));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void aBadCertificateIsNamed(Map.Entry<String, String> refusal) throws IOException {
    String name = refusal.getKey();
    Outcome status =
        trusting("mirror", "status", name, "--tree=" + tree.root(), "--mirrors=" + conf(mirrors()))
            .run();
    assertThat(status.exit()).as(status.output()).isEqualTo(3);
    assertThat(status.out()).contains("certificate").contains(refusal.getValue());

    Path copy = folder.resolve("copy-" + name);
    Outcome pull =
        trusting("mirror", "pull", "--from=" + url(name), "--key=" + KEY, copy.toString()).run();
    assertThat(pull.exit()).as(pull.output()).isEqualTo(1);
    assertThat(pull.output()).contains(refusal.getValue()).contains("nothing was changed");
    assertThat(copy).doesNotExist();

    for (String upload : new String[] {"webdav+" + url(name) + "klts", "s3://klts/tree"}) {
      Outcome push = push(url(name), upload);
      assertThat(push.exit()).as(push.output()).isEqualTo(3);
      assertThat(push.output()).contains("FAILED").contains(refusal.getValue());
    }
  }

  private static Outcome push(String url, String upload) throws IOException {
    String more =
        upload.startsWith("s3:")
            ? "endpoint = \"%s\"\nstyle = \"path\"\n".formatted(url.replaceFirst("/$", ""))
            : "";
    Path conf =
        conf(
            "[mirror.secure]\nurl = \"%sklts\"\nupload = \"%s\"\n%scredentials = \"env:KLTS_TEST\"\n"
                .formatted(url, upload, more));
    return trusting("mirror", "push", "secure", "--tree=" + tree.root(), "--mirrors=" + conf)
        .with("KLTS_TEST_USER", "up")
        .with("KLTS_TEST_SECRET", StoreServer.SECRET)
        .run();
  }

  @Test
  void aPushOverHttpsArrivesAndIsReadBack() throws IOException {
    Path served = Files.createDirectories(folder.resolve("served"));
    Path passwords =
        Files.writeString(folder.resolve("passwords"), "up:{PLAIN}" + StoreServer.SECRET + "\n");
    String settings = DAV.formatted(passwords) + "satisfy any;\nallow 127.0.0.1;\n";
    try (WebServer server =
        WebServer.secure(served, settings, authority.certificate("dav", "-10d", 100))) {
      Outcome push = push(server.uri() + "", "webdav+" + server.uri() + "klts");
      assertThat(push.exit()).as(push.output()).isZero();
      assertThat(push.out()).contains("serial 0 → 1: ");
    }
    assertThat(served.resolve("klts/manifest"))
        .hasSameBinaryContentAs(tree.root().resolve("manifest"));
  }

  @Test
  void aCopyOverHttpsIsPulled() throws IOException {
    Path copy = folder.resolve("copy");
    trusting("mirror", "pull", "--from=" + url("good"), "--key=" + KEY, copy.toString())
        .run()
        .assertOk();
    trusting("verify", url("good"), "--key=" + KEY).run().assertOk();
    assertThat(copy.resolve("manifest")).hasSameBinaryContentAs(tree.root().resolve("manifest"));
  }
}
