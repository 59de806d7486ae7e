package io.klts.repo.gate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.klts.repo.blob.Blob;
import io.klts.repo.blob.Sha256;
import io.klts.repo.publish.TinyTree;
import io.klts.repo.signature.Armor;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.signature.SecretKey;
import io.klts.repo.tree.Stage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.io.function.IOConsumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** A good tree passes; with one thing broken, exactly the rule about that thing speaks. */
class GateTest {

  private static final Path KEYS = Path.of("src/test/resources/keys");
  private static final Path DOCUMENTATION = Path.of("docs/gate.md");
  private static final Instant NOW = Instant.parse("2025-05-07T00:00:00Z");
  private static final Gate GATE = new Gate(Clock.fixed(NOW, ZoneOffset.UTC));

  private static final String RPM = "rpm/v1.28/x86_64/kubelet-1.28.15.lts.2-1.x86_64.rpm";
  private static final String DEB = "apt/pool/main/k/kubelet/kubelet_1.28.15-lts.2_amd64.deb";
  private static final String REPOMD = "rpm/v1.28/repodata/repomd.xml";
  private static final String PRIMARY = "rpm/v1.28/repodata/.*-primary\\.xml\\.gz";
  private static final String UPDATEINFO = "rpm/v1.28/repodata/.*-updateinfo\\.xml\\.gz";
  private static final String SUITE = "apt/dists/v1.28/";
  private static final String RELEASE = SUITE + "Release";
  private static final String STAMP = "timestamp.asc";
  private static final String DATE = "Date: Tue, 06 May 2025 00:00:00 UTC";

  @TempDir private static Path folder;
  private static Path root;
  private static SecretKey key;
  private static SecretKey other;

  @BeforeAll
  static void publish() throws IOException {
    TinyTree tree = new TinyTree(folder);
    tree.publish("v1.28.15-lts.2");
    root = tree.root();
    key = TinyTree.key();
    other = SecretKey.load(KEYS.resolve("passphrase.asc"), "correct horse".toCharArray(), NOW);
  }

  @Test
  void aGoodTreePasses() throws IOException {
    TreeView view = TreeView.of(root, key);
    assertThat(GATE.check(view, true)).isEmpty();
    assertThat(view.paths()).contains(RPM, DEB, REPOMD, RELEASE);
  }

  @Test
  void aTreeWithoutSignaturesPassesWhereNoneAreExpected() throws IOException {
    TreeView view = TreeView.of(root, key);
    for (String path : List.copyOf(view.paths())) {
      if (path.matches(".*(\\.asc|\\.gpg|repomd\\.xml\\.key|/InRelease)")) {
        view.remove(path);
      }
    }
    view.set(RPM, new RpmPatch(view.bytes(RPM)).signatureTag(268, 267).bytes());
    assertThat(GATE.check(view, false)).isEmpty();
    assertThat(GATE.check(view, true)).extracting(Finding::rule).contains(Rule.KEY_FORMS);
  }

  @Test
  void aRefusalHasEveryFinding() throws IOException {
    TreeView view = TreeView.of(root, key);
    view.replace("rpm/golden.repo", "gpgcheck=1\n", "gpgcheck=0\n");
    view.name("rpm/a+b");
    assertThatThrownBy(() -> GATE.pass(view, true))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll(
            "\n  rpm/golden.repo: expected gpgcheck=1, found none; breaks yum, dnf [repo-checks]",
            "\n  rpm/a+b: expected letters, digits and . _ ~ ^ -, found another character",
            " [names]");
  }

  @Test
  void namesMayChangeOnPurpose() throws IOException {
    TreeView view = TreeView.of(root, key);
    view.before(RELEASE, view.text(RELEASE).replace("Origin: ", "Origin: Former "));
    assertThat(GATE.allowingReleaseInfoChange().check(view, true)).isEmpty();
  }

  private record Fault(Rule rule, String name, IOConsumer<TreeView> damage) {}

  private static Fault rpm(Rule rule, String name, IOConsumer<RpmPatch> damage) {
    return new Fault(
        rule,
        name,
        view -> {
          RpmPatch patch = new RpmPatch(view.bytes(RPM));
          damage.accept(patch);
          view.set(RPM, patch.bytes());
        });
  }

