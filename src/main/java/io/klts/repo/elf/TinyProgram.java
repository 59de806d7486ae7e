package io.klts.repo.elf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The smallest real Linux program: static, a few hundred bytes, prints a text and ends with status
 * 0. It stands in for binaries where none were given, so that a package of it can be installed and
 * run.
 */
public final class TinyProgram {

  /** What a pipe takes in one write, so the program need not repeat it. */
  private static final int LONGEST_TEXT = 4096;

  private static final int HEADER_SIZE = 64;
  private static final int SEGMENT_SIZE = 56;
  private static final int CODE = HEADER_SIZE + 2 * SEGMENT_SIZE;
  private static final long ADDRESS = 0x400000;

  /** The largest page of the two machines: AArch64 kernels may use 64 KiB. */
  private static final long PAGE = 0x10000;

  private TinyProgram() {}

  /**
   * Makes a program.
   *
   * @param machine {@link ElfMachine#X86_64} or {@link ElfMachine#AARCH64}
   * @param text what it prints on its standard output, at most 4096 bytes in UTF-8
   * @throws IllegalArgumentException for another machine or a longer text
   */
  public static byte[] of(ElfMachine machine, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > LONGEST_TEXT) {
      throw new IllegalArgumentException("more than " + LONGEST_TEXT + " bytes: " + bytes.length);
    }
    byte[] code = code(machine, bytes.length);
    int size = CODE + code.length + bytes.length;
    ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    putHeader(out, machine);
    putSegment(out, 1, 5, size, ADDRESS, PAGE); // PT_LOAD, readable and executable: the whole file
    putSegment(out, 0x6474e551, 6, 0, 0, 16); // PT_GNU_STACK: the stack is not executable
    return out.put(code).put(bytes).array();
  }

  private static void putHeader(ByteBuffer out, ElfMachine machine) {
    out.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16); // 64-bit, little-endian
    out.putShort((short) 2).putShort((short) machine.number()).putInt(1); // ET_EXEC
    out.putLong(ADDRESS + CODE).putLong(HEADER_SIZE).putLong(0).putInt(0); // no sections, flags
    out.putShort((short) HEADER_SIZE).putShort((short) SEGMENT_SIZE).putShort((short) 2);
    out.putShort((short) 0).putShort((short) 0).putShort((short) 0); // no sections
  }

  private static void putSegment(
      ByteBuffer out, int type, int flags, long size, long address, long alignment) {
    out.putInt(type).putInt(flags).putLong(0).putLong(address).putLong(address);
    out.putLong(size).putLong(size).putLong(alignment);
  }

  /** The instructions, which find the text right behind themselves. */
  private static byte[] code(ElfMachine machine, int length) {
    if (machine.equals(ElfMachine.X86_64)) {
      return amd64(length);
    }
    if (machine.equals(ElfMachine.AARCH64)) {
      return arm64(length);
    }
    throw new IllegalArgumentException("no tiny program is known for " + machine);
  }

  private static byte[] amd64(int length) {
    ByteBuffer code = ByteBuffer.allocate(33).order(ByteOrder.LITTLE_ENDIAN);
    code.put((byte) 0xbf).putInt(1); // mov edi, 1      standard output
    code.put((byte) 0x48).put((byte) 0x8d).put((byte) 0x35).putInt(21); // lea rsi, [rip + 21]
    code.put((byte) 0xba).putInt(length); // mov edx, length
    code.put((byte) 0xb8).putInt(1); // mov eax, 1      write
    code.put((byte) 0x0f).put((byte) 0x05); // syscall
    code.put((byte) 0x31).put((byte) 0xff); // xor edi, edi    status 0
    code.put((byte) 0xb8).putInt(60); // mov eax, 60     exit
    return code.put((byte) 0x0f).put((byte) 0x05).array(); // syscall
  }

  private static byte[] arm64(int length) {
    ByteBuffer code = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
    code.putInt(0xd2800020); // mov x0, #1          standard output
    code.putInt(0x100000e1); // adr x1, . + 28      the text
    code.putInt(0xd2800002 | length << 5); // mov x2, #length
    code.putInt(0xd2800808); // mov x8, #64         write
    code.putInt(0xd4000001); // svc #0
    code.putInt(0xd2800000); // mov x0, #0          status 0
    code.putInt(0xd2800ba8); // mov x8, #93         exit
    return code.putInt(0xd4000001).array(); // svc #0
  }
}
