package io.klts.repo.verify;

import io.klts.repo.blob.Blob;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.signature.Signed;
import io.klts.repo.signature.SignedText;
import io.klts.repo.signature.Verifier;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Compares signatures with their files. */
final class Signatures {

  private static final String SIGN_AGAIN =
      "do not use the tree; restore it from a copy, or reindex it with the right key";

  private final List<PublicKey> keys;
  private final List<String> order;
  private final Instant now;
  private final Problems problems;

  /**
   * @param keys to trust; without one nothing is proven
   * @param order fingerprints of those that have to sign, in the order of their signatures; if
   *     empty, one of them is enough
   */
  Signatures(List<PublicKey> keys, List<String> order, Instant now, Problems problems) {
    this.keys = List.copyOf(keys);
    this.order = List.copyOf(order);
    this.now = now;
    this.problems = problems;
  }

  Instant now() {
    return now;
  }

  /** Whether zypper gets this key: the one that signs last. */
  boolean isPrimary(String fingerprint) {
    return order.isEmpty()
        ? keys.stream().anyMatch(key -> key.fingerprint().equals(fingerprint))
        : order.get(order.size() - 1).equals(fingerprint);
  }

  boolean detached(String path, byte[] content, String signaturePath, byte[] signature) {
    try {
      return isOfThePast(signaturePath, verifier().detached(Blob.of(content), signature));
    } catch (IOException e) {
      problems.fault(signaturePath, "a signature over " + path, e.getMessage(), SIGN_AGAIN);
      return false;
    }
  }

  /** A framed text that has to say the same as the plain one. */
  void clearsigned(String path, byte[] framed, String plainPath, byte[] plain) {
    Optional<byte[]> text = clearsigned(path, framed);
    if (text.isPresent() && !Arrays.equals(text.get(), plain)) {
      problems.fault(path, "the text of " + plainPath, "another text", SIGN_AGAIN);
    }
  }

  /** The text within a frame, if it was signed. */
  Optional<byte[]> clearsigned(String path, byte[] framed) {
    try {
      SignedText signed = verifier().clearsigned(framed);
      isOfThePast(path, signed.proof());
      return Optional.of(signed.text().bytes());
    } catch (IOException e) {
      problems.fault(path, "a text with its signature", e.getMessage(), SIGN_AGAIN);
      return Optional.empty();
    }
  }

  private Verifier verifier() throws IOException {
    if (keys.isEmpty()) {
      throw new IOException("no key to verify it with");
    }
    return new Verifier(keys, order);
  }

  private boolean isOfThePast(String path, Signed signed) {
    if (signed.at().isAfter(now)) {
      problems.fault(
          path,
          "a signature made before " + now,
          "one of " + signed.at(),
          "set the clock of this machine right, or sign again");
    }
    return true;
  }
}
