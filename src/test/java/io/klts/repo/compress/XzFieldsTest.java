package io.klts.repo.compress;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class XzFieldsTest {

  /** Section 1.2 of the format: seven bits an octet, the top bit says that more follow. */
  @ParameterizedTest
  @CsvSource({
    "0, 00",
    "127, 7f",
    "128, 8001",
    "16383, ff7f",
    "16384, 808001",
    "9223372036854775807, ffffffffffffffff7f"
  })
  void numbersTakeAsManyOctetsAsTheyNeed(long value, String octets) {
    assertThat(hex(new XzFields().number(value))).isEqualTo(octets);
  }

  @Test
  void int32StartsWithTheLowestOctet() {
    assertThat(hex(new XzFields().int32(0x12345678))).isEqualTo("78563412");
  }

  @Test
  void padFillsTheLastFourOctetsOnly() {
    assertThat(hex(new XzFields().pad())).isEmpty();
    assertThat(hex(new XzFields().octet(1).pad())).isEqualTo("01000000");
    assertThat(hex(new XzFields().octets((byte) 1, (byte) 2, (byte) 3, (byte) 4).pad()))
        .isEqualTo("01020304");
  }

  /** The check value of CRC-32/ISO-HDLC. */
  @Test
  void crc32CoversAllOctetsSoFar() {
    XzFields fields = new XzFields().octets("123456789".getBytes(US_ASCII));
    assertThat(fields.crc32Value()).isEqualTo(0xCBF43926L);
    assertThat(hex(fields.crc32())).endsWith("2639f4cb");
  }

  private static String hex(XzFields fields) {
    return HexFormat.of().formatHex(fields.toBytes());
  }
}
