package io.klts.repo.elf;

import java.util.Map;

/**
 * The machine that a program is for.
 *
 * @param number {@code e_machine} of the ELF header, from the gABI's registry; 0 to 65535
 */
public record ElfMachine(int number) {

  public static final ElfMachine PPC64 = new ElfMachine(21);
  public static final ElfMachine S390 = new ElfMachine(22);
  public static final ElfMachine ARM = new ElfMachine(40);
  public static final ElfMachine X86_64 = new ElfMachine(62);
  public static final ElfMachine AARCH64 = new ElfMachine(183);
  public static final ElfMachine RISCV = new ElfMachine(243);
  public static final ElfMachine LOONGARCH = new ElfMachine(258);

  private static final Map<ElfMachine, String> NAMES =
      Map.of(
          new ElfMachine(3),
          "80386",
          new ElfMachine(8),
          "MIPS",
          PPC64,
          "64-bit PowerPC",
          S390,
          "S/390",
          ARM,
          "32-bit Arm",
          X86_64,
          "x86-64",
          AARCH64,
          "AArch64",
          RISCV,
          "RISC-V",
          LOONGARCH,
          "LoongArch");

  /** For people: {@code x86-64 (e_machine 62)}. */
  @Override
  public String toString() {
    return NAMES.getOrDefault(this, "another machine") + " (e_machine " + number + ")";
  }
}
