package io.klts.repo.gate;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** A public key as clients import it: the primary key and what it says of itself. */
final class PgpKey {

  /** RFC 4880 9.1. */
  static final int RSA = 1;

  private final int algorithm;
  private final String fingerprint;
  private final BigInteger modulus;
  private final BigInteger exponent;
  private final List<PgpSignature> selfSignatures = new ArrayList<>();

  private PgpKey(List<Packet> packets) throws IOException {
    byte[] body = packets.get(0).body();
    ByteBuffer in = ByteBuffer.wrap(body);
    int version = in.get();
    in.getInt();
    this.algorithm = in.get();
    if (version != 4) {
      throw new IOException("a key of version " + version);
    }
    this.modulus = algorithm == RSA ? PgpSignature.number(in) : BigInteger.ZERO;
    this.exponent = algorithm == RSA ? PgpSignature.number(in) : BigInteger.ZERO;
    this.fingerprint = fingerprint(body);
    Optional<PgpSignature> newest = Optional.empty();
    for (Packet packet : packets) {
      if (packet.tag() != Packet.SIGNATURE) {
        newest.ifPresent(selfSignatures::add);
        newest = Optional.empty();
        continue;
      }
      if (packet.body().length > 0 && packet.body()[0] < 4) {
        continue; // of version 3, by others: clients leave it alone
      }
      PgpSignature signature = PgpSignature.read(packet.body());
      if (signature.isBy(this) && newest.filter(n -> n.created() > signature.created()).isEmpty()) {
        newest = Optional.of(signature);
      }
    }
    newest.ifPresent(selfSignatures::add);
  }

  /** Reads packets that are keys, one or more, and nothing else. */
  static List<PgpKey> all(byte[] bytes) throws IOException {
    List<List<Packet>> groups = new ArrayList<>();
    for (Packet packet : Packet.all(bytes)) {
      if (packet.tag() == Packet.PUBLIC_KEY) {
        groups.add(new ArrayList<>());
      }
      if (groups.isEmpty()) {
        throw new IOException("a packet before the first public key");
      }
      groups.get(groups.size() - 1).add(packet);
    }
    if (groups.isEmpty()) {
      throw new IOException("no public key");
    }
    List<PgpKey> keys = new ArrayList<>();
    try {
      for (List<Packet> packets : groups) {
        keys.add(new PgpKey(packets));
      }
    } catch (BufferUnderflowException e) {
      throw new IOException("a key that is damaged", e);
    }
    return keys;
  }

  /** RFC 4880 12.2. */
  private static String fingerprint(byte[] body) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      sha1.update(new byte[] {(byte) 0x99, (byte) (body.length >> 8), (byte) body.length});
      return HexFormat.of().withUpperCase().formatHex(sha1.digest(body));
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every Java platform has SHA-1", e);
    }
  }

  String fingerprint() {
    return fingerprint;
  }

  int algorithm() {
    return algorithm;
  }

  /** Of the modulus; 0 if this is no RSA key. */
  int bits() {
    return modulus.bitLength();
  }

  String keyId() {
    return fingerprint.substring(24);
  }

  /** The newest of each user id and subkey: clients look at these. */
  List<PgpSignature> selfSignatures() {
    return selfSignatures;
  }

  PublicKey forJava() throws GeneralSecurityException {
    return KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, exponent));
  }
}
