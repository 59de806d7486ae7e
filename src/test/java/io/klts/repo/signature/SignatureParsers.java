package io.klts.repo.signature;

import io.klts.repo.blob.Blob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** The parsers of OpenPGP, for inputs of any kind. */
public final class SignatureParsers {

  private static final Instant NOW = Instant.parse("2026-11-25T00:00:00Z");
  private static final Verifier VERIFIER = verifier();

  private SignatureParsers() {}

  private static Verifier verifier() {
    try {
      byte[] key = Files.readAllBytes(Path.of("src/test/resources/keys/good-public.pgp"));
      return new Verifier(List.of(PublicKey.read(key)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A key, and everything that is asked of it. */
  public static void publicKey(byte[] bytes) throws IOException {
    PublicKey key = PublicKey.read(bytes);
    KeyLint.check(key, NOW);
    PublicKey.read(key.armored());
  }

  public static void detached(byte[] bytes) throws IOException {
    VERIFIER.detached(Blob.of(new byte[0]), bytes);
  }

  public static void clearsigned(byte[] bytes) throws IOException {
    VERIFIER.clearsigned(bytes);
  }
}
