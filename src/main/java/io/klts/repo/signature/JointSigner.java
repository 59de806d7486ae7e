package io.klts.repo.signature;

import io.klts.repo.blob.Blob;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The keys that sign the same files, one signature each, in the order of the signatures. The last
 * one is the primary key: of several signatures by keys that it does not know libzypp looks at the
 * last one only, and packages have but one.
 */
public final class JointSigner {

  private final List<Signer> signers;

  /**
   * @param signers none for files that are not signed
   */
  public JointSigner(List<Signer> signers) {
    this.signers = List.copyOf(signers);
  }

  /** The keys, in the order of their signatures. */
  public List<PublicKey> keys() {
    return signers.stream().map(Signer::key).toList();
  }

  /** The fingerprints of {@link #keys}. */
  public List<String> fingerprints() {
    return keys().stream().map(PublicKey::fingerprint).toList();
  }

  /** Whether there is no key at all. */
  public boolean isEmpty() {
    return signers.isEmpty();
  }

  /** Who signs what can have one signature only. */
  public Optional<Signer> primary() {
    return isEmpty() ? Optional.empty() : Optional.of(signers.get(signers.size() - 1));
  }

  /** One armored block with the signature packet of each key, see {@link Signer#detached}. */
  public byte[] detached(Blob data, Instant at) throws IOException {
    ByteArrayOutputStream packets = new ByteArrayOutputStream();
    for (Signer signer : signers) {
      packets.writeBytes(signer.detached(data, at));
    }
    return Armor.encode(packets.toByteArray());
  }

  /** The text in a frame with the signature of each key, see {@link Signer#clearsigned}. */
  public byte[] clearsigned(byte[] text, Instant at) throws IOException {
    ByteArrayOutputStream packets = new ByteArrayOutputStream();
    for (Signer signer : signers) {
      Cleartext.Framed framed = Cleartext.parse(signer.clearsigned(text, at));
      packets.writeBytes(Armor.decode(Cleartext.bytes(framed.signature())));
    }
    return Cleartext.of(text).frame(Armor.encode(packets.toByteArray()));
  }
}
