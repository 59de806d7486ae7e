package io.klts.repo.signature;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyLintTest {

  @Test
  void aGoodKeyHasNoFindings() throws IOException {
    assertThat(KeyLint.check(TestKeys.publicHalf("good.asc"), TestKeys.NOW)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "expired.asc, expired at 2025-01-01T00:00:00Z, apt",
    "revoked.asc, revoked, no client",
    "sha1.asc, SHA-1, EL 9",
    "sha1-subkey.asc, SHA-1, EL 9",
    "subkey.asc, only a subkey, EL 7",
    "rsa2048.asc, 2048 bits, FUTURE",
    "dsa.asc, DSA, rpm 6",
    "ed25519.asc, algorithm 22, EL 7",
    "nistp256.asc, algorithm 19, EL 7",
  })
  void refusesWhatSomeClientCannotVerify(String file, String what, String client)
      throws IOException {
    List<Finding> findings = KeyLint.check(TestKeys.publicHalf(file), TestKeys.NOW);

    assertThat(findings).hasSize(1);
    Finding finding = findings.get(0);
    assertThat(finding.refuses()).isTrue();
    assertThat(finding.what()).contains(what);
    assertThat(finding.breaks()).contains(client);
    assertThat(finding.remedy()).isNotBlank();
    assertThat(finding)
        .hasToString(finding.what() + " (" + finding.breaks() + "); " + finding.remedy());
  }

  @Test
  void warnsFromAHundredAndEightyDaysBeforeTheEnd() throws IOException {
    PublicKey key = TestKeys.publicHalf("good.asc");
    Instant notice = key.expires().orElseThrow().minus(Duration.ofDays(180));

    assertThat(KeyLint.check(key, notice.minusSeconds(1))).isEmpty();
    List<Finding> findings = KeyLint.check(key, notice);
    assertThat(findings).hasSize(1);
    assertThat(findings.get(0).refuses()).isFalse();
    assertThat(findings.get(0).what()).contains("2044-01-01").contains("in 180 days");
  }

  @Test
  void refusesAKeyFromTheFuture() throws IOException {
    PublicKey key = TestKeys.publicHalf("good.asc");

    assertThat(KeyLint.check(key, key.created())).isEmpty();
    assertThat(KeyLint.check(key, key.created().minusSeconds(1)))
        .singleElement()
        .satisfies(finding -> assertThat(finding.remedy()).contains("clock"));
  }

  @Test
  void refusesAKeyWithoutAProvenUserId() throws IOException {
    byte[] forged = TestKeys.bytes("good-public.pgp");
    forged[forged.length - 1] ^= 1; // the last octet of the self-signature

    assertThat(KeyLint.check(PublicKey.read(forged), TestKeys.NOW))
        .singleElement()
        .satisfies(finding -> assertThat(finding.what()).contains("no user id"));
  }
}
