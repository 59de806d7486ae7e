package io.klts.repo.signature;

import io.klts.repo.blob.Blob;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.SignatureSubpacketTags;
import org.bouncycastle.openpgp.PGPSignature;

/**
 * A key that another program or a device keeps. Nothing that it gives is believed: each signature
 * is verified with the public key before anybody else sees it.
 *
 * <p>One signature is made at a time, because cards and tokens can do no more.
 */
final class ExternalSigner implements Signer {

  /** What is asked for. */
  enum Kind {
    /** One detached signature over bytes, type 0x00. */
    DETACHED,
    /** A text in the cleartext framework; its signature is of type 0x01. */
    CLEARSIGN
  }

  /** Who has the secret key. */
  interface Holder {
    /**
     * Signs.
     *
     * @param at the time that the signature should name; the holder may have a clock of its own
     * @return whatever came back, which nobody has looked at
     */
    byte[] sign(Kind kind, Blob data, Instant at) throws IOException;
  }

  private final PublicKey key;
  private final Holder holder;
  private final Verifier verifier;
  private final InstantSource clock;
  private final Object turn = new Object();

  /**
   * @throws KeyException if the key breaks a rule of {@link KeyLint} that refuses
   */
  ExternalSigner(PublicKey key, Holder holder, InstantSource clock) throws KeyException {
    KeyLint.refuseUnsound(key.toString(), key, clock.instant());
    this.key = key;
    this.holder = holder;
    this.verifier = new Verifier(List.of(key));
    this.clock = clock;
  }

  @Override
  public PublicKey key() {
    return key;
  }

  @Override
  public byte[] detached(Blob data, Instant at) throws IOException {
    Instant time = key.signingTime(at);
    byte[] output = ask(Kind.DETACHED, data, time);
    try {
      PGPSignature signature = single(output);
      byte[] packet = Packets.write(signature::encode);
      check(signature, verifier.detached(data, packet), time);
      return packet;
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>A detached signature cannot take the place of this one: the two have different types. The
   * frame is made anew, so that it is the same whoever signs.
   */
  @Override
  public byte[] clearsigned(byte[] text, Instant at) throws IOException {
    Cleartext clear = Cleartext.of(text);
    Instant time = key.signingTime(at);
    byte[] output = ask(Kind.CLEARSIGN, Blob.of(clear.plain()), time);
    try {
      Cleartext.Framed framed = Cleartext.parse(output);
      if (!framed.text().equals(clear)) {
        throw new BadSignatureException("the text that was to be signed", "another text");
      }
      PGPSignature signature = single(Cleartext.bytes(framed.signature()));
      byte[] ours = clear.frame(Armor.encode(Packets.write(signature::encode)));
      check(signature, verifier.clearsigned(ours).proof(), time);
      return ours;
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  private byte[] ask(Kind kind, Blob data, Instant time) throws IOException {
    synchronized (turn) {
      return holder.sign(kind, data, time);
    }
  }

  /** The one signature that there is, if it has the form that every client reads. */
  private static PGPSignature single(byte[] output) throws IOException {
    List<PGPSignature> signatures = Verifier.signatures(output);
    if (signatures.size() != 1) {
      // libzypp looks at the last one only, gpg 2.0 of EL 7 fails on several
      throw new BadSignatureException("one signature", signatures.size() + " signatures");
    }
    PGPSignature signature = signatures.get(0);
    if (signature.getVersion() != 4) {
      throw new BadSignatureException(
          "a version 4 signature", "one of version " + signature.getVersion());
    }
    if (!signature.getHashedSubPackets().hasSubpacket(SignatureSubpacketTags.ISSUER_KEY_ID)
        && !signature.getUnhashedSubPackets().hasSubpacket(SignatureSubpacketTags.ISSUER_KEY_ID)) {
      throw new BadSignatureException(
          "a signature with the id of its key, which rpm of EL 7 needs", "one without");
    }
    return signature;
  }

  /**
   * What a valid signature has to keep besides. The holder's clock may differ from the wish, but
   * clients refuse what is from the future.
   */
  private void check(PGPSignature signature, Signed proof, Instant wish)
      throws BadSignatureException {
    if (signature.getHashAlgorithm() != HashAlgorithmTags.SHA256) {
      throw new BadSignatureException(
          "a signature with SHA-256 (8)",
          "one with OpenPGP hash algorithm " + signature.getHashAlgorithm());
    }
    Instant now = clock.instant();
    if (proof.at().isAfter(wish) && proof.at().isAfter(now)) {
      throw new BadSignatureException(
          "a signature not later than now, " + now, "one of " + proof.at());
    }
  }

  private KeyException unusable(IOException e) {
    return new KeyException(
        "cannot use what the signing program gave for " + key,
        e.getMessage(),
        "check which key, hash and clock it signs with",
        e);
  }

  /** The public half only. */
  @Override
  public String toString() {
    return key.toString();
  }
}
