package io.klts.repo.compress;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.klts.repo.blob.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.commons.io.function.IORunnable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompressorTest {

  private static final int BLOCK = 10_000;

  @TempDir Path folder;
  private Path file;
  private BlockCache cache;
  private final AtomicLong made = new AtomicLong();
  private final AtomicLong known = new AtomicLong();

  @BeforeEach
  void writeFile() throws IOException {
    file = Files.write(folder.resolve("file"), Contents.programLike(5, 105_000));
    cache = BlockCache.at(folder.resolve("cache"), 1 << 20);
  }

  @Test
  void sizeAndDigestAreThoseOfTheUncompressedFile() throws IOException {
    try (Compressor compressor = compressor(2)) {
      CompressedFile compressed = compressor.compress(file, Profile.ARM64);
      assertThat(compressed.size()).isEqualTo(105_000);
      assertThat(compressed.sha256()).isEqualTo(Sha256.of(file));
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 1", "9999, 1", "10000, 1", "10001, 2", "30000, 3", "30001, 4"})
  void aFileIsCutIntoTheFewestBlocks(int size, int blocks) throws IOException {
    Files.write(file, Contents.programLike(6, size));
    try (Compressor compressor = compressor(1)) {
      CompressedFile compressed = compressor.compress(file, Profile.OTHER);
      assertThat(compressed.blocks()).hasSize(blocks);
      assertThat(StrictXz.decode(streamOf(compressed))).isEqualTo(Files.readAllBytes(file));
    }
  }

  @Test
  void noBlockReachesOverTheEndOfAStretch() throws IOException {
    Compressor.Input input =
        new Compressor.Input(
            file,
            List.of(
                new Compressor.Stretch(0, Profile.DATA),
                new Compressor.Stretch(5_000, Profile.X86),
                new Compressor.Stretch(20_001, Profile.DATA),
                new Compressor.Stretch(200_000, Profile.OTHER)));
    try (Compressor compressor = compressor(2)) {
      CompressedFile compressed = compressor.compressAll(List.of(input)).get(0);
      assertThat(compressed.blocks())
          .extracting(block -> block.sizes().uncompressed())
          .startsWith(5_000L, 7_501L, 7_500L, 9_445L)
          .hasSize(1 + 2 + 9);
      assertThat(StrictXz.decode(streamOf(compressed))).isEqualTo(Files.readAllBytes(file));
    }
  }

  @Test
  void stretchesBeginAtTheBeginAndFollowEachOther() {
    for (List<Long> starts : List.of(List.of(1L), List.of(0L, 5L, 5L), List.of(0L, 5L, 4L))) {
      List<Compressor.Stretch> stretches =
          starts.stream().map(start -> new Compressor.Stretch(start, Profile.DATA)).toList();
      assertThatThrownBy(() -> new Compressor.Input(file, stretches))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("not the stretches of a file");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void theNumberOfThreadsDoesNotShow(int threads) throws IOException {
    BlockCache other = BlockCache.at(folder.resolve("other"), 0);
    try (Compressor one = compressor(1);
        Compressor more = new Compressor(other, threads, this::count, BLOCK)) {
      assertThat(streamOf(more.compress(file, Profile.X86)))
          .isEqualTo(streamOf(one.compress(file, Profile.X86)));
    }
  }

  @Test
  void aWarmCacheGivesTheSameBytesWithoutWork() throws IOException {
    byte[] cold;
    try (Compressor compressor = compressor(2)) {
      cold = streamOf(compressor.compress(file, Profile.X86));
    }
    assertThat(made).hasValue(105_000);
    assertThat(known).hasValue(0);
    try (Compressor compressor = compressor(2)) {
      assertThat(streamOf(compressor.compress(file, Profile.X86))).isEqualTo(cold);
    }
    assertThat(made).hasValue(105_000);
    assertThat(known).hasValue(105_000);
  }

  @Test
  void profilesDoNotShareBlocks() throws IOException {
    try (Compressor compressor = compressor(2)) {
      compressor.compress(file, Profile.X86);
      compressor.compress(file, Profile.ARM64);
    }
    assertThat(known).hasValue(0);
  }

  @Test
  void resultsComeInTheOrderOfTheInputs() throws IOException {
    List<Compressor.Input> inputs = new ArrayList<>();
    List<Sha256> digests = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Path one = Files.write(folder.resolve("in" + i), Contents.programLike(i, 1000 + 9000 * i));
      inputs.add(Compressor.Input.of(one, Profile.OTHER));
      digests.add(Sha256.of(one));
    }
    try (Compressor compressor = compressor(3)) {
      assertThat(compressor.compressAll(inputs))
          .extracting(CompressedFile::sha256)
          .isEqualTo(digests);
    }
  }

  @Test
  void aFileThatGrowsMeanwhileIsAnError() throws IOException {
    assertChangeIsNoticed(() -> Files.write(file, new byte[1], StandardOpenOption.APPEND));
  }

  @Test
  void aFileThatShrinksMeanwhileIsAnError() throws IOException {
    assertChangeIsNoticed(() -> Files.write(file, new byte[10]));
  }

  @Test
  void aFileThatIsTouchedMeanwhileIsAnError() throws IOException {
    assertChangeIsNoticed(() -> Files.setLastModifiedTime(file, FileTime.fromMillis(1)));
  }

  /** Ten blocks, of which two are read ahead: the first one is ready long before the end. */
  private void assertChangeIsNoticed(IORunnable change) throws IOException {
    ProgressListener changing =
        (bytes, cached) -> {
          if (made.getAndAdd(bytes) == 0) {
            change.asRunnable().run();
          }
        };
    try (Compressor compressor = new Compressor(cache, 1, changing, BLOCK)) {
      assertThatThrownBy(() -> compressor.compress(file, Profile.OTHER))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(file + " changed while it was read: it had 105000 bytes");
    }
  }

  @Test
  void aMissingFileIsAnErrorAndTheCompressorGoesOn() throws IOException {
    try (Compressor compressor = compressor(1)) {
      assertThatThrownBy(() -> compressor.compress(folder.resolve("none"), Profile.OTHER))
          .isInstanceOf(NoSuchFileException.class);
      assertThat(compressor.compress(file, Profile.OTHER).sha256()).isEqualTo(Sha256.of(file));
    }
  }

  @Test
  @Timeout(30)
  void aCacheThatCannotBeWrittenEndsTheRunWithTheReason() throws IOException {
    for (int i = 0; i < 256; i++) { // a file is in the way of each folder of blocks
      Files.createFile(folder.resolve("cache").resolve("%02x".formatted(i)));
    }
    try (Compressor compressor = compressor(2)) {
      assertThatThrownBy(() -> compressor.compress(file, Profile.OTHER))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot save")
          .hasMessageContaining(folder.resolve("cache").toString());
    }
  }

  @Test
  @Timeout(30)
  void anInterruptEndsTheCompression() throws IOException {
    try (Compressor compressor = compressor(1)) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> compressor.compress(file, Profile.OTHER))
          .isInstanceOf(InterruptedIOException.class);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  /** The blocks are part of published packages: they change only on purpose. */
  @Test
  void theBytesOfAStreamArePinned() throws IOException {
    Path text = Files.write(folder.resolve("text"), "klts".repeat(9000).getBytes(UTF_8));
    try (Compressor compressor = compressor(2)) {
      assertThat(Sha256.of(streamOf(compressor.compress(text, Profile.X86))).hex())
          .isEqualTo("448db085d900cfe5241ae4cfdbdb449373c642dedf3da0fd5a6607d3fde12f06");
    }
  }

  /** The launcher gives the program a heap of 640 MiB. */
  @Test
  void twoThreadsFitIntoTheHeap() {
    assertThat(2 * Compressor.heapPerThread()).isLessThan(560L << 20);
  }

  private Compressor compressor(int threads) throws IOException {
    return new Compressor(cache, threads, this::count, BLOCK);
  }

  private void count(long bytes, boolean fromCache) {
    (fromCache ? known : made).addAndGet(bytes);
  }

  private static byte[] streamOf(CompressedFile file) throws IOException {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    try (XzOutput xz = new XzOutput(stream)) {
      xz.splice(file);
    }
    return stream.toByteArray();
  }
}
