package io.klts.repo.signature;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyPacket;
import org.bouncycastle.bcpg.SymmetricKeyAlgorithmTags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPSecretKey;
import org.bouncycastle.openpgp.PGPSecretKeyRing;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureGenerator;
import org.bouncycastle.openpgp.operator.bc.BcPBESecretKeyDecryptorBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPBESecretKeyEncryptorBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPDigestCalculatorProvider;
import org.bouncycastle.openpgp.operator.jcajce.JcaKeyFingerprintCalculator;
import org.bouncycastle.openpgp.operator.jcajce.JcaPGPContentSignerBuilder;
import org.bouncycastle.openpgp.operator.jcajce.JcaPGPKeyPair;

/** Keys that a modern gpg does not make. */
final class CraftedKey {

  private CraftedKey() {}

  /** A key whose user id gpg would not take. */
  static PGPPublicKeyRing withUserId(String userId) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(1024);
    PGPKeyPair pair =
        new JcaPGPKeyPair(
            PublicKeyPacket.VERSION_4,
            PublicKeyAlgorithmTags.RSA_GENERAL,
            generator.generateKeyPair(),
            Date.from(TestKeys.NOW));
    PGPPublicKey bare = pair.getPublicKey();
    PGPSignatureGenerator self =
        new PGPSignatureGenerator(
            new JcaPGPContentSignerBuilder(
                PublicKeyAlgorithmTags.RSA_GENERAL, HashAlgorithmTags.SHA256),
            bare);
    self.init(PGPSignature.POSITIVE_CERTIFICATION, pair.getPrivateKey());
    PGPPublicKey certified =
        PGPPublicKey.addCertification(bare, userId, self.generateCertification(userId, bare));
    return new PGPPublicKeyRing(List.of(certified));
  }

  /** A key protected with CAST5, as gpg 1.4 and 2.0 do it. */
  static byte[] protectedWithCast5(byte[] unprotected, char[] passphrase)
      throws IOException, PGPException {
    BcPGPDigestCalculatorProvider digests = new BcPGPDigestCalculatorProvider();
    return PGPSecretKeyRing.copyWithNewPassword(
            ring(unprotected),
            new BcPBESecretKeyDecryptorBuilder(digests).build(TestKeys.NO_PASSPHRASE),
            new BcPBESecretKeyEncryptorBuilder(
                    SymmetricKeyAlgorithmTags.CAST5, digests.get(HashAlgorithmTags.SHA1))
                .build(passphrase))
        .getEncoded();
  }

  /** The public numbers and signatures of one unprotected key with the secret ones of another. */
  static byte[] halves(byte[] publicHalf, byte[] secretHalf) throws IOException, PGPException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.write(publicBody(ring(publicHalf)));
    byte[] secret = body(ring(secretHalf).getSecretKey());
    int start = publicBody(ring(secretHalf)).length;
    body.write(secret, start, secret.length - start);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0x95); // a secret key packet with a length of two octets
    out.write(body.size() >> 8);
    out.write(body.size());
    body.writeTo(out);
    byte[] whole = ring(publicHalf).getEncoded();
    int rest = 3 + body(ring(publicHalf).getSecretKey()).length;
    out.write(whole, rest, whole.length - rest);
    return out.toByteArray();
  }

  private static byte[] body(PGPSecretKey key) throws IOException {
    return packetBody(key.getEncoded());
  }

  private static byte[] publicBody(PGPSecretKeyRing ring) throws IOException {
    return packetBody(ring.getPublicKey().getEncoded());
  }

  /** The first packet's content; all of ours here have a length of two octets. */
  private static byte[] packetBody(byte[] packets) {
    int length = ((packets[1] & 0xff) << 8) | (packets[2] & 0xff);
    return Arrays.copyOfRange(packets, 3, 3 + length);
  }

  private static PGPSecretKeyRing ring(byte[] content) throws IOException, PGPException {
    return new PGPSecretKeyRing(Armor.decode(content), new JcaKeyFingerprintCalculator());
  }
}
