package io.klts.repo.signature;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.klts.repo.blob.Blob;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PacketsTest {

  @Test
  void listsTheKindsOfPackets() throws IOException {
    assertThat(Packets.read(TestKeys.bytes("good-public.asc"), PublicKey.LIMIT).tags())
        .containsExactly(6, 13, 2);
  }

  @ParameterizedTest
  @CsvSource({
    "c2ffffffffff04, says 4294967295 bytes",
    "8affffffff04, says 4294967295 bytes",
    "88, ends within a packet",
    "c2ff00, ends within a packet",
    "8b04, without a length",
    "c2e004, in parts",
    "c20100, 'signature of version 4, found 0'",
    "c20106, 'signature of version 4, found 6'",
    "c60103, 'key of version 4, found 3'",
    "c500, ends within a packet",
    "c2010405, found the octet 5",
  })
  void refusesAFrameThatLies(String hex, String message) {
    assertThatThrownBy(() -> Packets.read(HexFormat.of().parseHex(hex), 100))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(message);
  }

  @Test
  void readsLongNewLengths() throws IOException {
    byte[] packet = new byte[3 + 192];
    packet[0] = (byte) 0xcd;
    packet[1] = (byte) 192;

    assertThat(Packets.read(packet, 1000).tags()).containsExactly(13);
  }

  @Test
  void refusesMoreThanTheLimit() {
    assertThatThrownBy(() -> Packets.read(new byte[11], 10))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("at most 10 bytes")
        .hasMessageContaining("found 11");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "nothing of the kind\n"})
  void refusesWhatIsNoOpenPgp(String content) {
    assertThatThrownBy(() -> Packets.read(content.getBytes(UTF_8), 100))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("found none");
  }

  /** Damage of any kind is an IOException; the seed makes a failure repeatable. */
  @Test
  void damagedKeysAndSignaturesEndInAnIoException() throws IOException {
    Random random = new Random(20261123);
    Verifier verifier = new Verifier(List.of(TestKeys.good().key()));
    Blob text = Blob.of(TestKeys.file("text"));
    byte[] key = TestKeys.bytes("good-public.pgp");
    byte[] signature = TestKeys.bytes("text.sig");
    byte[] framed = TestKeys.bytes("text.clear.asc");
    for (int i = 0; i < 400; i++) {
      survives(damaged(key, random), PublicKey::read);
      survives(damaged(signature, random), bytes -> verifier.detached(text, bytes));
      survives(damaged(framed, random), verifier::clearsigned);
    }
  }

  private interface Reader {
    Object read(byte[] bytes) throws IOException;
  }

  private static void survives(byte[] bytes, Reader reader) {
    try {
      assertThat(reader.read(bytes)).isNotNull();
    } catch (IOException e) {
      assertThat(e).hasMessageMatching("(?s).+");
    } catch (RuntimeException | Error e) {
      fail("not an IOException for " + HexFormat.of().formatHex(bytes), e);
    }
  }

  private static byte[] damaged(byte[] whole, Random random) {
    int length = random.nextInt(4) == 0 ? random.nextInt(whole.length) : whole.length;
    byte[] bytes = Arrays.copyOf(whole, length);
    for (int n = random.nextInt(4); n >= 0 && length > 0; n--) {
      // The lengths and subpackets, where damage hurts most, are near the begin.
      bytes[random.nextInt(random.nextBoolean() ? Math.min(length, 80) : length)] =
          (byte) random.nextInt();
    }
    return bytes;
  }
}
