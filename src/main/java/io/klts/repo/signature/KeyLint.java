package io.klts.repo.signature;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;

/**
 * The rules a signing key has to keep so that every client from EL 7 to today's verifies with it.
 * No {@link Signer} is made of a key that breaks one.
 */
public final class KeyLint {

  /** How long before its end a key is reported: time to renew it and to reach every machine. */
  public static final Duration NOTICE = Duration.ofDays(180);

  private static final int LEAST_BITS = 3072;

  private static final String MAKE_ANOTHER = "make another key";

  private final List<Finding> findings = new ArrayList<>();
  private final PublicKey key;
  private final Instant now;

  private KeyLint(PublicKey key, Instant now) {
    this.key = key;
    this.now = now;
  }

  /** Everything there is to say about a key at a time, refusals first. Empty for a good key. */
  public static List<Finding> check(PublicKey key, Instant now) {
    KeyLint lint = new KeyLint(key, now);
    lint.checkAlgorithm();
    lint.checkSelfSignatures();
    lint.checkTimes();
    return List.copyOf(lint.findings);
  }

  /**
   * The gate for every key that is to sign.
   *
   * @param name what the user calls the key
   * @throws KeyException if a rule that refuses is broken; says which, and what to do
   */
  static void refuseUnsound(String name, PublicKey key, Instant now) throws KeyException {
    List<Finding> refusals = check(key, now).stream().filter(Finding::refuses).toList();
    if (!refusals.isEmpty()) {
      throw new KeyException(
          "cannot use the signing key " + name,
          refusals.stream().map(Finding::toString).collect(Collectors.joining("; ")),
          "nothing was signed",
          null);
    }
  }

  private void checkAlgorithm() {
    int algorithm = key.primary().getAlgorithm();
    int bits = key.primary().getBitStrength();
    if (algorithm == PublicKeyAlgorithmTags.DSA) {
      refuse("a DSA key, expected RSA", "rpm 6 and EL 9 do not verify DSA", MAKE_ANOTHER);
    } else if (algorithm != PublicKeyAlgorithmTags.RSA_GENERAL) {
      refuse(
          "a primary key of OpenPGP algorithm " + algorithm + ", expected RSA (1)",
          "rpm of EL 7 verifies neither EdDSA nor ECDSA",
          MAKE_ANOTHER);
    } else if (bits < LEAST_BITS) {
      refuse(
          "an RSA key of " + bits + " bits, expected " + LEAST_BITS + " or 4096",
          "hosts with a strict crypto policy, such as EL 9 in FUTURE mode, do not take it",
          MAKE_ANOTHER);
    }
  }

  private void checkSelfSignatures() {
    SelfStatement self = key.self();
    if (self.userId().isEmpty()) {
      refuse(
          "no user id with a valid self-signature",
          "gpg and rpm do not import such a key",
          "export the key again");
    } else if (!self.maySign()) {
      refuse(
          "only a subkey may sign, the primary key must",
          "rpm of EL 7 does not verify signatures of subkeys",
          MAKE_ANOTHER + " whose primary key signs");
    }
    if (!self.digests().stream().allMatch(KeyLint::isStrong)) {
      refuse(
          "a self-signature or subkey binding with SHA-1 or another broken hash, expected SHA-256",
          "EL 9 refuses it, and so does apt with sqv (Debian 13) since February 2026",
          "sign the key again: gpg --cert-digest-algo SHA256 --quick-set-expire FINGERPRINT 5y");
    }
    if (self.revoked()) {
      refuse("the key is revoked", "no client takes it", MAKE_ANOTHER);
    }
  }

  private void checkTimes() {
    if (key.created().isAfter(now)) {
      refuse(
          "the key was made at " + key.created() + ", now it is " + now,
          "clients do not take signatures from the future",
          "set the clock of this machine right");
    }
    if (key.isExpired(now)) {
      refuse(
          "the key expired at " + key.expires().orElseThrow(),
          "apt and gpg do not take it",
          "renew it: gpg --quick-set-expire FINGERPRINT 5y");
    } else if (key.isExpired(now.plus(NOTICE))) {
      Instant end = key.expires().orElseThrow();
      findings.add(
          new Finding(
              Finding.Severity.WARN,
              "the key expires at " + end + ", in " + Duration.between(now, end).toDays() + " days",
              "from then on apt and gpg do not take it",
              "renew it now, machines need time to fetch it:"
                  + " gpg --quick-set-expire FINGERPRINT 5y"));
    }
  }

  /** RFC 4880 9.4. SHA-224 is left out: nobody makes it, and EL 9 does not promise to take it. */
  static boolean isStrong(int digest) {
    return digest == HashAlgorithmTags.SHA256
        || digest == HashAlgorithmTags.SHA384
        || digest == HashAlgorithmTags.SHA512;
  }

  private void refuse(String what, String breaks, String remedy) {
    findings.add(new Finding(Finding.Severity.REFUSE, what, breaks, remedy));
  }
}
