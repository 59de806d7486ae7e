package io.klts.repo.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.klts.repo.blob.Blob;
import io.klts.repo.signature.BadSignatureException;
import io.klts.repo.signature.JointSigner;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.signature.Signer;
import io.klts.repo.signature.Verifier;
import io.klts.repo.source.FolderSource;
import io.klts.repo.tree.LocalTree;
import io.klts.repo.tree.Manifest;
import io.klts.repo.tree.Prune;
import io.klts.repo.tree.Rotation.Step;
import io.klts.repo.tree.Stage;
import io.klts.repo.tree.TreeFile;
import io.klts.repo.verify.Problem;
import io.klts.repo.verify.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A change of keys, step by step, and what all other commands do in the steps. */
class KeyRotationTest {

  private static final Instant NOW = Instant.parse("2026-11-25T04:05:06.789Z");
  private static final Instant LATER = NOW.plus(Duration.ofDays(90));
  private static final String REPOMD = "rpm/v1.28/repodata/repomd.xml";
  private static final String RELEASE = "apt/dists/v1.28/Release";
  private static final String OLDER = "v1.28.15-lts.1";
  private static final String NEWER = "v1.28.15-lts.2";
  private static final String NEWER_RPM = "rpm/v1.28/x86_64/kubelet-1.28.15.lts.2-1.x86_64.rpm";

  private static Signer old;
  private static Signer next;
  private static List<Signer> both;

  @TempDir Path folder;
  private TinyTree tree;
  private Path root;
  private List<Problem> problems;

  @BeforeAll
  static void loadKeys() throws IOException {
    old = TinyTree.key();
    next = TinyTree.otherKey();
    both = List.of(old, next);
  }

  @BeforeEach
  void publish() throws IOException {
    tree = new TinyTree(folder);
    root = tree.root();
    tree.publish(OLDER);
    problems = problems(old.key());
  }

  /** What is wrong with a tree without packages of others does not depend on keys. */
  private List<Problem> problems(PublicKey trusted) throws IOException {
    return Verification.run(new FolderSource(root), Optional.of(trusted), LATER).problems().stream()
        .filter(problem -> !problem.file().endsWith(".rpm") && !problem.file().endsWith(".deb"))
        .toList();
  }

  private Manifest manifest() throws IOException {
    return Manifest.parse(Files.readAllBytes(root.resolve(Manifest.PATH)), "manifest");
  }

  private long rotate(Step step) throws IOException {
    return tree.rotate(both, step, NOW).serial();
  }

  private long retire() throws IOException {
    return tree.change(both, p -> ended(p, () -> p.retire(NOW))).serial();
  }

  private long cancel(Signer... given) throws IOException {
    return tree.change(List.of(given), p -> ended(p, () -> p.cancelRotation(NOW))).serial();
  }

  private interface Action {
    void run() throws IOException;
  }

  private static Publication.Outcome ended(Publication publication, Action action)
      throws IOException {
    action.run();
    return publication.commitAll();
  }

  /** All signatures of the tree are by these keys, in this order, and clients get those keys. */
  private void assertKeys(List<Signer> signers, List<Signer> published) throws IOException {
    List<PublicKey> keys = signers.stream().map(Signer::key).toList();
    List<String> order = keys.stream().map(PublicKey::fingerprint).toList();
    assertThat(manifest().keys()).isEqualTo(order);
    Verifier verifier = new Verifier(keys, order);
    verifier.detached(blob("manifest"), bytes("manifest.asc"));
    for (String folder : List.of("rpm", "rpm/v1.28")) {
      String repomd = folder + "/repodata/repomd.xml";
      verifier.detached(blob(repomd), bytes(repomd + ".asc"));
      assertThat(fingerprints(repomd + ".key")).containsExactly(order.get(order.size() - 1));
    }
    for (String suite : List.of("stable", "v1.28")) {
      verifier.detached(blob("apt/dists/" + suite + "/Release"), bytes(release(suite, ".gpg")));
      assertThat(verifier.clearsigned(bytes("apt/dists/" + suite + "/InRelease")).text().bytes())
          .isEqualTo(bytes("apt/dists/" + suite + "/Release"));
    }
    for (String form : List.of(".asc", ".gpg")) {
      assertThat(fingerprints("keys/golden" + form)).isEqualTo(fingerprints(published));
      for (Signer one : published.size() > 1 ? published : List.<Signer>of()) {
        String name = one.key().fingerprint();
        assertThat(fingerprints("keys/" + name + form)).containsExactly(name);
      }
    }
    assertThat(problems(signers.get(signers.size() - 1).key())).isEqualTo(problems);
  }