  private static Fault deb(Rule rule, String name, IOConsumer<DebPatch> damage) {
    return new Fault(
        rule,
        name,
        view -> {
          DebPatch patch = new DebPatch(view.bytes(DEB));
          damage.accept(patch);
          view.set(DEB, patch.bytes());
        });
  }

  /** A text in repomd.xml or Release, which is signed again. */
  private static Fault text(Rule rule, String name, String path, String from, String to) {
    return new Fault(
        rule,
        name,
        view -> {
          view.replace(path, from, to);
          view.sign(path);
        });
  }

  private static Fault replaced(Rule rule, String path, String from, String to) {
    return new Fault(rule, path + " without " + from, view -> view.replace(path, from, to));
  }

  private static Fault removed(Rule rule, String path) {
    return new Fault(rule, "no " + path, view -> view.remove(path));
  }

  private static List<Fault> faults() {
    return Stream.of(packages(), rpmMd(), apt(), signatures(), others())
        .flatMap(List::stream)
        .toList();
  }

  private static List<Fault> packages() {
    return List.of(
        rpm(Rule.RPM_FORMAT, "a header without region", p -> p.tag(63, 61).sign(key)),
        new Fault(Rule.RPM_FORMAT, "no rpm", view -> view.set(RPM, "<html>".getBytes(UTF_8))),
        rpm(Rule.RPM_COMPRESSOR, "another compressor", p -> p.string(1125, "zs").sign(key)),
        rpm(Rule.RPM_STREAM, "two streams", p -> p.payloadTwice().digestPayload().sign(key)),
        rpm(
            Rule.RPM_STREAM,
            "no xz",
            p -> p.payload("\u00fd7zXZ", "(\u00b5/\u00fd").digestPayload().sign(key)),
        rpm(
            Rule.XZ_DICTIONARY,
            "a dictionary of 128 MiB",
            p -> p.payload("!\u0001", "!\u0001\u001e").digestPayload().sign(key)),
        rpm(
            Rule.XZ_FILTERS,
            "a filter for RISC-V",
            p -> p.payload("!\u0001", "\u000b\u0001").digestPayload().sign(key)),
        rpm(Rule.RPM_FILE_DIGESTS, "MD5 of files", p -> p.number(5011, 1).sign(key)),
        rpm(Rule.RPM_FILE_DIGESTS, "no algorithm", p -> p.tag(5011, 5999).sign(key)),
        rpm(Rule.RPM_HEADER_DIGEST, "a wrong digest", p -> p.signatureString(273, "0000")),
        rpm(Rule.RPM_HEADER_DIGEST, "no digest", p -> p.signatureTag(273, 274)),
        rpm(Rule.RPM_PAYLOAD_DIGEST, "a wrong digest", p -> p.string(5092, "0000").sign(key)),
        rpm(Rule.RPM_PAYLOAD_DIGEST, "SHA-1 as algorithm", p -> p.number(5093, 2).sign(key)),
        rpm(Rule.RPM_PAYLOAD_DIGEST, "no digest", p -> p.tag(5092, 5999).sign(key)),
        rpm(Rule.RPM_SIGNATURES, "none for EL 7", p -> p.signatureTag(1002, 1001)),
        rpm(Rule.RPM_SIGNATURES, "none for the others", p -> p.signatureTag(268, 267)),
        rpm(Rule.RPM_SIGNATURES, "a wrong one", p -> p.spoil(268)),
        rpm(Rule.RPM_SIGNATURES, "another key's", p -> p.sign(other)),
        rpm(Rule.RPM_VERSION, "upstream is newer", p -> p.string(1001, "1.28.15~lts.2").sign(key)),
        rpm(Rule.RPM_VERSION, "of no patch release", p -> p.string(1001, "x").sign(key)),
        deb(Rule.DEB_MEMBERS, "zstd", p -> p.rename("data.tar.xz", "data.tar.zst")),
        deb(Rule.DEB_MEMBERS, "no gzip", p -> p.rename("data.tar.xz", "data.tar.gz")),
        deb(Rule.DEB_MEMBERS, "xz before", p -> p.rename("control.tar.gz", "control.tar.gz")),
        new Fault(Rule.DEB_MEMBERS, "no deb", view -> view.set(DEB, "<html>".getBytes(UTF_8))),
        deb(Rule.DEB_STREAM, "two streams", p -> p.twice("data.tar.xz")),
        deb(
            Rule.DEB_VERSION,
            "upstream is newer",
            p -> p.control("Version: 1.28.15-lts.2", "Version: 1.28.15~lts.2")));
  }

