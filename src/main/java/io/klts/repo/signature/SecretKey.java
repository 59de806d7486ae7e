package io.klts.repo.signature;

import io.klts.repo.blob.Blob;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPrivateKey;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureGenerator;
import org.bouncycastle.openpgp.PGPSignatureSubpacketGenerator;
import org.bouncycastle.openpgp.operator.jcajce.JcaPGPContentSignerBuilder;
import org.bouncycastle.openpgp.operator.jcajce.JcaPGPKeyConverter;
import org.bouncycastle.openpgp.operator.jcajce.JcaPGPPrivateKey;

/**
 * An RSA key in the memory of this process.
 *
 * <p>The same key, data and time give the same signature: RSA with PKCS #1 v1.5 padding has no
 * random part (RFC 8017 8.2) and nothing else is put into the packet.
 */
public final class SecretKey implements Signer {

  private final PublicKey key;
  private final PGPPrivateKey secret;

  private SecretKey(PublicKey key, PGPPrivateKey secret) {
    this.key = key;
    this.secret = secret;
  }

  /**
   * Reads, checks and unlocks a key. This is the gate: whoever holds a {@code SecretKey} may start
   * to write, because every rule of {@link KeyLint} that refuses has been kept at {@code now}.
   *
   * @param file one secret key, armored or binary, at most 1 MiB
   * @param passphrase empty for a key without protection, and of no effect then. It is neither kept
   *     nor changed: the caller wipes it
   * @param now the time to judge expiry by
   * @throws KeyException if the key cannot or must not be used; says why and what to do
   */
  public static SecretKey load(Path file, char[] passphrase, Instant now) throws IOException {
    SecretKeyFile content = SecretKeyFile.read(file);
    PublicKey key = content.publicHalf();
    KeyLint.refuseUnsound(file.toString(), key, now);
    PGPPrivateKey unlocked = content.unlock(passphrase);
    try {
      // Converted once here, not in each signature.
      PrivateKey rsa = new JcaPGPKeyConverter().getPrivateKey(unlocked);
      return new SecretKey(key, new JcaPGPPrivateKey(key.primary(), rsa));
    } catch (PGPException e) {
      throw new KeyException(
          "cannot use the signing key " + file, "Java refuses it", "make another key", e);
    }
  }

  /**
   * The public half of a secret key file, to export it or to {@linkplain KeyLint#check check} it.
   * No passphrase is needed and no rule is applied.
   *
   * @throws KeyException if the file does not hold one secret key
   */
  public static PublicKey publicHalf(Path file) throws IOException {
    return SecretKeyFile.read(file).publicHalf();
  }

  @Override
  public PublicKey key() {
    return key;
  }

  /**
   * {@inheritDoc}
   *
   * @throws KeyException if the key has ended at the time of the signature
   */
  @Override
  public byte[] detached(Blob data, Instant at) throws IOException {
    return signature(PGPSignature.BINARY_DOCUMENT, data, at);
  }

  /**
   * {@inheritDoc}
   *
   * @throws KeyException if the key has ended at the time of the signature
   */
  @Override
  public byte[] clearsigned(byte[] text, Instant at) throws IOException {
    Cleartext clear = Cleartext.of(text);
    Blob canonical = Blob.of(clear.canonical());
    byte[] packet = signature(PGPSignature.CANONICAL_TEXT_DOCUMENT, canonical, at);
    return clear.frame(Armor.encode(packet));
  }

  private byte[] signature(int type, Blob data, Instant at) throws IOException {
    try {
      PGPSignatureGenerator generator = generator(type, key.signingTime(at));
      byte[] buffer = new byte[1 << 16];
      try (InputStream in = data.open()) {
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          generator.update(buffer, 0, n);
        }
      }
      return Packets.write(generator.generate()::encode);
    } catch (PGPException e) {
      throw new KeyException("cannot sign with " + key, e.getMessage(), "nothing was signed", e);
    }
  }

  private PGPSignatureGenerator generator(int type, Instant at) throws PGPException {
    PGPSignatureGenerator generator =
        new PGPSignatureGenerator(
            new JcaPGPContentSignerBuilder(
                PublicKeyAlgorithmTags.RSA_GENERAL, HashAlgorithmTags.SHA256),
            key.primary());
    generator.init(type, secret);
    PGPSignatureSubpacketGenerator hashed = new PGPSignatureSubpacketGenerator();
    // In the order of gpg, so that a tree is the same whoever signs.
    hashed.setIssuerFingerprint(false, key.primary());
    hashed.setSignatureCreationTime(false, Date.from(at));
    generator.setHashedSubpackets(hashed.generate());
    PGPSignatureSubpacketGenerator unhashed = new PGPSignatureSubpacketGenerator();
    unhashed.setIssuerKeyID(false, key.primary().getKeyID()); // rpm 4.11 looks for this one
    generator.setUnhashedSubpackets(unhashed.generate());
    return generator;
  }

  /** The public half only. */
  @Override
  public String toString() {
    return key.toString();
  }
}
