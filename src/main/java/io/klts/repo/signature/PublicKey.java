package io.klts.repo.signature;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.commons.io.function.IOFunction;
import org.bouncycastle.bcpg.PacketTags;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.jcajce.JcaPGPPublicKeyRingCollection;
import org.bouncycastle.openpgp.operator.jcajce.JcaKeyFingerprintCalculator;

/**
 * One OpenPGP public key with its user ids, subkeys and self-signatures (RFC 4880 11.1).
 *
 * <p>Having one says nothing about its quality: {@link KeyLint} does.
 */
public final class PublicKey {

  /** A key of ours has 2 KiB; one with many certifications of others still fits. */
  static final int LIMIT = 1 << 20;

  private final PGPPublicKeyRing ring;
  private final SelfStatement self;

  PublicKey(PGPPublicKeyRing ring) throws IOException {
    this.ring = ring;
    this.self = SelfStatement.of(ring);
  }

  /**
   * Reads one key.
   *
   * @param content armored or binary, at most 1 MiB
   * @throws IOException if it is damaged, is a secret key, or holds several keys: gpg 2.0 and rpm
   *     4.11 fail on key files with more than one
   */
  public static PublicKey read(byte[] content) throws IOException {
    Packets packets = Packets.read(content, LIMIT);
    if (packets.count(PacketTags.SECRET_KEY) > 0) {
      throw new IOException("expected a public key, found a secret one: never publish it");
    }
    if (packets.count(PacketTags.PUBLIC_KEY) != 1) {
      throw new IOException(
          "expected one public key, found "
              + packets.count(PacketTags.PUBLIC_KEY)
              + "; write one key to one file");
    }
    return new PublicKey(
        Packets.parse(
            "public key",
            () -> new PGPPublicKeyRing(packets.bytes(), new JcaKeyFingerprintCalculator())));
  }

  /**
   * Reads a file with one key, see {@link #read}.
   *
   * @throws IOException naming the file
   */
  public static PublicKey load(Path file) throws IOException {
    return load(file, PublicKey::read);
  }

  /**
   * Reads a file with one key or several, see {@link #readAll}.
   *
   * @throws IOException naming the file
   */
  public static List<PublicKey> loadAll(Path file) throws IOException {
    return load(file, PublicKey::readAll);
  }

  private static <T> T load(Path file, IOFunction<byte[], T> read) throws IOException {
    byte[] content = Files.readAllBytes(file);
    try {
      return read.apply(content);
    } catch (IOException e) {
      throw new IOException("cannot use the public key " + file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Reads the keys of a file that may hold several, as during a change of keys.
   *
   * @param content armored in one or more blocks, or binary, at most 1 MiB
   * @return at least one key, in the order of the file
   * @throws IOException if it is damaged, or holds a secret key or one key twice
   */
  public static List<PublicKey> readAll(byte[] content) throws IOException {
    Packets packets = Packets.read(content, LIMIT);
    if (packets.count(PacketTags.SECRET_KEY) > 0) {
      throw new IOException("expected public keys, found a secret one: never publish it");
    }
    if (packets.tags().get(0) != PacketTags.PUBLIC_KEY) {
      throw new IOException("expected public keys, found other OpenPGP data");
    }
    List<PublicKey> keys = new ArrayList<>();
    for (PGPPublicKeyRing ring :
        Packets.parse("public key", () -> new JcaPGPPublicKeyRingCollection(packets.bytes()))) {
      keys.add(new PublicKey(ring));
    }
    return keys;
  }

  /** Keys as text, each in a block of its own: rpm and yum of EL 7 take one key from each block. */
  public static byte[] armored(List<PublicKey> keys) {
    return joined(keys, PublicKey::armored);
  }

  /** Keys as packets, see {@link #binary()}. */
  public static byte[] binary(List<PublicKey> keys) {
    return joined(keys, PublicKey::binary);
  }

  private static byte[] joined(List<PublicKey> keys, Function<PublicKey, byte[]> form) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    keys.forEach(key -> bytes.writeBytes(form.apply(key)));
    return bytes.toByteArray();
  }

  /** The key as text, for {@code .asc} files and {@code gpgkey=}. */
  public byte[] armored() {
    return Armor.encode(binary());
  }

  /** The key as packets, for {@code .gpg} files: apt takes nothing else under that name. */
  public byte[] binary() {
    return Packets.write(out -> ring.encode(out, true));
  }

  /** 40 upper-case hexadecimal digits (RFC 4880 12.2). */
  public String fingerprint() {
    return HexFormat.of().withUpperCase().formatHex(primary().getFingerprint());
  }

  /** The fingerprint for human eyes: ten groups of four digits. */
  public String spacedFingerprint() {
    return fingerprint().replaceAll("....(?=.)", "$0 ");
  }

  /** The last 16 digits of the fingerprint. */
  public String keyId() {
    return fingerprint().substring(24);
  }

  /** The user id that was certified last, without control characters; empty if there is none. */
  public String userId() {
    return self.userId().orElse("");
  }

  /** When the key was made. */
  public Instant created() {
    return primary().getCreationTime().toInstant();
  }

  /** From when on the key is worth nothing; empty if it has no end. */
  public Optional<Instant> expires() {
    return self.expires();
  }

  /** Whether the key is beyond its end. */
  boolean isExpired(Instant now) {
    return expires().filter(end -> !now.isBefore(end)).isPresent();
  }

  /**
   * The time that a signature gets, see {@link Signer}.
   *
   * @throws KeyException if the key has ended by then
   */
  Instant signingTime(Instant at) throws KeyException {
    Instant time = at.isBefore(created()) ? created() : at.truncatedTo(ChronoUnit.SECONDS);
    if (isExpired(time)) {
      throw new KeyException(
          "cannot sign with " + this + " at " + time,
          "the key expired at " + expires().orElseThrow(),
          "renew the key, or check the time of this build",
          null);
    }
    return time;
  }

  PGPPublicKey primary() {
    return ring.getPublicKey();
  }

  /** Whether a subkey of this key has that id. */
  boolean hasSubkey(long id) {
    return id != primary().getKeyID() && ring.getPublicKey(id) != null;
  }

  SelfStatement self() {
    return self;
  }

  /** Key id and user id, for messages. */
  @Override
  public String toString() {
    return keyId() + " " + userId();
  }
}
