package io.klts.repo.compress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several programs on one cache folder, each of which may be killed. */
@Timeout(120)
class SharedCacheTest {

  @TempDir Path folder;
  private Path file;
  private Path cache;

  @BeforeEach
  void writeFile() throws IOException {
    file = Files.write(folder.resolve("file"), Contents.programLike(7, 3_000_000));
    cache = folder.resolve("cache");
  }

  /** What the other programs do: compress a file into a stream. */
  static final class Program {
    public static void main(String[] args) throws IOException {
      run(Path.of(args[0]), Path.of(args[1]), Long.parseLong(args[2]), Path.of(args[3]));
    }

    static void run(Path file, Path cache, long maxBytes, Path stream) throws IOException {
      try (Compressor compressor =
              new Compressor(BlockCache.at(cache, maxBytes), 2, (bytes, cached) -> {}, 50_000);
          var out = Files.newOutputStream(stream);
          XzOutput xz = new XzOutput(out)) {
        xz.splice(compressor.compress(file, Profile.X86));
      }
    }
  }

  /** Each of them would empty the cache at its end, under the feet of the others. */
  @Test
  void programsThatRunAtOnceAllWriteTheSameStream() throws Exception {
    Process one = start("one.xz", 0);
    Process two = start("two.xz", 0);
    Program.run(file, cache, 0, folder.resolve("own.xz"));
    assertThat(one.waitFor()).isZero();
    assertThat(two.waitFor()).isZero();
    byte[] own = Files.readAllBytes(folder.resolve("own.xz"));
    assertThat(StrictXz.decode(own)).isEqualTo(Files.readAllBytes(file));
    assertThat(folder.resolve("one.xz")).hasBinaryContent(own);
    assertThat(folder.resolve("two.xz")).hasBinaryContent(own);
    assertThat(blocks()).isZero();
  }

  @Test
  void aKilledProgramLeavesACacheThatIsGoodToUse() throws Exception {
    Process killed = start("killed.xz", Long.MAX_VALUE);
    while (blocks() < 5 && killed.isAlive()) {
      Thread.sleep(5);
    }
    killed.destroyForcibly().waitFor();
    assertThat(blocks()).isPositive();
    Program.run(file, cache, 0, folder.resolve("own.xz"));
    assertThat(StrictXz.decode(Files.readAllBytes(folder.resolve("own.xz"))))
        .isEqualTo(Files.readAllBytes(file));
    assertThat(blocks()).as("its lock is gone").isZero();
  }

  private Process start(String stream, long maxBytes) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Program.class.getName(),
            file.toString(),
            cache.toString(),
            Long.toString(maxBytes),
            folder.resolve(stream).toString())
        .inheritIO()
        .start();
  }

  private long blocks() throws IOException {
    if (Files.notExists(cache)) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(cache)) {
      return files.filter(f -> f.getFileName().toString().length() == 64).count();
    }
  }
}
