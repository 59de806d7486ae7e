package io.klts.repo.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.klts.repo.blob.Sha256;
import io.klts.repo.catalogue.Identity;
import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.signature.NewKey;
import io.klts.repo.signature.SecretKey;
import io.klts.repo.signature.Signer;
import io.klts.repo.tree.LocalTree;
import io.klts.repo.tree.StoredTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.io.function.IOConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of a tree by looking at it. */
class StatusTest {

  private static final Instant NOW = Instant.parse("2026-11-25T04:05:06Z");
  private static final String KEY = "keys/golden.asc";

  @TempDir Path folder;
  private TinyTree tiny;

  @BeforeEach
  void publish() throws IOException {
    tiny = new TinyTree(folder);
    tiny.publish("v1.28.15-lts.1");
    tiny.publish("v1.28.15-lts.2");
  }

  private Status status(Instant now) throws IOException {
    return StoredTree.look(tiny.root(), tree -> Status.of(tree, now));
  }

  private void change(Signer signer, IOConsumer<Publication> change) throws IOException {
    Identity identity = Identity.load(TinyTree.GOLDEN.resolve("templates"));
    try (LocalTree tree = LocalTree.open(tiny.root(), Duration.ZERO, holder -> {})) {
      Publication publication =
          new Publication(tree, identity, TinyTree.site(TinyTree.URL), List.of(signer));
      change.accept(publication);
      publication.commitAll();
    }
  }

  private void refresh(int days) throws IOException {
    change(TinyTree.key(), publication -> publication.refresh(NOW, days));
  }

  @Test
  void saysWhatIsThere() throws IOException {
    change(
        TinyTree.key(),
        publication -> publication.withdraw(LtsVersion.parse("v1.28.15-lts.2"), "broken"));
    Status status = status(NOW);
    assertThat(status.serial()).isEqualTo(3);
    assertThat(status.generations()).containsExactly(2L, 1L);
    // kubelet for two architectures; runc for one, in two formats.
    assertThat(status.channels())
        .containsExactly(new Status.Channel("v1.28", 1, 1, "v1.28.15-lts.1", 4, 4));
    assertThat(Instant.parse(status.published()))
        .isBetween(Instant.now().minusSeconds(60), Instant.now());
    assertThat(status.bytes()).isPositive();
    // The files of the withdrawn release, which are younger than three days.
    assertThat(status.olderBytes()).isPositive();
    assertThat(status.prunableBytes()).isZero();
    assertThat(status.problems()).isEmpty();
    assertThat(status.warnings()).isEmpty();
    assertThat(status.isHealthy()).isTrue();
  }

  @Test
  void namesTheKeyAndItsEnd() throws IOException {
    SecretKey key = TinyTree.key();
    Instant end = key.key().expires().orElseThrow();
    Status.Key found = status(end.minus(Duration.ofDays(181))).keys().get(0);
    assertThat(found.path()).isEqualTo(KEY);
    assertThat(found.fingerprint()).isEqualTo(key.key().fingerprint());
    assertThat(found.signs()).isTrue();
    assertThat(found.daysLeft()).isEqualTo(181);
    assertThat(status(end.minus(Duration.ofDays(181))).warnings()).isEmpty();

    Status soon = status(end.minus(Duration.ofDays(180)));
    assertThat(soon.warnings()).hasSize(1);
    assertThat(soon.warnings().get(0)).startsWith(KEY + ": the key expires at " + end);
    assertThat(soon.isHealthy()).isTrue();

    Status ended = status(end);
    assertThat(ended.isHealthy()).isFalse();
    assertThat(ended.keys().get(0).daysLeft()).isZero();
    assertThat(ended.problems().get(0)).startsWith(KEY + ": the key expired at " + end);
  }

  @Test
  void saysThatTheKeyIsAnother() throws IOException {
    Files.write(tiny.root().resolve(KEY), otherKey().key().armored());
    assertThat(status(NOW).problems())
        .containsExactly(
            "keys/ lacks " + TinyTree.key().key().fingerprint() + ", which signed the tree");
    Files.writeString(tiny.root().resolve(KEY), "no key");
    assertThat(status(NOW).problems()).hasSize(2);
  }

  private SecretKey otherKey() throws IOException {
    Path file = folder.resolve("other.asc");
    Instant made = NOW.minus(Duration.ofDays(9));
    NewKey.generate("Other", "other@example.org", new char[0], Period.ofYears(5), made)
        .saveSecret(file);
    return SecretKey.load(file, new char[0], NOW);
  }

