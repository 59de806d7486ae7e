package io.klts.repo.signature;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.bouncycastle.bcpg.PacketTags;
import org.bouncycastle.bcpg.RSAPublicBCPGKey;
import org.bouncycastle.bcpg.RSASecretBCPGKey;
import org.bouncycastle.bcpg.SecretKeyPacket;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPrivateKey;
import org.bouncycastle.openpgp.PGPSecretKey;
import org.bouncycastle.openpgp.PGPSecretKeyRing;
import org.bouncycastle.openpgp.operator.bc.BcPBESecretKeyDecryptorBuilder;
import org.bouncycastle.openpgp.operator.jcajce.JcaKeyFingerprintCalculator;
import org.bouncycastle.openpgp.operator.jcajce.JcaPGPDigestCalculatorProviderBuilder;

/** A file with one secret key, as {@code gpg --export-secret-keys} writes it (RFC 4880 11.2). */
final class SecretKeyFile {

  private static final String EXPORT =
      "expected a file made by gpg --armor --export-secret-keys KEYID, or by key generate";

  private final Path file;
  private final PGPSecretKeyRing ring;

  private SecretKeyFile(Path file, PGPSecretKeyRing ring) {
    this.file = file;
    this.ring = ring;
  }

  static SecretKeyFile read(Path file) throws IOException {
    byte[] content = content(file);
    try {
      Packets packets = Packets.read(content, PublicKey.LIMIT);
      checkKind(file, packets);
      return new SecretKeyFile(
          file,
          Packets.parse(
              "secret key",
              () -> new PGPSecretKeyRing(packets.bytes(), new JcaKeyFingerprintCalculator())));
    } catch (KeyException e) {
      throw e;
    } catch (IOException e) {
      throw problem(file, "it is not a usable OpenPGP key: " + e.getMessage(), EXPORT, e);
    }
  }

  /** What the world verifies with. */
  PublicKey publicHalf() throws IOException {
    try {
      return new PublicKey(ring.toCertificate());
    } catch (IOException e) {
      throw problem(file, e.getMessage(), EXPORT, e);
    }
  }

  /** The secret numbers of the primary key. */
  PGPPrivateKey unlock(char[] passphrase) throws KeyException {
    PGPSecretKey secret = ring.getSecretKey();
    if (secret.isPrivateKeyEmpty()) {
      throw problem(
          file,
          "the secret part of the primary key is not in it (exported with"
              + " --export-secret-subkeys, or kept on a card)",
          EXPORT,
          null);
    }
    if (secret.getS2KUsage() != SecretKeyPacket.USAGE_NONE && passphrase.length == 0) {
      throw problem(
          file, "it is protected and no passphrase was given", "give its passphrase", null);
    }
    return checked(decrypted(secret, passphrase));
  }

  private PGPPrivateKey decrypted(PGPSecretKey secret, char[] passphrase) throws KeyException {
    try {
      // Bouncy Castle's own ciphers for once: gpg 2.0 protects keys with CAST5, which Java lacks.
      return secret.extractPrivateKey(
          new BcPBESecretKeyDecryptorBuilder(new JcaPGPDigestCalculatorProviderBuilder().build())
              .build(passphrase));
    } catch (PGPException | RuntimeException e) {
      throw problem(
          file,
          "the passphrase does not fit, or the secret part is damaged",
          "try it with gpg --import, which asks for the passphrase of this file",
          e);
    }
  }

  /**
   * The public numbers are not protected by the passphrase. Signing with numbers that someone
   * changed would give the secret ones away, so both halves must belong together.
   */
  private PGPPrivateKey checked(PGPPrivateKey key) throws KeyException {
    RSASecretBCPGKey secret = (RSASecretBCPGKey) key.getPrivateKeyDataPacket();
    RSAPublicBCPGKey open = (RSAPublicBCPGKey) key.getPublicKeyPacket().getKey();
    BigInteger p = secret.getPrimeP();
    BigInteger q = secret.getPrimeQ();
    BigInteger one = BigInteger.ONE;
    BigInteger product = secret.getPrivateExponent().multiply(open.getPublicExponent());
    if (!p.multiply(q).equals(open.getModulus())
        || !product.mod(p.subtract(one)).equals(one)
        || !product.mod(q.subtract(one)).equals(one)) {
      throw problem(
          file, "its secret and public halves do not belong together", "export it again", null);
    }
    return key;
  }

  private static void checkKind(Path file, Packets packets) throws KeyException {
    if (packets.count(PacketTags.SECRET_KEY) > 1) {
      throw problem(
          file,
          "expected one secret key, found " + packets.count(PacketTags.SECRET_KEY),
          "export only the one that signs: gpg --armor --export-secret-keys KEYID",
          null);
    }
    if (packets.count(PacketTags.PUBLIC_KEY) > 0) {
      throw problem(file, "expected a secret key, found a public one", EXPORT, null);
    }
    if (packets.tags().get(0) != PacketTags.SECRET_KEY) {
      throw problem(file, "expected a secret key, found other OpenPGP data", EXPORT, null);
    }
  }

  private static byte[] content(Path file) throws KeyException {
    if (Files.isDirectory(file)) {
      throw problem(file, "it is a folder", EXPORT, null);
    }
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(PublicKey.LIMIT + 1); // the one byte more says that it is too long
    } catch (NoSuchFileException e) {
      throw problem(file, "there is no such file", EXPORT, e);
    } catch (AccessDeniedException e) {
      throw problem(file, "it may not be read by this user", "check its owner and mode", e);
    } catch (IOException e) {
      throw problem(file, "it cannot be read: " + e.getMessage(), EXPORT, e);
    }
  }

  private static KeyException problem(Path file, String found, String remedy, Throwable cause) {
    return new KeyException("cannot use the signing key " + file, found, remedy, cause);
  }
}