  private static String release(String suite, String ending) {
    return "apt/dists/" + suite + "/Release" + ending;
  }

  private List<String> fingerprints(String path) throws IOException {
    return PublicKey.readAll(bytes(path)).stream().map(PublicKey::fingerprint).toList();
  }

  private static List<String> fingerprints(List<Signer> signers) {
    return signers.stream().map(signer -> signer.key().fingerprint()).toList();
  }

  private byte[] bytes(String path) throws IOException {
    return Files.readAllBytes(root.resolve(path));
  }

  private Blob blob(String path) throws IOException {
    return Blob.of(root.resolve(path));
  }

  @Test
  void eachStepIsOnePublicationWithTheSignaturesThatItsClientsNeed() throws IOException {
    assertKeys(List.of(old), List.of(old));
    assertThat(rotate(Step.ANNOUNCED)).isEqualTo(2);
    assertKeys(List.of(old), List.of(old, next));
    assertThat(rotate(Step.DUAL_SIGNED)).isEqualTo(3);
    assertKeys(List.of(next, old), List.of(old, next));
    assertThat(problems(next.key())).isEqualTo(problems);
    assertThat(rotate(Step.SWITCHED)).isEqualTo(4);
    assertKeys(List.of(old, next), List.of(next, old));
    assertThat(problems(old.key())).isEqualTo(problems);
    assertThat(retire()).isEqualTo(5);
    assertKeys(List.of(next), List.of(next, old));
    assertThat(problems(old.key())).isNotEqualTo(problems);
  }

  @Test
  void theSameStepAgainChangesNothing() throws IOException {
    rotate(Step.ANNOUNCED);
    rotate(Step.DUAL_SIGNED);
    byte[] state = bytes("packages.json");
    assertThat(tree.rotate(both, Step.DUAL_SIGNED, LATER).serial()).isEqualTo(3);
    assertThat(bytes("packages.json")).isEqualTo(state);
    assertThat(new String(state, java.nio.charset.StandardCharsets.UTF_8))
        .contains("\"step\":\"DUAL_SIGNED\",\"since\":\"2026-11-25T04:05:06Z\"");
  }

  @Test
  void stepsOutOfOrderAreRefused() throws IOException {
    assertRefused(() -> rotate(Step.SWITCHED), "it begins with announce");
    assertRefused(this::retire, "it begins with announce");
    assertRefused(() -> cancel(old), "it begins with announce");
    rotate(Step.ANNOUNCED);
    assertRefused(() -> rotate(Step.SWITCHED), "the step is announce; dual-sign comes next");
    assertRefused(this::retire, "the step is announce; dual-sign comes next");
    rotate(Step.DUAL_SIGNED);
    assertRefused(this::retire, "the step is dual-sign; switch comes next");
    assertRefused(() -> cancel(old, next), "the step is dual-sign; switch comes next");
    rotate(Step.SWITCHED);
    assertRefused(() -> cancel(old, next), "the step is switch; retire comes next");
    retire();
    assertRefused(() -> rotate(Step.SWITCHED), "it begins with announce");
    assertRefused(() -> announce(next, old), "signs the tree already, or did so once");
  }

  private void announce(Signer given, Signer announced) throws IOException {
    Optional<PublicKey> key = Optional.of(announced.key());
    tree.change(List.of(given), p -> ended(p, () -> p.announce(key, NOW)));
  }

  private void assertRefused(Action action, String message) throws IOException {
    Manifest before = manifest();
    assertThatThrownBy(action::run)
        .isInstanceOf(IOException.class)
        .hasMessageContaining(message)
        .hasMessageContaining("nothing was changed");
    assertThat(manifest()).isEqualTo(before);
  }

