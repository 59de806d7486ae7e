package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.signature.PublicKey;
import io.klts.repo.signature.SecretKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A change of keys, as real clients see each step: what docs/keys.md says in its table is so. */
class RotationIT {

  private static final Path NEXT =
      Path.of("src/test/resources/keys/passphrase.asc").toAbsolutePath();

  /** A row: step, keys on the machine, and what dnf, zypper and apt do. */
  private static final Pattern ROW =
      Pattern.compile(
          "\\| `(announce|dual-sign|switch|retire)` \\| (old|new|both)"
              + " \\| (works|refuses) \\| (works|refuses) \\| (works|refuses) \\|.*");

  private static final String OLDER = "1.28.15.lts.1-1";
  private static final String NEWER = "1.28.15.lts.2-1";

  private static Path folder;
  private static WebServer server;
  private static AptRoot debian;
  private static final Map<String, PublicKey> KEYS = new LinkedHashMap<>();

  @BeforeAll
  static void publishEachStep() throws IOException {
    KEYS.put("old", SecretKey.publicHalf(Product.KEY));
    KEYS.put("new", SecretKey.publicHalf(NEXT));
    folder = Lab.folder("rotation");
    server = WebServer.serving(Files.createDirectory(folder.resolve("public")));
    for (String keys : List.of("old", "new", "both")) {
      List<PublicKey> held =
          keys.equals("both") ? List.copyOf(KEYS.values()) : List.of(KEYS.get(keys));
      Files.write(keyFile(keys, "asc"), PublicKey.armored(held));
      Files.write(keyFile(keys, "gpg"), PublicKey.binary(held));
    }
    debian = new AptRoot();
    publish("v1.28.15-lts.1");
    rotate("announce", "--next=" + keyFile("new", "asc"));
    rotate("dual-sign");
    product("key", "rotate", "switch", "--tree=" + tree("tree"), url());
    publish("v1.28.15-lts.2");
    keep("switch");
    rotate("retire");
  }

  @AfterAll
  static void close() throws IOException {
    debian.close();
    server.close();
    Lab.remove(folder);
  }

  private static Path keyFile(String keys, String form) {
    return folder.resolve(keys + "." + form);
  }

  private static Path tree(String step) {
    return folder.resolve("public").resolve(step);
  }

  private static String url() {
    return "--base-url=" + server.uri() + "tree";
  }

  private static void product(String... arguments) throws IOException {
    Product.signing(arguments)
        .with("KLTS_NEXT_SIGNING_KEY", NEXT)
        .with("KLTS_NEXT_SIGNING_PASSPHRASE", "correct horse")
        .run()
        .assertOk();
  }

