package io.klts.repo.signature;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.bcpg.sig.KeyFlags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureSubpacketVector;
import org.bouncycastle.openpgp.operator.jcajce.JcaPGPContentVerifierBuilderProvider;

/**
 * What a key says about itself, as far as its own valid signatures prove it (RFC 4880 5.2.3.3).
 *
 * @param userId the user id that was certified last; empty if none was
 * @param expires the end that goes with it; empty for a key without end
 * @param maySign whether the primary key itself, not only a subkey, may sign data
 * @param revoked whether the key took itself back
 * @param digests the hash algorithms (RFC 4880 9.4) of the signatures that hold the key together
 */
record SelfStatement(
    Optional<String> userId,
    Optional<Instant> expires,
    boolean maySign,
    boolean revoked,
    List<Integer> digests) {

  /** One user id and the newest certification that the key gave it. */
  private record Identity(String userId, PGPSignature certification) {}

  private interface Check {
    boolean passes(PGPSignature signature) throws PGPException;
  }

  static SelfStatement of(PGPPublicKeyRing ring) throws IOException {
    return Packets.parse("key", () -> read(ring));
  }

  private static SelfStatement read(PGPPublicKeyRing ring) {
    PGPPublicKey primary = ring.getPublicKey();
    List<Identity> identities = identities(primary);
    Optional<Identity> newest =
        identities.stream().max(Comparator.comparing(i -> i.certification().getCreationTime()));
    Optional<PGPSignatureSubpacketVector> says =
        newest.map(i -> i.certification().getHashedSubPackets());
    return new SelfStatement(
        newest.map(Identity::userId),
        says.map(PGPSignatureSubpacketVector::getKeyExpirationTime)
            .filter(seconds -> seconds != 0)
            .map(primary.getCreationTime().toInstant()::plusSeconds),
        says.filter(SelfStatement::allowsSigning).isPresent(),
        valid(
                primary,
                primary.getSignaturesOfType(PGPSignature.KEY_REVOCATION),
                s -> s.verifyCertification(primary))
            .findAny()
            .isPresent(),
        Stream.concat(identities.stream().map(Identity::certification), bindings(ring))
            .map(PGPSignature::getHashAlgorithm)
            .toList());
  }

  private static List<Identity> identities(PGPPublicKey primary) {
    List<Identity> identities = new ArrayList<>();
    for (Iterator<byte[]> ids = primary.getRawUserIDs(); ids.hasNext(); ) {
      byte[] id = ids.next();
      newest(primary, primary.getSignaturesForID(id), s -> s.verifyCertification(id, primary))
          .filter(PGPSignature::isCertification) // else it is a revocation of that user id
          .ifPresent(s -> identities.add(new Identity(printable(id), s)));
    }
    return identities;
  }

  /** What ties each subkey to the key: rpm checks these on import as well. */
  private static Stream<PGPSignature> bindings(PGPPublicKeyRing ring) {
    PGPPublicKey primary = ring.getPublicKey();
    List<PGPSignature> bindings = new ArrayList<>();
    for (PGPPublicKey subkey : ring) {
      newest(
              primary,
              subkey.getSignaturesOfType(PGPSignature.SUBKEY_BINDING),
              s -> s.verifyCertification(primary, subkey))
          .ifPresent(bindings::add);
    }
    return bindings.stream();
  }

  private static Optional<PGPSignature> newest(
      PGPPublicKey primary, Iterator<PGPSignature> signatures, Check check) {
    return valid(primary, signatures, check)
        .max(Comparator.comparing(PGPSignature::getCreationTime));
  }

  private static Stream<PGPSignature> valid(
      PGPPublicKey primary, Iterator<PGPSignature> signatures, Check check) {
    List<PGPSignature> valid = new ArrayList<>();
    while (signatures.hasNext()) {
      PGPSignature signature = signatures.next();
      if (signature.getKeyID() == primary.getKeyID()
          && signature.getHashedSubPackets() != null
          && passes(signature, primary, check)) {
        valid.add(signature);
      }
    }
    return valid.stream();
  }

  /** A signature that cannot be computed, for example with an unknown curve, proves nothing. */
  private static boolean passes(PGPSignature signature, PGPPublicKey primary, Check check) {
    try {
      signature.init(new JcaPGPContentVerifierBuilderProvider(), primary);
      return check.passes(signature);
    } catch (PGPException | RuntimeException e) {
      return false;
    }
  }

  /** Without the flags subpacket a key may do what its algorithm can (RFC 4880 5.2.3.21). */
  private static boolean allowsSigning(PGPSignatureSubpacketVector says) {
    int flags = says.getKeyFlags();
    return flags == 0 || (flags & KeyFlags.SIGN_DATA) != 0;
  }

  /** A user id comes from outside and goes to terminals and pages. */
  private static String printable(byte[] userId) {
    return new String(userId, StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", "?");
  }
}