  @Test
  void onlyTheTreesOwnKeyAnnouncesAnother() throws IOException {
    assertRefused(() -> announce(old, old), "signs the tree already");
    assertRefused(() -> announce(next, old), "the tree is signed by [" + fingerprint(old) + "]");
    Optional<PublicKey> key = Optional.of(next.key());
    tree.change(List.of(next, old), p -> ended(p, () -> p.announce(key, NOW)));
    assertKeys(List.of(old), List.of(old, next));
    assertRefused(() -> cancel(next), "the key " + fingerprint(old));
  }

  private static String fingerprint(Signer signer) {
    return signer.key().fingerprint();
  }

  @Test
  void aKeyThatIsNeededAndNotGivenIsNamed() throws IOException {
    rotate(Step.ANNOUNCED);
    tree.publish(NEWER, List.of(old));
    assertRefused(() -> tree.publish(OLDER, List.of(next)), "the key " + fingerprint(old));
    rotate(Step.DUAL_SIGNED);
    for (Step step : List.of(Step.DUAL_SIGNED, Step.SWITCHED)) {
      rotate(step);
      String message = "in the step " + step.command() + " the key ";
      assertRefused(() -> tree.publish(OLDER, List.of(old)), message + fingerprint(next));
      assertRefused(() -> tree.publish(OLDER, List.of(next)), message + fingerprint(old));
    }
    retire();
    assertRefused(() -> tree.publish(OLDER, List.of(old)), fingerprint(old) + " was retired");
    // It does not matter which is which for the one who gives them.
    long serial = manifest().serial();
    tree.publish(OLDER, List.of(next));
    tree.publish(OLDER, both);
    assertThat(manifest().serial()).isEqualTo(serial);
  }

  @Test
  void packagesAreSignedByThePrimaryKeyOfTheirTimeAndStayAsTheyAre() throws IOException {
    byte[] older = bytes(NEWER_RPM.replace("lts.2", "lts.1"));
    rotate(Step.ANNOUNCED);
    rotate(Step.DUAL_SIGNED);
    tree.publish(NEWER, List.of(next, old));
    assertThat(issuers(NEWER_RPM)).containsOnly(old.key().keyId());
    rotate(Step.SWITCHED);
    tree.publish("v1.28.15-lts.3", List.of(next, old));
    assertThat(issuers(NEWER_RPM.replace("lts.2", "lts.3"))).containsOnly(next.key().keyId());
    retire();
    assertThat(bytes(NEWER_RPM.replace("lts.2", "lts.1"))).isEqualTo(older);
    assertThat(issuers(NEWER_RPM)).containsOnly(old.key().keyId());
    assertThat(fingerprints("keys/golden.asc"))
        .containsExactly(fingerprint(next), fingerprint(old));
  }

  /** Which of the two keys an rpm names: key ids are in the signature packets as they are. */
  private List<String> issuers(String path) throws IOException {
    String content = java.util.HexFormat.of().withUpperCase().formatHex(bytes(path), 0, 4096);
    return both.stream().map(signer -> signer.key().keyId()).filter(content::contains).toList();
  }

  @Test
  void everyOtherChangeKeepsTheStep() throws IOException {
    rotate(Step.ANNOUNCED);
    rotate(Step.DUAL_SIGNED);
    tree.publish(NEWER, both);
    rotate(Step.SWITCHED);
    var withdrawn = io.klts.repo.catalogue.LtsVersion.parse(NEWER);
    tree.change(
        both,
        p -> {
          p.withdraw(withdrawn, "gone");
          return p.commit();
        });
    assertKeys(List.of(old, next), List.of(next, old));
    tree.change(both, p -> ended(p, () -> p.refresh(NOW, 365)));
    assertKeys(List.of(old, next), List.of(next, old));
    // Back to a state in which the old key was the primary one: the content goes back, not the key.
    tree.change(both, p -> ended(p, () -> p.rollback(4)));
    assertThat(new String(bytes("releases.json"), java.nio.charset.StandardCharsets.UTF_8))
        .doesNotContain("withdrawn");
    assertKeys(List.of(old, next), List.of(next, old));
    try (LocalTree open = LocalTree.open(root, Duration.ZERO, holder -> {})) {
      Prune.plan(open, 0, Duration.ZERO, Instant.now().plus(Duration.ofDays(1))).run(open);
    }
    assertKeys(List.of(old, next), List.of(next, old));
    assertThat(tree.change(both, Publication::commitAll).serial()).isEqualTo(8);
  }

