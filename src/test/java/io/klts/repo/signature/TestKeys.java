package io.klts.repo.signature;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** The keys and signatures that {@code src/test/resources/keys/make-keys.sh} made with gpg. */
final class TestKeys {

  /** A day on which the good keys are good. */
  static final Instant NOW = Instant.parse("2026-11-23T00:00:00Z");

  static final char[] NO_PASSPHRASE = {};

  private TestKeys() {}

  static Path file(String name) {
    return Path.of("src/test/resources/keys", name);
  }

  static byte[] bytes(String name) throws IOException {
    return Files.readAllBytes(file(name));
  }

  /** The RSA-4096 key without passphrase. */
  static SecretKey good() throws IOException {
    return SecretKey.load(file("good.asc"), NO_PASSPHRASE, NOW);
  }

  /** The public half of a secret key file, good or bad. */
  static PublicKey publicHalf(String name) throws IOException {
    return SecretKey.publicHalf(file(name));
  }
}