  private static List<Fault> rpmMd() {
    return List.of(
        new Fault(
            Rule.REPODATA_GZIP,
            "a database",
            view -> {
              String text = view.text(REPOMD);
              int start = text.indexOf("  <data type=\"primary\"");
              int end = text.indexOf("</data>\n") + "</data>\n".length();
              String data = text.substring(start, end);
              view.replace(REPOMD, data, data + data.replace("\"primary\"", "\"primary_db\""));
              view.sign(REPOMD);
            }),
        new Fault(
            Rule.REPODATA_GZIP,
            "zstd beside",
            view -> view.put("rpm/v1.28/repodata/x.xml.zst", Stage.PAYLOAD, new byte[1])),
        new Fault(Rule.REPODATA_GZIP, "two members", GateTest::twoMembers),
        text(Rule.REPODATA_DIGESTS, "SHA-1", REPOMD, "type=\"sha256\"", "type=\"sha\""),
        text(Rule.REPODATA_DIGESTS, "a wrong size", REPOMD, "<size>", "<size>1"),
        text(Rule.REPODATA_DIGESTS, "a wrong open size", REPOMD, "<open-size>", "<open-size>1"),
        text(
            Rule.REPODATA_DIGESTS,
            "a wrong digest",
            REPOMD,
            "<checksum type=\"sha256\">",
            "<checksum type=\"sha256\">0"),
        text(Rule.REPODATA_DIGESTS, "a missing file", REPOMD, "href=\"repodata/", "href=\"other/"),
        text(Rule.REPODATA_DIGESTS, "no XML", REPOMD, "</repomd>", ""),
        advised("no type", " type=\"security\"", ""),
        advised("as CVSS calls it", "<severity>Important", "<severity>High"),
        advised("no id", "<id>GOLDEN-1.28.15-lts.2</id>", ""),
        advised(
            "two of a name",
            "</update>",
            "</update><update><id>GOLDEN-1.28.15-lts.2</id></update>"),
        advised("no architecture", " arch=\"x86_64\"", ""),
        advised("what is not there", "1.28.15.lts.2", "1.28.15.lts.3"),
        advised("no packages", "<package name=\"kubelet\"", "<other name=\"kubelet\""),
        removed(Rule.REPOMD_SIGNED, REPOMD + ".asc"),
        removed(Rule.REPOMD_SIGNED, REPOMD + ".key"),
        new Fault(
            Rule.REPOMD_SIGNED,
            "another key beside",
            view -> view.set(REPOMD + ".key", other.key().armored())));
  }