  @Test
  void theWayBackNeedsTheOldKeyOnly() throws IOException {
    rotate(Step.ANNOUNCED);
    rotate(Step.DUAL_SIGNED);
    rotate(Step.SWITCHED);
    rotate(Step.DUAL_SIGNED);
    assertKeys(List.of(next, old), List.of(old, next));
    tree.change(List.of(old), p -> ended(p, () -> p.announce(Optional.empty(), LATER)));
    assertKeys(List.of(old), List.of(old, next));
    // Packages may be signed by the other key, which therefore stays.
    cancel(old);
    assertKeys(List.of(old), List.of(old, next));
  }

  @Test
  void anAnnouncementCanBeCancelled() throws IOException {
    rotate(Step.ANNOUNCED);
    assertThat(cancel(old)).isEqualTo(3);
    assertKeys(List.of(old), List.of(old));
    assertThat(manifest().entries()).doesNotContainKey("keys/" + fingerprint(next) + ".asc");
    assertThat(rotate(Step.ANNOUNCED)).isEqualTo(4);
  }

  @Test
  void verifyFindsKeysAndSignaturesThatAreNotWhatTheManifestSays() throws IOException {
    rotate(Step.ANNOUNCED);
    rotate(Step.DUAL_SIGNED);
    for (List<Signer> wrong : List.of(both, List.of(old), List.of(next), List.of(old, old))) {
      byte[] signature = new JointSigner(wrong).detached(blob(REPOMD), NOW);
      assertThat(faultsWith(REPOMD + ".asc", signature)).containsExactly(REPOMD + ".asc");
    }
    assertThat(faultsWith(REPOMD + ".key", next.key().armored())).containsExactly(REPOMD + ".key");
    assertThat(faultsWith("keys/golden.asc", old.key().armored()))
        .containsExactly("keys/golden.gpg", "keys/golden.asc");
    String name = "keys/" + fingerprint(next) + ".asc";
    assertThat(faultsWith(name, old.key().armored())).contains(name);
    assertThat(problems(old.key())).isEqualTo(problems);
  }

  /** Files with new faults if this one has another content, of which the manifest knows. */
  private List<String> faultsWith(String path, byte[] content) throws IOException {
    byte[] before = bytes(path);
    Manifest manifest = manifest();
    publish(path, content, manifest);
    List<String> files =
        problems(old.key()).stream()
            .filter(problem -> !problems.contains(problem))
            .map(Problem::file)
            .toList();
    publish(path, before, manifest);
    return files;
  }

  private void publish(String path, byte[] content, Manifest before) throws IOException {
    // The same content may be there under other names.
    Files.delete(root.resolve(path));
    Files.write(root.resolve(path), content);
    SortedMap<String, Manifest.Entry> entries = new TreeMap<>(before.entries());
    Stage stage = entries.get(path).stage();
    entries.put(path, Manifest.Entry.of(TreeFile.of(path, stage, content)));
    byte[] text =
        new Manifest(before.serial(), before.validUntil(), before.keys(), entries).bytes();
    Files.write(root.resolve("manifest"), text);
    byte[] signature = new JointSigner(List.of(next, old)).detached(Blob.of(text), NOW);
    Files.write(root.resolve("manifest.asc"), signature);
  }

  @Test
  void signaturesInAnotherOrderAreFound() throws IOException {
    rotate(Step.ANNOUNCED);
    rotate(Step.DUAL_SIGNED);
    Verifier wrong = new Verifier(List.of(old.key(), next.key()), fingerprints(both));
    assertThatThrownBy(() -> wrong.detached(blob(REPOMD), bytes(REPOMD + ".asc")))
        .isInstanceOf(BadSignatureException.class)
        .hasMessageContaining(old.key().keyId() + ", then " + next.key().keyId());
    assertThatThrownBy(() -> wrong.clearsigned(bytes(RELEASE.replace("Release", "InRelease"))))
        .isInstanceOf(BadSignatureException.class);
  }
}
