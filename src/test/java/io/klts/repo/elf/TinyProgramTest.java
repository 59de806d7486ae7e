package io.klts.repo.elf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TinyProgramTest {

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {62, 183})
  void isAStaticProgramForItsMachine(int machine) throws IOException {
    byte[] program = TinyProgram.of(new ElfMachine(machine), "kubelet\n");
    Elf elf = Elf.read(Files.write(folder.resolve("kubelet"), program));

    assertThat(elf.machine()).isEqualTo(new ElfMachine(machine));
    assertThat(elf.isDynamic()).isFalse();
    assertThat(program).hasSizeLessThan(300).endsWith("kubelet\n".getBytes(UTF_8));
  }

  /** The instructions as an assembler makes them. */
  @Test
  void hasTheInstructionsOfItsMachine() {
    assertThat(code(ElfMachine.X86_64, 33))
        .isEqualTo("bf01000000488d3515000000ba03000000b8010000000f0531ffb83c0000000f05");
    assertThat(code(ElfMachine.AARCH64, 32))
        .isEqualTo("200080d2e1000010620080d2080880d2010000d4000080d2a80b80d2010000d4");
  }

  @Test
  void refusesOtherMachinesAndLongTexts() {
    assertThatThrownBy(() -> TinyProgram.of(ElfMachine.S390, "x"))
        .hasMessage("no tiny program is known for S/390 (e_machine 22)");
    String text = "é".repeat(2049);
    assertThatThrownBy(() -> TinyProgram.of(ElfMachine.X86_64, text))
        .hasMessage("more than 4096 bytes: 4098");
    assertThat(TinyProgram.of(ElfMachine.X86_64, text.substring(1))).hasSizeGreaterThan(4096);
  }

  private static String code(ElfMachine machine, int length) {
    byte[] program = TinyProgram.of(machine, "abc");
    return HexFormat.of().formatHex(program, 176, 176 + length);
  }
}
