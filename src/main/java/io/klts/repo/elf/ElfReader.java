package io.klts.repo.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the ELF header and the program headers (gABI, "ELF Header" and "Program Header"). It goes
 * by segments and not by sections, as the kernel and the dynamic loader do: sections may be
 * stripped.
 */
final class ElfReader {

  /** One program header. Offsets and sizes of what lies in the file have been checked. */
  record Segment(int type, long offset, long address, long size) {
    static final int PT_LOAD = 1;
    static final int PT_DYNAMIC = 2;
    static final int PT_INTERP = 3;
  }

  private static final byte[] MAGIC = {0x7f, 'E', 'L', 'F'};
  private static final int IDENT_SIZE = 16;
  private static final int SHT_PROGBITS = 1;
  private static final long SHF_EXECINSTR = 4;
  private static final int ET_EXEC = 2;
  private static final int ET_DYN = 3;
  private static final Map<Integer, String> OTHER_TYPES =
      Map.of(1, "an object file to be linked", 4, "a core dump");

  private final BoundedFile file;
  private final boolean is64;
  private final ByteOrder order;

  private ElfReader(BoundedFile file, boolean is64, ByteOrder order) {
    this.file = file;
    this.is64 = is64;
    this.order = order;
  }

  static Elf read(Path path) throws IOException {
    try (BoundedFile file = new BoundedFile(path)) {
      requireMagic(file);
      ByteBuffer ident = file.read(0, IDENT_SIZE, ByteOrder.BIG_ENDIAN, "ELF identification");
      boolean is64 = either(file, ident.get(4), "class (EI_CLASS)");
      boolean bigEndian = either(file, ident.get(5), "byte order (EI_DATA)");
      ByteOrder order = bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
      return new ElfReader(file, is64, order).read();
    }
  }

  private static void requireMagic(BoundedFile file) throws IOException {
    if (file.size() == 0) {
      throw file.broken("it is empty");
    }
    int length = (int) Math.min(80, file.size());
    byte[] start = file.read(0, length, ByteOrder.BIG_ENDIAN, "begin").array();
    if (length >= 2 && start[0] == '#' && start[1] == '!') {
      String text = new String(start, StandardCharsets.US_ASCII);
      String line = text.lines().findFirst().orElseThrow();
      throw file.broken("it is a script: " + line.replaceAll("\\p{Cntrl}", "?"));
    }
    for (int i = 0; i < MAGIC.length; i++) {
      if (i == length || start[i] != MAGIC[i]) {
        String found = HexFormat.ofDelimiter(" ").formatHex(start, 0, Math.min(4, length));
        throw file.broken("it begins with the bytes " + found + " and not with 7f 45 4c 46");
      }
    }
  }

  /** Whether a byte that may be 1 or 2 is 2. */
  private static boolean either(BoundedFile file, byte value, String what) throws IOException {
    if (value != 1 && value != 2) {
      throw file.broken("it is damaged: its %s is %d, neither 1 nor 2".formatted(what, value));
    }
    return value == 2;
  }

  private Elf read() throws IOException {
    ByteBuffer header = read(0, is64 ? 64 : 52, "ELF header").position(IDENT_SIZE);
    int type = Short.toUnsignedInt(header.getShort());
    if (type != ET_EXEC && type != ET_DYN) {
      throw file.broken(
          "it is " + OTHER_TYPES.getOrDefault(type, "of unknown kind") + " (e_type " + type + ")");
    }
    ElfMachine machine = new ElfMachine(Short.toUnsignedInt(header.getShort()));
    header.getInt(); // e_version
    address(header); // e_entry
    Optional<Elf.Range> code = code(header.slice().order(order));
    List<Segment> segments = segments(header);
    DynamicTable dynamic = dynamicTable(segments);
    return new Elf(
        machine,
        is64,
        order,
        interpreter(segments),
        dynamic.needed(),
        dynamic.versionNeeds(),
        dynamic.has(DynamicTable.DT_GNU_HASH),
        dynamic.has(DynamicTable.DT_HASH),
        code);
  }

