package io.klts.repo.compress;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The reader that rpm, dpkg and everybody else is built on, the program {@code xz}, is the judge.
 */
class XzProgramTest {

  private static final byte[] CONTENT = Contents.programLike(4, 200_000);

  @TempDir Path folder;
  private Path stream;

  @BeforeEach
  void nameStream() {
    stream = folder.resolve("stream.xz");
  }

  @ParameterizedTest
  @EnumSource(Profile.class)
  void readsWhatWeWrite(Profile profile) throws Exception {
    writeStream(profile);
    xz("-t");
    assertThat(xz("-dc")).isEqualTo(("head" + latin1(CONTENT)).getBytes(ISO_8859_1));
  }

  @Test
  void seesOneStreamWhoseBlocksAllTellTheirSizes() throws Exception {
    writeStream(Profile.X86);
    List<String> blocks =
        new String(xz("-lvv", "--robot"), UTF_8)
            .lines()
            .filter(l -> l.startsWith("block"))
            .toList();
    assertThat(blocks).hasSize(1 + 4);
    // The column after the header size says which sizes the header has: c(ompressed),
    // u(ncompressed).
    assertThat(blocks).allSatisfy(block -> assertThat(block.split("\t")).contains("cu"));
    assertThat(blocks.get(1)).contains("--x86 --lzma2");
  }

  @Test
  void readsAStreamWithoutBlocks() throws Exception {
    try (OutputStream out = Files.newOutputStream(stream)) {
      new XzOutput(out).close();
    }
    xz("-t");
    assertThat(xz("-dc")).isEmpty();
  }

  private void writeStream(Profile profile) throws IOException {
    Path file = Files.write(folder.resolve("file"), CONTENT);
    BlockCache cache = BlockCache.at(folder.resolve("cache"), 0);
    try (Compressor compressor = new Compressor(cache, 2, (bytes, cached) -> {}, 60_000);
        OutputStream out = Files.newOutputStream(stream);
        XzOutput xz = new XzOutput(out)) {
      xz.write(new byte[] {'h', 'e', 'a', 'd'});
      xz.splice(compressor.compress(file, profile));
    }
  }

  private byte[] xz(String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of("xz"));
    command.addAll(List.of(options));
    command.add(stream.toString());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    byte[] output = process.getInputStream().readAllBytes();
    assertThat(process.waitFor()).as("%s: %s", command, latin1(output)).isZero();
    return output;
  }

  private static String latin1(byte[] bytes) {
    return new String(bytes, ISO_8859_1);
  }
}