  private static void rotate(String step, String... more) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("key", "rotate", step));
    arguments.addAll(List.of("--tree=" + tree("tree"), url()));
    arguments.addAll(List.of(more));
    product(arguments.toArray(String[]::new));
    keep(step);
  }

  /** The tree as it is now, to be served beside the later ones. */
  private static void keep(String step) throws IOException {
    Program.of("cp", "-rl", tree("tree").toString(), tree(step).toString()).run().assertOk();
  }

  private static void publish(String release) throws IOException {
    Path binaries = Product.binaries(folder.resolve(release), release);
    product(
        "publish",
        release,
        "--binaries=" + binaries,
        "--tree=" + tree("tree"),
        url(),
        "--cache=" + folder.resolve("blocks"));
  }

  /** A definition file as it is in a step, for where the tree of that step is. */
  private static String definition(String step, String path) throws IOException {
    return Files.readString(tree(step).resolve(path))
        .replace(server.uri() + "tree/", server.uri() + step + "/");
  }

  @TestFactory
  Stream<DynamicTest> eachClientDoesInEachStepWhatTheTableSays() throws IOException {
    List<Matcher> rows =
        Files.readAllLines(Path.of("docs/keys.md")).stream()
            .map(ROW::matcher)
            .filter(Matcher::matches)
            .toList();
    assertThat(rows).hasSize(12);
    return rows.stream()
        .flatMap(
            row ->
                Stream.of(
                    test(row, "dnf", 3, RotationIT::dnf),
                    test(row, "zypper", 4, RotationIT::zypper),
                    test(row, "apt", 5, RotationIT::apt)));
  }

  /** A client that fetches the indexes of a step with some keys. */
  private interface Client {
    Outcome fetch(String step, String keys) throws IOException;
  }

  private static DynamicTest test(Matcher row, String name, int column, Client client) {
    String expected = row.group(column);
    return DynamicTest.dynamicTest(
        row.group(1) + ", " + name + " with " + row.group(2) + " " + expected,
        () -> {
          Outcome outcome = client.fetch(row.group(1), row.group(2));
          if (expected.equals("works")) {
            outcome.assertOk();
          } else {
            outcome.assertRefused(
                Map.of(
                        "dnf", "repomd.xml GPG signature verification error",
                        "zypper", "Signature verification failed",
                        "apt", "NO_PUBKEY")
                    .get(name));
          }
        });
  }

  private static Outcome dnf(String step, String keys) throws IOException {
    try (DnfRoot root = new DnfRoot()) {
      addRepo(root, step, keys);
      return root.dnf("makecache");
    }
  }

  /** What {@code gpgkey} names is what dnf gets, because it takes yes for an answer. */
  private static void addRepo(DnfRoot root, String step, String keys) throws IOException {
    String file = keyFile(keys, "asc").toUri().toString();
    String text = definition(step, "rpm/v1.28/klts.repo");
    root.addRepo("klts.repo", text.replaceFirst("(?m)^gpgkey=.*$", "gpgkey=" + file));
  }

  private static Outcome zypper(String step, String keys) throws IOException {
    try (ZypperRoot root = new ZypperRoot()) {
      root.addRepo("klts.repo", definition(step, "rpm/v1.28/klts-zypper.repo"));
      root.rpm("--import", keyFile(keys, "asc").toString()).assertOk();
      return root.zypper("refresh", "--force");
    }
  }

  private static Outcome apt(String step, String keys) throws IOException {
    String keyring = "/usr/share/keyrings/klts-archive-keyring.gpg";
    Files.deleteIfExists(debian.path(keyring));
    debian.copyIn(keyFile(keys, "gpg"), keyring);
    debian.addSource("klts.sources", definition(step, "apt/v1.28.sources"));
    debian.forgetIndexes();
    return debian.apt("update");
  }

  @Test
  void packagesHaveTheSignatureOfTheirTime() throws IOException {
    assertThat(signature(OLDER)).contains(keyId("old"));
    assertThat(signature(NEWER)).contains(keyId("new"));
  }

  private static String signature(String version) throws IOException {
    Path rpm = tree("retire").resolve("rpm/v1.28/x86_64/kubectl-" + version + ".x86_64.rpm");
    return Program.of("rpm", "-qp", "--qf", "%{RSAHEADER:pgpsig}", rpm.toString())
        .run()
        .assertOk()
        .out();
  }

  private static String keyId(String key) {
    return KEYS.get(key).keyId().toLowerCase(java.util.Locale.ROOT);
  }

  @Test
  void dnfWithOneKeyInstallsThePackagesOfThatKeyOnly() throws IOException {
    try (DnfRoot old = new DnfRoot();
        DnfRoot next = new DnfRoot()) {
      addRepo(old, "switch", "old");
      old.dnf("install", "kubectl-" + OLDER).assertOk();
      old.dnf("upgrade").assertRefused("GPG");
      assertThat(old.installed("kubectl")).isEqualTo(OLDER);
      addRepo(next, "switch", "new");
      next.dnf("install", "kubectl-" + OLDER).assertRefused("GPG");
      next.dnf("install", "kubectl").assertOk();
      assertThat(next.installed("kubectl")).isEqualTo(NEWER);
    }
  }

  @Test
  void dnfGoesAllTheWayWithTheDefinitionOfTheBegin() throws IOException {
    try (DnfRoot root = new DnfRoot();
        DnfRoot late = new DnfRoot()) {
      root.addRepo("klts.repo", definition("announce", "rpm/v1.28/klts.repo"));
      root.dnf("install", "kubectl").assertOk();
      assertThat(root.installed("kubectl")).isEqualTo(OLDER);
      for (String step : List.of("dual-sign", "switch", "retire")) {
        root.addRepo("klts.repo", definition(step, "rpm/v1.28/klts.repo"));
        root.dnf("--refresh", "upgrade").assertOk();
      }
      assertThat(root.installed("kubectl")).isEqualTo(NEWER);
      late.addRepo("klts.repo", definition("retire", "rpm/v1.28/klts.repo"));
      late.dnf("install", "kubectl-" + OLDER).assertOk();
      late.dnf("upgrade").assertOk();
      assertThat(late.installed("kubectl")).isEqualTo(NEWER);
    }
  }

  @Test
  void zypperGoesAllTheWayIfItTakesTheKeysThatTheTreeOffers() throws IOException {
    try (ZypperRoot root = new ZypperRoot();
        ZypperRoot late = new ZypperRoot()) {
      root.addRepo("klts.repo", definition("announce", "rpm/v1.28/klts-zypper.repo"));
      root.refresh().assertOk();
      root.zypper("install", "kubectl").assertOk();
      assertThat(root.installed("kubectl")).isEqualTo(OLDER);
      for (String step : List.of("dual-sign", "switch", "retire")) {
        root.addRepo("klts.repo", definition(step, "rpm/v1.28/klts-zypper.repo"));
        root.refresh().assertOk();
      }
      root.zypper("update").assertOk();
      assertThat(root.installed("kubectl")).isEqualTo(NEWER);
      // A machine of after the change gets the new key from the indexes, and the old one by hand.
      late.addRepo("klts.repo", definition("retire", "rpm/v1.28/klts-zypper.repo"));
      late.refresh().assertOk();
      late.rpm("--import", tree("retire").resolve("keys/klts.asc").toString()).assertOk();
      late.zypper("install", "kubectl=" + OLDER.replaceFirst("-1$", "")).assertOk();
      late.zypper("update").assertOk();
      assertThat(late.installed("kubectl")).isEqualTo(NEWER);
    }
  }

  @Test
  void aptGoesAllTheWayWithTheKeysOfTheBegin() throws IOException {
    try (AptRoot root = new AptRoot()) {
      root.copyIn(
          tree("announce").resolve("keys/klts.gpg"),
          "/usr/share/keyrings/klts-archive-keyring.gpg");
      root.addSource("klts.sources", definition("announce", "apt/v1.28.sources"));
      root.apt("update").assertOk();
      root.apt("install", "kubectl").assertOk();
      assertThat(root.installed("kubectl")).isEqualTo("1.28.15-lts.1");
      for (String step : List.of("dual-sign", "switch", "retire")) {
        root.addSource("klts.sources", definition(step, "apt/v1.28.sources"));
        root.apt("update").assertOk();
      }
      root.apt("upgrade").assertOk();
      assertThat(root.installed("kubectl")).isEqualTo("1.28.15-lts.2");
    }
  }

  @Test
  void verifyIsContentInEachStep() throws IOException {
    for (String step : List.of("announce", "dual-sign", "switch", "retire")) {
      for (String keys : List.of("old", "new")) {
        boolean signs = keys.equals("old") ? !step.equals("retire") : !step.equals("announce");
        Outcome outcome =
            Product.unsigned("verify", tree(step).toString(), "--key=" + keyFile(keys, "asc"))
                .run();
        if (signs) {
          outcome.assertOk().assertSays("good");
        } else {
          outcome.assertExit(3).assertSays("manifest.asc");
        }
      }
    }
  }

  @Test
  void statusSaysWhatComesNext() throws IOException {
    Product.unsigned("key", "rotate", "status", "--tree=" + tree("tree"))
        .run()
        .assertOk()
        .assertSays("signed by  " + KEYS.get("new").fingerprint())
        .assertSays("retired    " + KEYS.get("old").fingerprint())
        .assertSays("step       none");
  }
}