  /** Reads the program headers. */
  private List<Segment> segments(ByteBuffer header) throws IOException {
    long offset = address(header);
    address(header); // e_shoff
    header.getInt(); // e_flags
    header.getShort(); // e_ehsize
    int entrySize = Short.toUnsignedInt(header.getShort());
    int count = Short.toUnsignedInt(header.getShort());
    int expected = is64 ? 56 : 32;
    if (count == 0 || entrySize != expected) {
      throw file.broken(
          "it has %d program headers of %d bytes; at least one, of %d bytes, is needed to run"
              .formatted(count, entrySize, expected));
    }
    ByteBuffer table = read(offset, count * entrySize, "program header table");
    List<Segment> segments = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      segments.add(segment(table.position(i * entrySize)));
    }
    return segments;
  }

  /**
   * Finds the machine code: from the first to the last section with instructions (gABI, "Section
   * Header"). The table, mostly a file's end, has to be there, whatever is in it.
   */
  private Optional<Elf.Range> code(ByteBuffer header) throws IOException {
    address(header); // e_phoff
    long offset = address(header);
    header.position(header.position() + 10); // e_flags, e_ehsize, e_phentsize, e_phnum
    int entrySize = Short.toUnsignedInt(header.getShort());
    int count = Short.toUnsignedInt(header.getShort());
    file.requireInside(offset, (long) entrySize * count, "section header table");
    long start = Long.MAX_VALUE;
    long end = 0;
    if (entrySize == (is64 ? 64 : 40)) {
      ByteBuffer table = read(offset, entrySize * count, "section header table");
      for (int i = 0; i < count; i++) {
        ByteBuffer entry = table.position(i * entrySize + Integer.BYTES); // behind sh_name
        boolean bits = entry.getInt() == SHT_PROGBITS;
        boolean instructions = (address(entry) & SHF_EXECINSTR) != 0;
        address(entry); // sh_addr
        long from = address(entry);
        long size = address(entry);
        if (bits && instructions && from >= 0 && size > 0 && size <= file.size() - from) {
          start = Math.min(start, from);
          end = Math.max(end, from + size);
        }
      }
    }
    return start < end ? Optional.of(new Elf.Range(start, end)) : Optional.empty();
  }

  private Segment segment(ByteBuffer entry) throws IOException {
    int type = entry.getInt();
    if (is64) {
      entry.getInt(); // p_flags, which the other class has further back
    }
    long offset = address(entry);
    long virtual = address(entry);
    address(entry); // p_paddr
    long size = address(entry);
    file.requireInside(offset, size, "segment of type " + Integer.toUnsignedString(type));
    return new Segment(type, offset, virtual, size);
  }

  private Optional<String> interpreter(List<Segment> segments) throws IOException {
    Optional<Segment> segment = first(segments, Segment.PT_INTERP);
    if (segment.isEmpty()) {
      return Optional.empty();
    }
    long offset = segment.get().offset();
    return Optional.of(file.readName(offset, offset + segment.get().size(), "interpreter"));
  }

  private DynamicTable dynamicTable(List<Segment> segments) throws IOException {
    Optional<Segment> segment = first(segments, Segment.PT_DYNAMIC);
    return segment.isEmpty()
        ? DynamicTable.none(this)
        : DynamicTable.read(this, segment.get(), segments);
  }

  private static Optional<Segment> first(List<Segment> segments, int type) {
    return segments.stream().filter(segment -> segment.type() == type).findFirst();
  }

  BoundedFile file() {
    return file;
  }

  /** Reads a piece in the program's own byte order. */
  ByteBuffer read(long offset, int length, String what) throws IOException {
    return file.read(offset, length, order, what);
  }

  /** The next number of the class's width: an offset, an address, a size or a tag. */
  long address(ByteBuffer buffer) {
    return is64 ? buffer.getLong() : Integer.toUnsignedLong(buffer.getInt());
  }

  int addressSize() {
    return is64 ? Long.BYTES : Integer.BYTES;
  }
}
