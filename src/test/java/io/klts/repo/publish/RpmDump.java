package io.klts.repo.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.klts.repo.blob.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.redline_rpm.header.AbstractHeader;
import org.redline_rpm.header.Header;
import org.redline_rpm.header.Signature;

/**
 * The headers of an rpm as text: every entry, in the order of the file. It reads the format by
 * itself, so that no fault of the program's reader hides one of its writer.
 */
final class RpmDump {

  private static final int LEAD = 96;

  /** Redline calls it by the name of its neighbour. */
  private static final int POSTTRANSPROG = 1154;

  private final ByteBuffer bytes;
  private final StringBuilder text = new StringBuilder();

  private RpmDump(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes);
  }

  static String of(Path rpm) throws IOException {
    RpmDump dump = new RpmDump(Files.readAllBytes(rpm));
    dump.text.append("lead ").append(dump.string(10)).append('\n');
    dump.bytes.position(LEAD);
    dump.header("signature", Signature.SignatureTag.values());
    dump.bytes.position((dump.bytes.position() + 7) / 8 * 8);
    dump.header("header", Header.HeaderTag.values());
    return dump.text.toString();
  }

  private void header(String title, AbstractHeader.Tag... known) {
    text.append('\n').append(title).append('\n');
    Map<Integer, String> names = new TreeMap<>();
    for (AbstractHeader.Tag tag : known) {
      names.put(tag.getCode(), " " + tag.getName());
    }
    names.computeIfPresent(POSTTRANSPROG, (code, name) -> " posttransprog");
    int start = bytes.position();
    int entries = bytes.getInt(start + 8);
    int data = start + 16 + entries * 16;
    for (int i = 0; i < entries; i++) {
      int at = start + 16 + i * 16;
      int tag = bytes.getInt(at);
      text.append(tag).append(names.getOrDefault(tag, "")).append('\n');
      values(bytes.getInt(at + 4), data + bytes.getInt(at + 8), bytes.getInt(at + 12));
    }
    bytes.position(data + bytes.getInt(start + 12));
  }

  /** Types as in rpm's rpmtypes.h; a line each value. */
  private void values(int type, int offset, int count) {
    int at = offset;
    switch (type) {
      case 3 -> {
        for (int i = 0; i < count; i++) {
          line(Integer.toOctalString(bytes.getShort(at + 2 * i) & 0xffff) + " (octal)");
        }
      }
      case 4 -> {
        for (int i = 0; i < count; i++) {
          line(Integer.toUnsignedString(bytes.getInt(at + 4 * i)));
        }
      }
      case 6, 8, 9 -> {
        for (int i = 0; i < count; i++) {
          String value = string(at);
          at += value.getBytes(UTF_8).length + 1;
          line(value);
        }
      }
      default -> {
        byte[] value = new byte[count];
        bytes.get(offset, value);
        line("type " + type + ", " + count + " bytes, sha256 " + Sha256.of(value));
      }
    }
  }

  private void line(String value) {
    String lines = value.isEmpty() ? "(empty)" : value.strip().replace("\n", "\n  | ");
    text.append("  ").append(lines.replace("| \n", "|\n")).append('\n');
  }

  private String string(int at) {
    int end = at;
    while (bytes.get(end) != 0) {
      end++;
    }
    return new String(bytes.array(), at, end - at, UTF_8);
  }
}
