package io.klts.repo.elf;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The facts about an ELF program that decide where it can run.
 *
 * @param machine the machine it is for; {@link ElfMachine#PPC64} stands for both byte orders
 * @param is64 whether it is of class ELFCLASS64
 * @param order its byte order
 * @param interpreter the path of the dynamic loader it asks for (PT_INTERP)
 * @param needed the libraries it asks for (DT_NEEDED), in its own order
 * @param versionNeeds the symbol versions it asks of those libraries, in its own order
 * @param gnuHash whether its symbol table has a GNU hash (DT_GNU_HASH)
 * @param sysvHash whether its symbol table has the classic hash (DT_HASH)
 * @param code where its machine code lies, by the sections; absent if these were stripped
 */
public record Elf(
    ElfMachine machine,
    boolean is64,
    ByteOrder order,
    Optional<String> interpreter,
    List<String> needed,
    List<VersionNeed> versionNeeds,
    boolean gnuHash,
    boolean sysvHash,
    Optional<Range> code) {

  /**
   * A piece of the file.
   *
   * @param start offset of its first byte
   * @param end offset of the first byte behind it
   */
  public record Range(long start, long end) {}

  /**
   * A version of a library's symbols without which the program does not start.
   *
   * @param soname the library, such as {@code libc.so.6}
   * @param version the version's name, such as {@code GLIBC_2.34}
   */
  public record VersionNeed(String soname, String version) {}

  public Elf {
    needed = List.copyOf(needed);
    versionNeeds = List.copyOf(versionNeeds);
  }

  /**
   * Reads an executable or a shared object. Only headers and tables are read, a few kilobytes,
   * whatever the size of the file. All names in the answer are printable ASCII without blanks.
   *
   * @throws IOException also when the file is no such ELF file or is cut off; the message says what
   *     it is instead
   */
  public static Elf read(Path file) throws IOException {
    return ElfReader.read(file);
  }

  /** Whether it needs libraries or a loader; a static-pie program has tables but needs neither. */
  public boolean isDynamic() {
    return interpreter.isPresent() || !needed.isEmpty();
  }
}
