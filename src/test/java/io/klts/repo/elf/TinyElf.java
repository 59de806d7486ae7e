package io.klts.repo.elf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes ELF files of a few hundred bytes for any machine, with all the tables that the kernel's
 * loader and readers of section headers look at, but without code: they can be packaged, not run.
 */
public final class TinyElf {

  private static final long ADDRESS = 0x10000;

  private final ElfMachine machine;
  private final boolean is64;
  private final ByteOrder order;
  private final Map<String, List<String>> libraries = new LinkedHashMap<>();
  private final List<long[]> entries = new ArrayList<>();
  private final ByteArrayOutputStream strings = new ByteArrayOutputStream();
  private String interpreter = "";
  private int type = 2;

  private TinyElf(ElfMachine machine, boolean is64, ByteOrder order) {
    this.machine = machine;
    this.is64 = is64;
    this.order = order;
    strings.write(0);
  }

  public static TinyElf amd64() {
    return new TinyElf(ElfMachine.X86_64, true, ByteOrder.LITTLE_ENDIAN);
  }

  public static TinyElf arm64() {
    return new TinyElf(ElfMachine.AARCH64, true, ByteOrder.LITTLE_ENDIAN);
  }

  public static TinyElf armhf() {
    return new TinyElf(ElfMachine.ARM, false, ByteOrder.LITTLE_ENDIAN);
  }

  public static TinyElf ppc64() {
    return new TinyElf(ElfMachine.PPC64, true, ByteOrder.BIG_ENDIAN);
  }

  public static TinyElf ppc64le() {
    return new TinyElf(ElfMachine.PPC64, true, ByteOrder.LITTLE_ENDIAN);
  }

  public static TinyElf s390x() {
    return new TinyElf(ElfMachine.S390, true, ByteOrder.BIG_ENDIAN);
  }

  public static TinyElf riscv64() {
    return new TinyElf(ElfMachine.RISCV, true, ByteOrder.LITTLE_ENDIAN);
  }

  public static TinyElf loong64() {
    return new TinyElf(ElfMachine.LOONGARCH, true, ByteOrder.LITTLE_ENDIAN);
  }

  /** Sets {@code e_type}, which is 2 (an executable at a fixed address) else. */
  public TinyElf type(int value) {
    type = value;
    return this;
  }

  public TinyElf interpreter(String path) {
    interpreter = path;
    return this;
  }

  /** Asks for a library and some of its symbol versions. */
  public TinyElf needs(String soname, String... versions) {
    libraries.put(soname, List.of(versions));
    return this;
  }

  public TinyElf sysvHash() {
    return entry(DynamicTable.DT_HASH, ADDRESS);
  }

  public TinyElf gnuHash() {
    return entry(DynamicTable.DT_GNU_HASH, ADDRESS);
  }

  /** Adds an entry to the end of the dynamic section, where it overrides an earlier one. */
  public TinyElf entry(long tag, long value) {
    entries.add(new long[] {tag, value});
    return this;
  }

  public Path write(Path file) throws IOException {
    return Files.write(file, build());
  }

  /** The whole file. A static program if nothing of the dynamic kind was asked for. */
  public byte[] build() {
    boolean dynamic = !libraries.isEmpty() || !entries.isEmpty();
    byte[] needed = versionTable();
    byte[] loader = bytes(interpreter);
    List<long[]> needEntries = new ArrayList<>();
    libraries.keySet().forEach(soname -> needEntries.add(new long[] {1, string(soname)}));
    byte[] names = strings.toByteArray();

    int segments = 1 + (loader.length > 1 ? 1 : 0) + (dynamic ? 1 : 0);
    int loaderAt = headerSize() + segments * segmentSize();
    int namesAt = loaderAt + loader.length;
    int neededAt = align(namesAt + names.length);
    int dynamicAt = align(neededAt + needed.length);
    List<long[]> all = new ArrayList<>(needEntries);
    all.add(new long[] {5, ADDRESS + namesAt}); // DT_STRTAB
    all.add(new long[] {10, names.length}); // DT_STRSZ
    if (needed.length > 0) {
      all.add(new long[] {0x6ffffffeL, ADDRESS + neededAt}); // DT_VERNEED
      all.add(new long[] {0x6fffffffL, versioned()}); // DT_VERNEEDNUM
    }
    all.addAll(entries);
    all.add(new long[] {0, 0});
    int dynamicSize = dynamic ? all.size() * 2 * wordSize() : 0;
    int sectionsAt = align(dynamicAt + dynamicSize);
    int sections = dynamic ? 4 : 1;
    int size = sectionsAt + sections * sectionSize();

    ByteBuffer out = ByteBuffer.allocate(size).order(order);
    putHeader(out, segments, sectionsAt, sections);
    putSegment(out, 1, 0, size);
    if (loader.length > 1) {
      putSegment(out, 3, loaderAt, loader.length);
    }
    if (dynamic) {
      putSegment(out, 2, dynamicAt, dynamicSize);
      out.position(dynamicAt);
      all.forEach(entry -> putWord(putWord(out, entry[0]), entry[1]));
    }
    out.position(loaderAt);
    out.put(loader).put(names).position(neededAt);
    out.put(needed).position(sectionsAt + sectionSize());
    if (dynamic) {
      putSection(out, 3, namesAt, names.length, 0, 0, 0); // SHT_STRTAB
      putSection(out, 0x6ffffffe, neededAt, needed.length, 1, versioned(), 0); // SHT_GNU_verneed
      putSection(out, 6, dynamicAt, dynamicSize, 1, 0, 2 * wordSize()); // SHT_DYNAMIC
    }
    return out.array();
  }

