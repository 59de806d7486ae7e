package io.klts.repo.compress;

import java.util.Random;

/** Bytes for tests: compressible in parts, with what the x86 filter takes for jumps. */
final class Contents {

  private Contents() {}

  static byte[] programLike(long seed, int length) {
    Random random = new Random(seed);
    byte[] bytes = new byte[length];
    int at = 0;
    while (at < length) {
      at += random.nextBoolean() ? calls(random, bytes, at) : noise(random, bytes, at);
    }
    return bytes;
  }

  private static int calls(Random random, byte[] bytes, int at) {
    int length = Math.min(bytes.length - at, 5 * (1 + random.nextInt(200)));
    for (int i = 0; i + 5 <= length; i += 5) {
      bytes[at + i] = (byte) 0xE8;
      bytes[at + i + 1] = (byte) random.nextInt(4);
    }
    return length;
  }

  private static int noise(Random random, byte[] bytes, int at) {
    byte[] noise = new byte[Math.min(bytes.length - at, 1 + random.nextInt(500))];
    random.nextBytes(noise);
    System.arraycopy(noise, 0, bytes, at, noise.length);
    return noise.length;
  }
}