  private static void twoMembers(TreeView view) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(view.bytes(view.path(PRIMARY)));
    new GZIPOutputStream(bytes).close();
    document(view, PRIMARY, bytes.toByteArray());
  }

  /** A text in every advisory. */
  private static Fault advised(String name, String from, String to) {
    return new Fault(
        Rule.UPDATEINFO,
        name,
        view -> {
          Blob gz = Blob.of(view.bytes(view.path(UPDATEINFO)));
          ByteArrayOutputStream text = new ByteArrayOutputStream();
          GzipDocument before = GzipDocument.read(gz, text);
          assertThat(text.toString(UTF_8)).contains(from);
          byte[] changed = text.toString(UTF_8).replace(from, to).getBytes(UTF_8);
          view.replace(REPOMD, ">" + before.sha256(), ">" + Sha256.of(changed));
          view.replace(REPOMD, "<open-size>" + before.size(), "<open-size>" + changed.length);
          ByteArrayOutputStream packed = new ByteArrayOutputStream();
          try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(changed);
          }
          document(view, UPDATEINFO, packed.toByteArray());
        });
  }

  /** Puts another document under the same name, right in all but this. */
  private static void document(TreeView view, String pattern, byte[] bytes) throws IOException {
    String path = view.path(pattern);
    String before = Sha256.of(view.bytes(path)).hex();
    String size = "<size>" + view.bytes(path).length;
    view.set(path, bytes);
    view.replace(REPOMD, ">" + before, ">" + Sha256.of(bytes).hex());
    view.replace(REPOMD, size, "<size>" + bytes.length);
    view.sign(REPOMD);
  }

  private static List<Fault> apt() {
    String packages = SUITE + "main/binary-amd64/Packages";
    return List.of(
        removed(Rule.RELEASE_FORMS, RELEASE),
        removed(Rule.RELEASE_FORMS, RELEASE + ".gpg"),
        removed(Rule.RELEASE_FORMS, SUITE + "InRelease"),
        new Fault(
            Rule.RELEASE_FORMS,
            "two texts",
            view -> {
              byte[] before = view.bytes(SUITE + "InRelease");
              view.replace(RELEASE, "Label: Golden", "Label: Silver");
              view.sign(RELEASE);
              view.set(SUITE + "InRelease", before);
            }),
        text(Rule.RELEASE_HASHES, "SHA-512", RELEASE, "SHA256:\n", "SHA512:\n"),
        text(Rule.RELEASE_HASHES, "MD5, too", RELEASE, "SHA256:\n", "MD5Sum:\n x\nSHA256:\n"),
        text(Rule.RELEASE_DATE, "another zone", RELEASE, DATE, DATE.replace("UTC", "CST")),
        text(Rule.RELEASE_DATE, "tomorrow", RELEASE, DATE, "Date: Thu, 08 May 2025 00:00:00 UTC"),
        text(Rule.RELEASE_DATE, "no date", RELEASE, DATE + "\n", ""),
        new Fault(
            Rule.RELEASE_DATE,
            "earlier than before",
            view -> view.before(RELEASE, view.text(RELEASE).replace("Tue, 06 May", "Wed, 07 May"))),
        before(Rule.RELEASE_NAMES, "Origin: ", "Origin: Former "),
        before(Rule.RELEASE_NAMES, "Label: ", "Label: Former "),
        before(Rule.RELEASE_NAMES, "Codename: v1.28", "Codename: former"),
        before(Rule.RELEASE_NAMES, "Suite: v1.28\n", ""),
        text(Rule.RELEASE_BY_HASH, "not said", RELEASE, "Acquire-By-Hash: yes\n", ""),
        new Fault(
            Rule.RELEASE_BY_HASH,
            "a missing file",
            view ->
                view.remove(
                    SUITE + "main/binary-amd64/by-hash/SHA256/" + Sha256.of(view.bytes(packages)))),
        removed(Rule.RELEASE_DIGESTS, packages + ".xz"),
        new Fault(
            Rule.RELEASE_DIGESTS,
            "another text of the same size",
            view -> view.replace(packages, "Package: kubelet", "Package: kubelat")),
        replaced(Rule.RELEASE_DIGESTS, packages, "\n\n", "\n\n\n"));
  }

  private static Fault before(Rule rule, String now, String before) {
    return new Fault(
        rule,
        before + " before",
        view -> {
          assertThat(view.text(RELEASE)).contains(now);
          view.before(RELEASE, view.text(RELEASE).replace(now, before));
        });
  }

  private static List<Fault> signatures() {
    return List.of(
        new Fault(
            Rule.SIGNATURE_FORM,
            "two blocks",
            view -> {
              String text = view.text(REPOMD + ".asc");
              view.set(REPOMD + ".asc", (text + text).getBytes(UTF_8));
            }),
        new Fault(
            Rule.SIGNATURE_FORM,
            "two packets",
            view -> {
              ByteArrayOutputStream two = new ByteArrayOutputStream();
              two.writeBytes(view.packet(REPOMD, other));
              two.writeBytes(view.packet(REPOMD, key));
              view.set(REPOMD + ".asc", Armor.encode(two.toByteArray()));
            }),
        new Fault(
            Rule.SIGNATURE_FORM,
            "no checksum",
            view -> {
              String text = view.text(RELEASE + ".gpg").replaceFirst("(?m)^=.{4}\n", "");
              view.set(RELEASE + ".gpg", text.getBytes(UTF_8));
            }),
        new Fault(
            Rule.SIGNATURE_FORM,
            "a text that is not signed",
            view -> view.set(SUITE + "InRelease", view.bytes(RELEASE))),
        new Fault(
            Rule.SIGNATURE,
            "another key's",
            view -> view.set(REPOMD + ".asc", Armor.encode(view.packet(REPOMD, other)))),
        new Fault(
            Rule.SIGNATURE,
            "over something else",
            view -> view.set(REPOMD + ".asc", view.signature(RELEASE))),
        new Fault(
            Rule.KEY_FORMS,
            "an armored .gpg",
            view -> view.set("keys/golden.gpg", key.key().armored())),
        new Fault(
            Rule.KEY_FORMS,
            "a binary .asc",
            view -> view.set("keys/golden.asc", key.key().binary())),
        new Fault(
            Rule.KEY_FORMS, "two keys", view -> view.set("keys/golden.asc", other.key().armored())),
        removed(Rule.KEY_FORMS, "keys/golden.asc"),
        removed(Rule.KEY_FORMS, "keys/golden.gpg"));
  }

  private static List<Fault> others() {
    return List.of(
        new Fault(Rule.NAMES, "a plus", view -> view.name("rpm/kubelet-1.28.15+lts.2.rpm")),
        new Fault(Rule.NAMES, "a colon", view -> view.name("apt/pool/kubelet_1:1.28.15.deb")),
        new Fault(Rule.NAMES, "hidden", view -> view.name("rpm/.cache/x")),
        new Fault(Rule.ORDER_STAGES, "a package late", view -> view.stage(RPM, Stage.INDEX)),
        new Fault(Rule.ORDER_STAGES, "a root early", view -> view.stage(RELEASE, Stage.INDEX)),
        new Fault(
            Rule.TIMESTAMP,
            "timestamp of another serial",
            view -> {
              String framed = view.text(STAMP);
              int text = framed.indexOf("klts-timestamp");
              view.put("text", Stage.PAYLOAD, framed.substring(text).getBytes(UTF_8));
              view.replace(
                  "text", framed.substring(framed.indexOf("-----BEGIN PGP SIGNATURE")), "");
              view.replace("text", "serial 1\n", "serial 2\n");
              view.sign("text", STAMP);
              view.remove("text");
            }),
        replaced(Rule.SIGNATURE, STAMP, "\ndate 2", "\ndate 3"),
        new Fault(Rule.ORDER_STAGES, "the timestamp early", view -> view.stage(STAMP, Stage.INDEX)),
        new Fault(
            Rule.ORDER_STAGES,
            "an index late",
            view -> view.stage(SUITE + "main/binary-amd64/Packages", Stage.ROOT)),
        new Fault(Rule.ORDER_REPOMD, "repomd.xml alone", view -> view.last(REPOMD)),
        new Fault(Rule.ORDER_INRELEASE, "Release last", view -> view.last(RELEASE)),
        replaced(Rule.REPO_CHECKS, "rpm/golden.repo", "repo_gpgcheck=1\n", "repo_gpgcheck=0\n"),
        replaced(
            Rule.REPO_CHECKS, "rpm/v1.28/golden-zypper.repo", "\ngpgcheck=1\n", "\ngpgcheck=0\n"),
        replaced(Rule.ZYPPER_CHECKS, "rpm/golden-zypper.repo", "pkg_gpgcheck=1\n", ""),
        replaced(Rule.APT_SIGNED_BY, "apt/stable.sources", "Signed-By", "X-Signed-By"),
        replaced(Rule.APT_SIGNED_BY, "apt/v1.28.list", "signed-by", "trusted=yes signed-by"),
        replaced(Rule.RELEASEVER, "rpm/golden.repo", "/gold/rpm/", "/gold/$releasever/"));
  }

  @TestFactory
  Stream<DynamicTest> oneFaultIsOneRule() {
    return faults().stream()
        .map(
            fault ->
                DynamicTest.dynamicTest(
                    fault.rule.id() + ": " + fault.name,
                    () -> {
                      TreeView view = TreeView.of(root, key);
                      fault.damage.accept(view);
                      List<Finding> findings = GATE.check(view, true);
                      assertThat(findings).isNotEmpty();
                      assertThat(findings).allMatch(f -> f.rule() == fault.rule);
                    }));
  }

  @TestFactory
  Stream<DynamicTest> keysThatSomeClientRefuses() {
    return Stream.of(
            key(Rule.KEY_STRENGTH, "rsa2048.asc"),
            key(Rule.KEY_STRENGTH, "ed25519.asc"),
            key(Rule.KEY_STRENGTH, "nistp256.asc"),
            key(Rule.KEY_STRENGTH, "dsa.asc"),
            key(Rule.KEY_SELF_SIGNATURE, "sha1.asc"),
            key(Rule.KEY_SELF_SIGNATURE, "sha1-subkey.asc"))
        .map(
            fault ->
                DynamicTest.dynamicTest(
                    fault.name,
                    () -> {
                      TreeView view = new TreeView(key);
                      fault.damage.accept(view);
                      assertThat(GATE.check(view, true))
                          .extracting(Finding::rule)
                          .containsExactly(fault.rule);
                    }));
  }

  private static Fault key(Rule rule, String file) {
    return new Fault(
        rule,
        file,
        view -> {
          PublicKey bad = SecretKey.publicHalf(KEYS.resolve(file));
          view.put("keys/golden.asc", Stage.INDEX, bad.armored());
          view.put("keys/golden.gpg", Stage.INDEX, bad.binary());
          String manifest = "klts-manifest 1\nserial 1\nkey " + bad.fingerprint() + "\n";
          view.put("manifest", Stage.ROOT, manifest.getBytes(UTF_8));
        });
  }

  @TestFactory
  Stream<DynamicTest> duringAChangeOfKeysBothSignInTheOrderOfTheManifest() throws IOException {
    TinyTree tree = new TinyTree(Files.createDirectory(folder.resolve("rotated")));
    tree.publish("v1.28.15-lts.2");
    tree.dualSign();
    assertThat(GATE.check(TreeView.of(tree.root(), key), true)).isEmpty();
    Fault order = new Fault(Rule.SIGNATURE, "the other order", view -> signTwice(view, key, other));
    Fault twice = new Fault(Rule.SIGNATURE, "one key twice", view -> signTwice(view, key, key));
    Fault one =
        new Fault(
            Rule.SIGNATURE_FORM,
            "one signature",
            view -> view.set(REPOMD + ".asc", view.signature(REPOMD)));
    Fault text =
        new Fault(
            Rule.SIGNATURE_FORM,
            "one signature of a text",
            view -> view.sign(RELEASE, RELEASE.replace("Release", "InRelease")));
    Fault unknown =
        new Fault(
            Rule.KEY_FORMS,
            "a keyring without one of them",
            view -> {
              view.set("keys/golden.gpg", key.key().binary());
              view.set("keys/golden.asc", key.key().armored());
            });
    Fault nobody =
        new Fault(
            Rule.SIGNATURE, "nobody signs", view -> view.replace("manifest", "\nkey ", "\nno "));
    Fault packages =
        new Fault(
            Rule.RPM_SIGNATURES,
            "a package of the next key",
            view -> view.set(RPM, new RpmPatch(view.bytes(RPM)).sign(other).bytes()));
    return Stream.of(order, twice, one, text, unknown, nobody, packages)
        .map(
            fault ->
                DynamicTest.dynamicTest(
                    fault.name,
                    () -> {
                      TreeView view = TreeView.of(tree.root(), key);
                      fault.damage.accept(view);
                      assertThat(GATE.check(view, true))
                          .isNotEmpty()
                          .allMatch(finding -> finding.rule() == fault.rule);
                    }));
  }

  private static void signTwice(TreeView view, SecretKey first, SecretKey last) throws IOException {
    ByteArrayOutputStream two = new ByteArrayOutputStream();
    two.writeBytes(view.packet(REPOMD, first));
    two.writeBytes(view.packet(REPOMD, last));
    view.set(REPOMD + ".asc", Armor.encode(two.toByteArray()));
  }

  @Test
  void everyRuleIsTested() {
    Set<Rule> tested = EnumSet.of(Rule.KEY_STRENGTH, Rule.KEY_SELF_SIGNATURE);
    faults().forEach(fault -> tested.add(fault.rule));
    assertThat(tested).isEqualTo(EnumSet.allOf(Rule.class));
  }

  /** {@code -Dgolden.update} writes the table anew. */
  @Test
  void theDocumentationHasTheRules() throws IOException {
    String table =
        Stream.of(Rule.values())
            .map(
                rule ->
                    "| `%s` | %s | %s | %s |\n"
                        .formatted(rule.id(), rule.what(), rule.breaks(), rule.evidence()))
            .collect(Collectors.joining());
    String text = Files.readString(DOCUMENTATION);
    String head = "|---|---|---|---|\n";
    int start = text.indexOf(head) + head.length();
    int end = text.indexOf("\n\n", start - 1) + 1;
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(DOCUMENTATION, text.substring(0, start) + table + text.substring(end));
    } else {
      assertThat(text.substring(start, end)).isEqualTo(table);
    }
  }
}
