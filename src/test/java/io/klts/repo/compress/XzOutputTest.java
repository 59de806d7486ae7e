package io.klts.repo.compress;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class XzOutputTest {

  private final ByteArrayOutputStream stream = new ByteArrayOutputStream();
  private final ByteArrayOutputStream plain = new ByteArrayOutputStream();

  @TempDir Path folder;
  private BlockCache cache;

  @BeforeEach
  void openCache() throws IOException {
    cache = BlockCache.at(folder.resolve("cache"), 1 << 20);
  }

  @Test
  void aStreamWithoutContentIsEmpty() throws IOException {
    new XzOutput(stream).close();
    assertThat(StrictXz.decode(stream.toByteArray())).isEmpty();
  }

  @Test
  void smallPiecesComeBackInOrder() throws IOException {
    try (XzOutput xz = new XzOutput(stream)) {
      xz.write("head".getBytes(UTF_8));
      xz.write('|');
      xz.write("_tail_".getBytes(UTF_8), 1, 4);
    }
    assertThat(StrictXz.decode(stream.toByteArray())).asString(UTF_8).isEqualTo("head|tail");
  }

  @Test
  void manySmallPiecesBecomeSeveralBlocks() throws IOException {
    byte[] content = new byte[3_500_000];
    new Random(1).nextBytes(content);
    try (XzOutput xz = new XzOutput(stream)) {
      xz.write(content);
    }
    assertThat(StrictXz.decode(stream.toByteArray())).isEqualTo(content);
  }

  @Test
  void filesAreSplicedBetweenThePieces() throws IOException {
    Path file = Files.write(folder.resolve("file"), Contents.programLike(2, 100_000));
    try (Compressor compressor = new Compressor(cache, 2, (bytes, cached) -> {}, 30_000);
        XzOutput xz = new XzOutput(stream)) {
      CompressedFile compressed = compressor.compress(file, Profile.X86);
      xz.splice(compressed);
      piece(xz, "between".getBytes(UTF_8));
      xz.splice(compressed);
    }
    byte[] content = Files.readAllBytes(file);
    assertThat(StrictXz.decode(stream.toByteArray()))
        .startsWith(content)
        .endsWith(content)
        .hasSize(2 * content.length + "between".length());
  }

  /** Sizes around the limits, any profile, any order: what goes in comes out. */
  @Test
  void anyMixOfPiecesAndFilesComesBack() throws IOException {
    Random random = new Random(20261123);
    for (int round = 0; round < 25; round++) {
      stream.reset();
      plain.reset();
      int blockSize = 1 + random.nextInt(20_000);
      try (Compressor compressor = new Compressor(cache, 2, (bytes, cached) -> {}, blockSize);
          XzOutput xz = new XzOutput(stream)) {
        for (int i = random.nextInt(6); i > 0; i--) {
          if (random.nextBoolean()) {
            piece(xz, Contents.programLike(random.nextLong(), random.nextInt(3000)));
          } else {
            xz.splice(compressor.compress(randomFile(random, blockSize), anyProfile(random)));
          }
        }
      }
      assertThat(StrictXz.decode(stream.toByteArray()))
          .as("round %d, block size %d", round, blockSize)
          .isEqualTo(plain.toByteArray());
    }
  }

  @Test
  void aBlockThatWasDamagedSinceIsNotSpliced() throws IOException {
    Path file = Files.write(folder.resolve("file"), Contents.programLike(3, 5000));
    try (Compressor compressor = new Compressor(cache, 1, (bytes, cached) -> {});
        XzOutput xz = new XzOutput(stream)) {
      CompressedFile compressed = compressor.compress(file, Profile.OTHER);
      Files.write(compressed.blocks().get(0).file(), new byte[4000]);
      assertThatThrownBy(() -> xz.splice(compressed))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("was damaged");
    }
  }

  @Test
  void nothingCanFollowTheEnd() throws IOException {
    XzOutput xz = new XzOutput(stream);
    xz.close();
    byte[] ended = stream.toByteArray();
    xz.close();
    assertThat(stream.toByteArray()).isEqualTo(ended);
    assertThatThrownBy(() -> xz.write(1)).hasMessageContaining("already ended");
  }

  private void piece(XzOutput xz, byte[] bytes) throws IOException {
    xz.write(bytes);
    plain.write(bytes);
  }

  /** Up to three blocks, often exactly so many. */
  private Path randomFile(Random random, int blockSize) throws IOException {
    int length = blockSize * random.nextInt(4);
    if (random.nextBoolean()) {
      length += random.nextInt(blockSize);
    }
    byte[] content = Contents.programLike(random.nextLong(), length);
    plain.write(content);
    return Files.write(folder.resolve("file"), content);
  }

  private static Profile anyProfile(Random random) {
    return List.of(Profile.values()).get(random.nextInt(3));
  }
}