  @Test
  void indexesThatEndWithinTwoDaysAreAProblem() throws IOException {
    assertThat(status(NOW).validity().until()).isEmpty();
    assertThat(status(NOW).validity().daysLeft()).isNull();
    refresh(14);
    Instant end = NOW.plus(Duration.ofDays(14));
    Status fresh = status(NOW);
    assertThat(fresh.validity())
        .isEqualTo(new Status.Validity(NOW.toString(), 14, end.toString(), 14L));
    assertThat(fresh.isHealthy()).isTrue();
    assertThat(status(end.minus(Duration.ofDays(2))).isHealthy()).isTrue();
    assertThat(status(end.minus(Duration.ofDays(2)).plusSeconds(1)).problems())
        .containsExactly(
            "the indexes end at " + end + ": apt refuses them from then on; run refresh");
    Status ended = status(end.plusSeconds(1));
    assertThat(ended.problems().get(0)).startsWith("the indexes ended at " + end);
    assertThat(ended.validity().daysLeft()).isEqualTo(-1);
    // As the index itself has it.
    assertThat(Files.readString(tiny.root().resolve("apt/dists/v1.28/Release")))
        .contains("Valid-Until: Wed, 09 Dec 2026 04:05:06 UTC");
  }

  @Test
  void aRunThatDiedIsAProblemAndOneThatGoesOnIsNot() throws IOException {
    Path note = tiny.root().resolve(".klts/changing");
    Files.writeString(note, Sha256.of(new byte[0]) + "\n");
    Status died = status(NOW);
    assertThat(died.unfinished()).isTrue();
    assertThat(died.running()).isEmpty();
    assertThat(died.problems())
        .containsExactly(
            "a run died in the middle of a change; run the same again, which finishes it");

    try (LocalTree open = LocalTree.open(tiny.root(), Duration.ZERO, holder -> {})) {
      Status during = status(NOW);
      assertThat(during.running()).startsWith("process " + ProcessHandle.current().pid() + " on ");
      assertThat(during.unfinished()).isTrue();
      assertThat(during.isHealthy()).isTrue();
      assertThat(open.unfinished()).isTrue();
    }
    assertThat(status(NOW).running()).isEmpty();
  }

  @Test
  void theNameOfAProcessThatIsGoneIsNotBelieved() throws IOException {
    Path lock = tiny.root().resolve(".klts/lock");
    String mine;
    try (LocalTree open = LocalTree.open(tiny.root(), Duration.ZERO, holder -> {})) {
      assertThat(open.root()).isEqualTo(tiny.root());
      mine = Files.readString(lock);
    }
    assertThat(lock).isEmptyFile();
    Files.writeString(lock, mine);
    assertThat(status(NOW).running()).isEqualTo(mine.strip());
    // No process has such a number.
    Files.writeString(lock, mine.replaceFirst("process \\d+", "process 999999999"));
    assertThat(status(NOW).running()).isEmpty();
    // The number was given again, to this process.
    Files.writeString(lock, mine.replaceFirst("since \\d{4}", "since 2001"));
    assertThat(status(NOW).running()).isEmpty();
    // Processes of other hosts cannot be seen.
    String elsewhere = mine.replaceFirst("process \\d+ on \\S+", "process 999999999 on elsewhere");
    Files.writeString(lock, elsewhere);
    assertThat(status(NOW).running()).isEqualTo(elsewhere.strip());
  }

  @Test
  void looksAndLeavesNoTrace() throws IOException {
    Map<Path, String> before = snapshot();
    status(NOW);
    StoredTree.look(tiny.root(), tree -> Difference.of(tree, Optional.empty(), Optional.empty()));
    assertThat(snapshot()).isEqualTo(before);
  }

  /** All files and folders with their times. */
  private Map<Path, String> snapshot() throws IOException {
    Map<Path, String> snapshot = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(tiny.root())) {
      for (Path path : paths.toList()) {
        String content = Files.isRegularFile(path) ? Sha256.of(path).hex() : "folder";
        snapshot.put(path, content + " " + Files.getLastModifiedTime(path));
      }
    }
    return snapshot;
  }

  @Test
  void aStateThatWasDamagedIsAnError() throws IOException {
    Files.writeString(tiny.root().resolve("packages.json"), "{}");
    assertThatThrownBy(() -> status(NOW))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("packages.json has SHA-256 ");
  }

  @Test
  void looksAgainIfTheTreeChangedMeanwhile() throws IOException {
    long[] seen = new long[2];
    int[] looks = new int[1];
    StoredTree.look(
        tiny.root(),
        tree -> {
          seen[looks[0]++] = tree.manifest().serial();
          if (looks[0] == 1) {
            refresh(14);
            throw new IOException("a file was another than before");
          }
          return tree;
        });
    assertThat(seen).containsExactly(2, 3);
  }
}
