package io.klts.repo.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.klts.repo.publish.TinyTree;
import io.klts.repo.source.BadServer;
import io.klts.repo.source.BadServer.Fault;
import io.klts.repo.source.HttpSource;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever a server does, a verification ends, and says what was wrong and where. */
@Timeout(60)
class BadServerTest {

  private static final Instant NOW = Instant.parse("2026-11-25T00:00:00Z");
  private static final Duration ANSWER = Duration.ofSeconds(2);
  private static final Duration BODY = Duration.ofSeconds(3);

  /** Read once, whatever else is in the tree. */
  private static final String PACKAGE = "apt/pool/main/k/kubelet/kubelet_1.28.15-lts.1_amd64.deb";

  private static final String NOTHING = "no-such-file";

  @TempDir private static Path folder;
  private static Path tree;

  @BeforeAll
  static void publish() throws IOException {
    TinyTree tiny = new TinyTree(folder);
    tiny.publish("v1.28.15-lts.1");
    tree = tiny.root();
  }

  private static Report verify(BadServer server) throws IOException {
    try (HttpSource source = new HttpSource(server.url(), ANSWER, BODY)) {
      return Verification.run(source, Optional.of(TinyTree.key().key()), NOW);
    }
  }

  private static List<Problem> faults(Report report) {
    return report.problems().stream()
        .filter(problem -> problem.severity() == Problem.Severity.FAULT)
        .toList();
  }

  @Test
  void theServerIsGoodWhereItIsNotBad() throws IOException {
    try (BadServer server = new BadServer(tree, NOTHING, Fault.SILENT)) {
      assertThat(faults(verify(server))).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SILENT, request timed out",
    "STALLS, not complete after 3 seconds",
    "DRIPS, not complete after 3 seconds",
    "ENDLESS, that were announced",
    "ENDLESS_HEADER, ''",
    "ENDS_EARLY, ''",
    "SAYS_LESS, bytes",
    "SAYS_MORE, ''",
    "SAYS_NONSENSE, not an answer in HTTP",
    "REDIRECTS_IN_A_LOOP, HTTP status 302",
    "REDIRECTS_NOWHERE, not an answer in HTTP",
    "REDIRECTS_WITHOUT_A_WORD, Invalid redirection",
    "NO_HTTP, ''",
    "FAILS, HTTP status 500"
  })
  void aFileThatCannotBeReadIsAFaultOfThatFileOnly(Fault fault, String found) throws IOException {
    try (BadServer server = new BadServer(tree, PACKAGE, fault)) {
      List<Problem> faults = faults(verify(server));
      assertThat(faults).hasSize(1);
      assertThat(faults.get(0).file()).isEqualTo(PACKAGE);
      assertThat(faults.get(0).found()).contains(found);
    }
  }

  /** Without the manifest there is nothing that could be judged. */
  @ParameterizedTest
  @CsvSource({
    "SILENT, request timed out",
    "STALLS, not complete after 3 seconds",
    "ENDLESS, manifest: more than 33554432 bytes",
    "ENDS_EARLY, ''",
    "SAYS_NONSENSE, not an answer in HTTP",
    "REDIRECTS_IN_A_LOOP, HTTP status 302",
    "REDIRECTS_NOWHERE, not an answer in HTTP",
    "REDIRECTS_WITHOUT_A_WORD, Invalid redirection",
    "NO_HTTP, ''",
    "FAILS, HTTP status 500"
  })
  void aManifestThatCannotBeReadEndsTheVerification(Fault fault, String reason) throws IOException {
    try (BadServer server = new BadServer(tree, "manifest", fault)) {
      assertThatThrownBy(() -> verify(server))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("manifest")
          .hasMessageContaining(reason);
    }
  }

  @Test
  void aManifestThatIsCutOffIsAFaultAndNothingElseIsFetched() throws IOException {
    try (BadServer server = new BadServer(tree, "manifest", Fault.SAYS_LESS)) {
      Report report = verify(server);
      assertThat(faults(report)).anyMatch(problem -> problem.file().startsWith("manifest"));
      assertThat(report.notes()).anyMatch(note -> note.contains("nothing else was fetched"));
    }
  }

  /** What is in flight when the reader has seen enough is all that is sent beyond it. */
  @Test
  void noMoreIsReadThanTheManifestSays() throws IOException {
    try (BadServer server = new BadServer(tree, PACKAGE, Fault.ENDLESS)) {
      verify(server);
      assertThat(server.sent()).isLessThan(32 << 20);
    }
  }
}
