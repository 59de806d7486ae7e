package io.klts.repo.signature;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.bouncycastle.bcpg.CompressionAlgorithmTags;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyPacket;
import org.bouncycastle.bcpg.SymmetricKeyAlgorithmTags;
import org.bouncycastle.bcpg.sig.KeyFlags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSecretKey;
import org.bouncycastle.openpgp.PGPSecretKeyRing;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureGenerator;
import org.bouncycastle.openpgp.PGPSignatureSubpacketGenerator;
import org.bouncycastle.openpgp.operator.PBESecretKeyEncryptor;
import org.bouncycastle.openpgp.operator.PGPDigestCalculatorProvider;
import org.bouncycastle.openpgp.operator.jcajce.JcaPGPContentSignerBuilder;
import org.bouncycastle.openpgp.operator.jcajce.JcaPGPDigestCalculatorProviderBuilder;
import org.bouncycastle.openpgp.operator.jcajce.JcaPGPKeyPair;
import org.bouncycastle.openpgp.operator.jcajce.JcePBESecretKeyEncryptorBuilder;

/**
 * A signing key made just now: RSA-4096, version 4, the primary key certifies and signs, no
 * subkeys, self-signature with SHA-256. Everything from gpg 2.0 and rpm 4.11 on verifies with it.
 */
public final class NewKey {

  /** How long a key lives unless told otherwise. */
  public static final Period FIVE_YEARS = Period.ofYears(5);

  private static final int BITS = 4096;

  /** 16 MiB go through the hash for each guess of a passphrase (RFC 4880 3.7.1.3). */
  private static final int S2K_COUNT = 0xe0;

  private final PGPSecretKeyRing ring;
  private final PublicKey publicKey;

  private NewKey(PGPSecretKeyRing ring) throws IOException {
    this.ring = ring;
    this.publicKey = new PublicKey(ring.toCertificate());
  }

  /**
   * Makes a key. Takes some seconds.
   *
   * @param name who signs, for example the project
   * @param email where to reach them
   * @param passphrase protects the secret half; empty for none. Neither kept nor changed
   * @param validity how long the key lives, more than nothing
   * @param now the creation time, in whole seconds
   * @throws IllegalArgumentException if name, email or validity cannot be used
   */
  public static NewKey generate(
      String name, String email, char[] passphrase, Period validity, Instant now)
      throws IOException {
    String userId = userId(name, email);
    Instant created = now.truncatedTo(ChronoUnit.SECONDS);
    Duration life =
        Duration.between(created, created.atOffset(ZoneOffset.UTC).plus(validity).toInstant());
    if (life.isNegative() || life.isZero()) {
      throw new IllegalArgumentException("a key has to live for a while, not " + validity);
    }
    try {
      PGPKeyPair pair =
          new JcaPGPKeyPair(
              PublicKeyPacket.VERSION_4,
              PublicKeyAlgorithmTags.RSA_GENERAL,
              rsa(),
              Date.from(created));
      return new NewKey(ring(pair, certified(pair, userId, life), passphrase));
    } catch (PGPException e) {
      throw new IOException("cannot make a signing key: " + e.getMessage(), e);
    }
  }

  /** What the world verifies with. */
  public PublicKey publicKey() {
    return publicKey;
  }

  /**
   * Writes the armored secret half to a new file that only its owner may read.
   *
   * @throws KeyException if {@code file} exists: a key that signed something is never overwritten
   */
  public void saveSecret(Path file) throws IOException {
    byte[] packets = Packets.write(ring::encode);
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      ByteBuffer text = ByteBuffer.wrap(Armor.encode(packets));
      while (text.hasRemaining()) {
        channel.write(text);
      }
      channel.force(true);
    } catch (FileAlreadyExistsException e) {
      throw new KeyException(
          "cannot write a new secret key to " + file,
          "the file exists",
          "choose another name; a key that signed something is never overwritten",
          e);
    }
  }

  private static String userId(String name, String email) {
    for (String part : List.of(name, email)) {
      if (part.isBlank() || part.matches("(?s).*[<>\\p{Cntrl}].*")) {
        throw new IllegalArgumentException(
            "name and e-mail of a key are needed, without <, > and control characters: " + part);
      }
    }
    return name + " <" + email + ">";
  }

  private static KeyPair rsa() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(BITS);
      return generator.generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has RSA", e);
    }
  }

  /** The public key with its user id and self-signature (RFC 4880 5.2.1, type 0x13). */
  private static PGPPublicKey certified(PGPKeyPair pair, String userId, Duration life)
      throws PGPException {
    PGPPublicKey bare = pair.getPublicKey();
    PGPSignatureGenerator generator =
        new PGPSignatureGenerator(
            new JcaPGPContentSignerBuilder(
                PublicKeyAlgorithmTags.RSA_GENERAL, HashAlgorithmTags.SHA256),
            bare);
    generator.init(PGPSignature.POSITIVE_CERTIFICATION, pair.getPrivateKey());
    PGPSignatureSubpacketGenerator says = new PGPSignatureSubpacketGenerator();
    says.setSignatureCreationTime(false, bare.getCreationTime());
    says.setIssuerFingerprint(false, bare);
    says.setKeyFlags(false, KeyFlags.CERTIFY_OTHER | KeyFlags.SIGN_DATA);
    says.setKeyExpirationTime(false, life.toSeconds());
    says.setPreferredHashAlgorithms(
        false,
        new int[] {HashAlgorithmTags.SHA256, HashAlgorithmTags.SHA512, HashAlgorithmTags.SHA384});
    says.setPreferredSymmetricAlgorithms(
        false, new int[] {SymmetricKeyAlgorithmTags.AES_256, SymmetricKeyAlgorithmTags.AES_128});
    says.setPreferredCompressionAlgorithms(
        false, new int[] {CompressionAlgorithmTags.ZLIB, CompressionAlgorithmTags.ZIP});
    generator.setHashedSubpackets(says.generate());
    return PGPPublicKey.addCertification(
        bare, userId, generator.generateCertification(userId, bare));
  }

  private static PGPSecretKeyRing ring(PGPKeyPair pair, PGPPublicKey certified, char[] passphrase)
      throws PGPException {
    PGPDigestCalculatorProvider digests = new JcaPGPDigestCalculatorProviderBuilder().build();
    PBESecretKeyEncryptor protection =
        passphrase.length == 0
            ? null
            : new JcePBESecretKeyEncryptorBuilder(
                    SymmetricKeyAlgorithmTags.AES_256,
                    digests.get(HashAlgorithmTags.SHA256),
                    S2K_COUNT)
                .build(passphrase);
    return new PGPSecretKeyRing(
        List.of(
            new PGPSecretKey(
                pair.getPrivateKey(),
                certified,
                digests.get(HashAlgorithmTags.SHA1), // the checksum of RFC 4880 5.5.3
                true,
                protection)));
  }
}
