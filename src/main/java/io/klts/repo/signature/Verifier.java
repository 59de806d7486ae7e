package io.klts.repo.signature;

import io.klts.repo.blob.Blob;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import org.bouncycastle.bcpg.BCPGInputStream;
import org.bouncycastle.bcpg.PacketTags;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.operator.jcajce.JcaPGPContentVerifierBuilderProvider;

/**
 * Verifies against the keys it was given, as strictly as the strictest client: only primary keys
 * sign, only SHA-2 counts, a key that is revoked proves nothing, and the time of the signature lies
 * within the life of its key. It has no clock: whether a key or a signature is too old by now is
 * for the caller to say.
 */
public final class Verifier {

  /** Room for the signatures of several keys, as during a change of keys. */
  private static final int LIMIT = 1 << 16;

  private final List<PublicKey> trusted;
  private final List<String> order;

  /**
   * @param trusted the keys to trust, at least one
   */
  public Verifier(List<PublicKey> trusted) {
    this(trusted, List.of());
  }

  /**
   * A verifier that takes nothing but the signatures of some keys, in their order: libzypp looks at
   * one only.
   *
   * @param trusted the keys to trust, at least one
   * @param order fingerprints of those that have to sign; if empty, one of them is enough
   */
  public Verifier(List<PublicKey> trusted, List<String> order) {
    this.order = List.copyOf(order);
    if (trusted.isEmpty()) {
      throw new IllegalArgumentException("no key to verify with");
    }
    this.trusted = List.copyOf(trusted);
  }

  /**
   * Verifies a signature over bytes as they are.
   *
   * @param signature armored or binary, at most 64 KiB. It may hold several signatures: those of
   *     unknown keys are passed over, each one of a trusted key has to be right
   * @return the first signature of a trusted key
   * @throws BadSignatureException if no trusted key signed, or one did not sign this
   * @throws IOException if {@code signature} is damaged, or {@code data} cannot be read
   */
  public Signed detached(Blob data, byte[] signature) throws IOException {
    return verify(PGPSignature.BINARY_DOCUMENT, data, signature);
  }

  /**
   * Verifies a text that carries its signature (RFC 4880 7).
   *
   * @return the text within, see {@link SignedText}
   * @throws BadSignatureException as {@link #detached}
   * @throws IOException if the frame is damaged or has anything before, behind or between
   */
  public SignedText clearsigned(byte[] framed) throws IOException {
    Cleartext.Framed parts = Cleartext.parse(framed);
    Cleartext text = parts.text();
    byte[] signature = parts.signature().getBytes(StandardCharsets.ISO_8859_1);
    Blob canonical = Blob.of(text.canonical());
    Signed proof = verify(PGPSignature.CANONICAL_TEXT_DOCUMENT, canonical, signature);
    return new SignedText(Blob.of(text.plain()), proof);
  }

  private Signed verify(int type, Blob data, byte[] content) throws IOException {
    List<Signed> proofs = new ArrayList<>();
    List<PGPSignature> signatures = signatures(content);
    checkOrder(signatures);
    for (PGPSignature signature : signatures) {
      Optional<PublicKey> key = signer(signature);
      if (key.isPresent()) {
        proofs.add(verify(type, data, signature, key.get()));
      }
    }
    if (proofs.isEmpty()) {
      throw new BadSignatureException(
          "a signature by " + trusted.stream().map(PublicKey::toString).collect(joining()),
          "only by " + signatures.stream().map(Verifier::issuer).collect(joining()));
    }
    return proofs.get(0);
  }

  private void checkOrder(List<PGPSignature> signatures) throws BadSignatureException {
    List<String> expected = order.stream().map(key -> key.substring(24)).toList();
    List<String> found = signatures.stream().map(Verifier::issuer).toList();
    if (!expected.isEmpty() && !expected.equals(found)) {
      throw new BadSignatureException(
          "one signature each by " + String.join(", then ", expected),
          "signatures by " + String.join(", then ", found));
    }
  }

  /** All signatures, binary or armored, without anything else between. Nothing is proven yet. */
  static List<PGPSignature> signatures(byte[] content) throws IOException {
    Packets packets = Packets.read(content, LIMIT);
    long count = packets.count(PacketTags.SIGNATURE);
    if (count != packets.tags().size()) {
      throw new IOException("expected nothing but signatures, found other OpenPGP packets");
    }
    BCPGInputStream in = new BCPGInputStream(new ByteArrayInputStream(packets.bytes()));
    List<PGPSignature> signatures = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      signatures.add(Packets.parse("signature", () -> new PGPSignature(in)));
    }
    return signatures;
  }

  /** The key that a signature names, which still has to be proven. */
  private Optional<PublicKey> signer(PGPSignature signature) throws BadSignatureException {
    for (PublicKey key : trusted) {
      if (key.hasSubkey(signature.getKeyID())) {
        throw new BadSignatureException(
            "a signature by the primary key of " + key + ", as EL 7 does",
            "one by its subkey " + issuer(signature));
      }
      if (key.primary().getKeyID() == signature.getKeyID()) {
        return Optional.of(key);
      }
    }
    return Optional.empty();
  }

  private static Signed verify(int type, Blob data, PGPSignature signature, PublicKey key)
      throws IOException {
    Instant at = signature.getCreationTime().toInstant();
    checkForm(type, signature, key);
    checkTime(at, key);
    if (!matches(data, signature, key)) {
      throw new BadSignatureException(
          "data as " + key + " signed it at " + at,
          data.size() + " bytes that are not what was signed, or a changed signature");
    }
    return new Signed(key, at);
  }

  private static void checkForm(int type, PGPSignature signature, PublicKey key)
      throws BadSignatureException {
    if (signature.getVersion() != 4 || signature.getSignatureType() != type) {
      throw new BadSignatureException(
          "a version 4 signature of type " + type + " by " + key,
          "version " + signature.getVersion() + ", type " + signature.getSignatureType());
    }
    if (!KeyLint.isStrong(signature.getHashAlgorithm())) {
      throw new BadSignatureException(
          "a signature by " + key + " with SHA-256, SHA-384 or SHA-512",
          "OpenPGP hash algorithm " + signature.getHashAlgorithm());
    }
    if (signature.getHashedSubPackets().getSignatureExpirationTime() != 0) {
      throw new BadSignatureException(
          "a signature without end by " + key, "one that is void after a while");
    }
  }

  private static void checkTime(Instant at, PublicKey key) throws BadSignatureException {
    if (key.self().revoked()) {
      throw new BadSignatureException("a key that is in force", key + ", which is revoked");
    }
    if (at.isBefore(key.created()) || key.isExpired(at)) {
      throw new BadSignatureException(
          "a signature within the life of " + key + ", which began at " + key.created(),
          "one of " + at);
    }
  }

  private static boolean matches(Blob data, PGPSignature signature, PublicKey key)
      throws IOException {
    Packets.parse(
        "signature",
        () -> {
          signature.init(new JcaPGPContentVerifierBuilderProvider(), key.primary());
          return signature;
        });
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = data.open()) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        signature.update(buffer, 0, n);
      }
    }
    return Packets.parse("signature", signature::verify);
  }

  private static String issuer(PGPSignature signature) {
    return String.format("%016X", signature.getKeyID());
  }

  private static Collector<CharSequence, ?, String> joining() {
    return Collectors.joining(", ");
  }
}
