package io.klts.repo.elf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.klts.repo.elf.Elf.VersionNeed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ElfTest {

  private static final int PROGRAM_HEADER = 64;

  @TempDir Path folder;

  static Stream<Arguments> everyMachine() {
    return Stream.of(
        Arguments.of(TinyElf.amd64(), 62, true, ByteOrder.LITTLE_ENDIAN),
        Arguments.of(TinyElf.arm64(), 183, true, ByteOrder.LITTLE_ENDIAN),
        Arguments.of(TinyElf.armhf(), 40, false, ByteOrder.LITTLE_ENDIAN),
        Arguments.of(TinyElf.ppc64(), 21, true, ByteOrder.BIG_ENDIAN),
        Arguments.of(TinyElf.ppc64le(), 21, true, ByteOrder.LITTLE_ENDIAN),
        Arguments.of(TinyElf.s390x(), 22, true, ByteOrder.BIG_ENDIAN),
        Arguments.of(TinyElf.riscv64(), 243, true, ByteOrder.LITTLE_ENDIAN),
        Arguments.of(TinyElf.loong64(), 258, true, ByteOrder.LITTLE_ENDIAN));
  }

  @ParameterizedTest
  @MethodSource("everyMachine")
  void readsAStaticProgramOfEveryMachine(TinyElf tiny, int machine, boolean is64, ByteOrder order)
      throws IOException {
    Elf elf = read(tiny.build());

    assertThat(elf.machine()).isEqualTo(new ElfMachine(machine));
    assertThat(elf.is64()).isEqualTo(is64);
    assertThat(elf.order()).isEqualTo(order);
    assertThat(elf.isDynamic()).isFalse();
    assertThat(elf.gnuHash()).isFalse();
    assertThat(elf.sysvHash()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("everyMachine")
  void readsADynamicProgramOfEveryMachine(TinyElf tiny, int machine, boolean is64, ByteOrder order)
      throws IOException {
    Elf elf =
        read(
            tiny.interpreter("/lib/ld.so.1")
                .needs("libc.so.6", "GLIBC_2.2.5", "GLIBC_2.34")
                .needs("libseccomp.so.2")
                .needs("libm.so.6", "GLIBC_2.29")
                .gnuHash()
                .sysvHash()
                .build());

    assertThat(elf.machine().number()).isEqualTo(machine);
    assertThat(elf.isDynamic()).isTrue();
    assertThat(elf.interpreter()).contains("/lib/ld.so.1");
    assertThat(elf.needed()).containsExactly("libc.so.6", "libseccomp.so.2", "libm.so.6");
    assertThat(elf.versionNeeds())
        .containsExactly(
            new VersionNeed("libc.so.6", "GLIBC_2.2.5"),
            new VersionNeed("libc.so.6", "GLIBC_2.34"),
            new VersionNeed("libm.so.6", "GLIBC_2.29"));
    assertThat(elf.gnuHash()).isTrue();
    assertThat(elf.sysvHash()).isTrue();
  }

  @Test
  void aStaticPieHasTablesButIsNotDynamic() throws IOException {
    Elf elf = read(TinyElf.amd64().type(3).gnuHash().build());

    assertThat(elf.isDynamic()).isFalse();
    assertThat(elf.gnuHash()).isTrue();
  }

  @Test
  void namesTheMachineForPeople() {
    assertThat(ElfMachine.X86_64).hasToString("x86-64 (e_machine 62)");
    assertThat(new ElfMachine(4711)).hasToString("another machine (e_machine 4711)");
  }

  @Test
  void saysWhatIsThereInstead() throws IOException {
    refuses(new byte[0], "it is empty");
    refuses("#!/bin/bash -e\nexit\n".getBytes(UTF_8), "it is a script: #!/bin/bash -e");
    refuses(new byte[] {'P', 'K', 3, 4, 5}, "begins with the bytes 50 4b 03 04 and not");
    refuses(new byte[] {0x7f, 'E'}, "begins with the bytes 7f 45 and not with 7f 45 4c 46");
    refuses(TinyElf.amd64().type(1).build(), "an object file to be linked (e_type 1)");
    refuses(TinyElf.amd64().type(4).build(), "a core dump (e_type 4)");
    refuses(TinyElf.amd64().type(99).build(), "of unknown kind (e_type 99)");
  }

  @Test
  void refusesWhatIsNoFile() {
    assertThatThrownBy(() -> Elf.read(folder)).hasMessageContaining("it is not a regular file");
    assertThatThrownBy(() -> Elf.read(folder.resolve("kubelet")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("kubelet: expected an ELF program, but there is no such file");
  }

  @Test
  void refusesAFileCutOffAtAnyByte() throws IOException {
    byte[] whole = dynamic().build();

    for (int length = 0; length < whole.length; length++) {
      refuses(Arrays.copyOf(whole, length), "");
    }
    refuses(Arrays.copyOf(whole, whole.length - 1), "its section header table");
    refuses(Arrays.copyOf(whole, 40), "its ELF header (64 bytes at 0) should end within its 40");
  }

  @Test
  void refusesDamagedHeaders() throws IOException {
    refuses(patch(4, 3), "its class (EI_CLASS) is 3");
    refuses(patch(5, 0), "its byte order (EI_DATA) is 0");
    refuses(patch(56, 0), "it has 0 program headers");
    refuses(patch(54, 32), "program headers of 32 bytes");
    refuses(patchLong(32, Long.MAX_VALUE), "its program header table");
    refuses(patchLong(32, -1), "its program header table (168 bytes at 18446744073709551615)");
    refuses(patchLong(40, 1 << 30), "its section header table");
    refuses(patchLong(PROGRAM_HEADER + 8, -1), "its segment of type 1");
    refuses(patchLong(PROGRAM_HEADER + 32, Long.MAX_VALUE), "its segment of type 1");
    refuses(patchLong(PROGRAM_HEADER + 56 + 32, 3), "its interpreter at 232 is not a name");
  }

  @Test
  void refusesDamagedTables() throws IOException {
    refuses(dynamic().entry(1, 1 << 20).build(), "name lies outside its string table");
    refuses(dynamic().entry(1, -1).build(), "name lies outside its string table");
    refuses(dynamic().entry(5, 0).build(), "no segment holds its string table");
    refuses(dynamic().entry(10, 1 << 30).build(), "its string table (1073741824 bytes");
    refuses(dynamic().entry(10, -1).build(), "its string table");
    refuses(dynamic().entry(0x6ffffffeL, -1).build(), "no segment holds its version table");
    refuses(TinyElf.amd64().entry(0x6ffffffeL, 0x10000).build(), "does not say its number");
    TinyElf huge = TinyElf.amd64();
    for (int i = 0; i < 5000; i++) {
      huge.entry(21, 0);
    }
    refuses(huge.build(), "dynamic section is absurdly large");
  }

  @Test
  void refusesNamesThatCouldBreakAPackageHeader() throws IOException {
    refuses(TinyElf.amd64().needs("libc.so.6\nDepends: evil").build(), "is not a name");
    refuses(TinyElf.amd64().needs("libc so").build(), "is not a name");
    refuses(TinyElf.amd64().needs("libç.so").build(), "is not a name");
    refuses(TinyElf.amd64().needs("").build(), "is not a name");
    refuses(TinyElf.amd64().needs("l".repeat(5000)).build(), "is not a name");
  }

  /** 60,000 libraries, each of which claims the same 65,535 versions, would take hours. */
  @Test
  void refusesVersionChainsThatOverlap() throws IOException {
    byte[] elf = TinyElf.amd64().needs("ll", "V".repeat(3000).split("")).needs("m", "W").build();
    ByteBuffer bytes = ByteBuffer.wrap(elf).order(ByteOrder.LITTLE_ENDIAN);
    int table = indexOf(elf, new byte[] {1, 0, (byte) 0xb8, 0x0b}); // vn_version 1, vn_cnt 3000
    for (int i = 0; i < 1000; i++) { // make entries of the versions: each heads the whole chain
      int entry = table + 16 * i;
      bytes.putShort(entry, (short) 1).putShort(entry + 2, (short) 0xffff);
      bytes.putInt(entry + 4, 1).putInt(entry + 8, 16).putInt(entry + 12, 16);
    }
    int count = indexOf(elf, new byte[] {-1, -1, -1, 0x6f, 0, 0, 0, 0}); // DT_VERNEEDNUM
    bytes.putLong(count + 8, 60_000);

    refuses(elf, "more than 10000 symbol versions");
  }

  /** Whatever the bytes are: an answer or an IOException, soon. */
  @Test
  void survivesRandomDamage() throws IOException {
    Random random = new Random(4711);
    byte[] whole = dynamic().build();
    Path file = folder.resolve("random");
    for (int run = 0; run < 1000; run++) {
      byte[] damaged = whole.clone();
      for (int i = 0; i <= run % 4; i++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      Files.write(file, damaged);
      try {
        assertThat(Elf.read(file).needed()).hasSizeLessThan(100);
      } catch (IOException e) {
        assertThat(e).hasMessageContaining(file + ": expected an ELF program, but ");
      }
    }
  }

  private static TinyElf dynamic() {
    return TinyElf.amd64()
        .interpreter("/lib64/ld-linux-x86-64.so.2")
        .needs("libc.so.6", "GLIBC_2.2.5", "GLIBC_2.34")
        .gnuHash();
  }

  private static byte[] patch(int offset, int value) {
    byte[] elf = dynamic().build();
    elf[offset] = (byte) value;
    return elf;
  }

  private static byte[] patchLong(int offset, long value) {
    byte[] elf = dynamic().build();
    ByteBuffer.wrap(elf).order(ByteOrder.LITTLE_ENDIAN).putLong(offset, value);
    return elf;
  }

  private static int indexOf(byte[] bytes, byte[] part) {
    for (int i = 0; i <= bytes.length - part.length; i++) {
      if (Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
        return i;
      }
    }
    throw new AssertionError("not found: " + Arrays.toString(part));
  }

  private Elf read(byte[] bytes) throws IOException {
    return Elf.read(Files.write(folder.resolve("program"), bytes));
  }

  private void refuses(byte[] bytes, String message) throws IOException {
    Path file = Files.write(folder.resolve("refused"), bytes);
    assertThatThrownBy(() -> Elf.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file + ": expected an ELF program, but it")
        .hasMessageContaining(message);
  }
}