  private int versioned() {
    return (int) libraries.values().stream().filter(versions -> !versions.isEmpty()).count();
  }

  private byte[] versionTable() {
    ByteBuffer out = ByteBuffer.allocate(1 << 16).order(order);
    int left = versioned();
    for (Map.Entry<String, List<String>> library : libraries.entrySet()) {
      int count = library.getValue().size();
      if (count == 0) {
        continue;
      }
      left--;
      out.putShort((short) 1).putShort((short) count).putInt(string(library.getKey()));
      out.putInt(16).putInt(left == 0 ? 0 : 16 + 16 * count);
      for (int i = 0; i < count; i++) {
        out.putInt(0).putShort((short) 0).putShort((short) 2);
        out.putInt(string(library.getValue().get(i))).putInt(i == count - 1 ? 0 : 16);
      }
    }
    byte[] table = new byte[out.position()];
    out.flip().get(table);
    return table;
  }

  private void putHeader(ByteBuffer out, int segments, int sectionsAt, int sections) {
    int data = order == ByteOrder.LITTLE_ENDIAN ? 1 : 2;
    out.put(new byte[] {0x7f, 'E', 'L', 'F', (byte) (is64 ? 2 : 1), (byte) data, 1}).position(16);
    out.putShort((short) type).putShort((short) machine.number()).putInt(1);
    putWord(putWord(putWord(out, ADDRESS), headerSize()), sectionsAt).putInt(0);
    out.putShort((short) headerSize()).putShort((short) segmentSize()).putShort((short) segments);
    out.putShort((short) sectionSize()).putShort((short) sections).putShort((short) 0);
  }

  private void putSegment(ByteBuffer out, int segment, long offset, long size) {
    out.putInt(segment);
    if (is64) {
      out.putInt(4);
    }
    putWord(putWord(putWord(out, offset), ADDRESS + offset), ADDRESS + offset);
    putWord(putWord(out, size), size);
    if (!is64) {
      out.putInt(4);
    }
    putWord(out, 1);
  }

  private void putSection(
      ByteBuffer out, int section, long offset, long size, int link, int info, int entrySize) {
    putWord(out.putInt(0).putInt(section), 2);
    putWord(putWord(putWord(out, ADDRESS + offset), offset), size).putInt(link).putInt(info);
    putWord(putWord(out, 8), entrySize);
  }

  private ByteBuffer putWord(ByteBuffer out, long value) {
    return is64 ? out.putLong(value) : out.putInt((int) value);
  }

  private int string(String text) {
    int index = strings.size();
    strings.writeBytes(bytes(text));
    return index;
  }

  private static byte[] bytes(String text) {
    return (text + "\0").getBytes(StandardCharsets.UTF_8);
  }

  private int wordSize() {
    return is64 ? 8 : 4;
  }

  private int headerSize() {
    return is64 ? 64 : 52;
  }

  private int segmentSize() {
    return is64 ? 56 : 32;
  }

  private int sectionSize() {
    return is64 ? 64 : 40;
  }

  private static int align(int offset) {
    return (offset + 7) / 8 * 8;
  }
}
