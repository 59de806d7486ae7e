package io.klts.repo.elf;

import io.klts.repo.elf.Elf.VersionNeed;
import io.klts.repo.elf.ElfReader.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The dynamic section (gABI, "Dynamic Section") and the table of needed symbol versions (LSB Core,
 * "Symbol Versioning") that it points to.
 */
final class DynamicTable {

  static final long DT_HASH = 4;
  static final long DT_GNU_HASH = 0x6ffffef5L;
  private static final long DT_NULL = 0;
  private static final long DT_NEEDED = 1;
  private static final long DT_STRTAB = 5;
  private static final long DT_STRSZ = 10;
  private static final long DT_VERNEED = 0x6ffffffeL;
  private static final long DT_VERNEEDNUM = 0x6fffffffL;

  /** Real programs have about 40 entries of 16 bytes. */
  private static final int LARGEST_TABLE = 1 << 16;

  /** Real programs have about 20. Damaged chains could overlap and name each other for hours. */
  private static final int MOST_VERSIONS = 10_000;

  private final ElfReader reader;
  private final List<Segment> segments;

  /** Tags that occur once, with their values; in a damaged file the last one counts. */
  private final Map<Long, Long> values = new HashMap<>();

  private final List<Long> neededNames = new ArrayList<>();

  private DynamicTable(ElfReader reader, List<Segment> segments) {
    this.reader = reader;
    this.segments = segments;
  }

  /** The table of a static program: empty. */
  static DynamicTable none(ElfReader reader) {
    return new DynamicTable(reader, List.of());
  }

  static DynamicTable read(ElfReader reader, Segment dynamic, List<Segment> segments)
      throws IOException {
    if (dynamic.size() > LARGEST_TABLE) {
      throw reader
          .file()
          .broken("its dynamic section is absurdly large, in bytes: " + dynamic.size());
    }
    ByteBuffer entries = reader.read(dynamic.offset(), (int) dynamic.size(), "dynamic section");
    DynamicTable table = new DynamicTable(reader, segments);
    while (entries.remaining() >= 2 * reader.addressSize()) {
      long tag = reader.address(entries);
      long value = reader.address(entries);
      if (tag == DT_NULL) {
        break;
      }
      if (tag == DT_NEEDED) {
        table.neededNames.add(value);
      } else {
        table.values.put(tag, value);
      }
    }
    return table;
  }

  boolean has(long tag) {
    return values.containsKey(tag);
  }

  List<String> needed() throws IOException {
    List<String> names = new ArrayList<>();
    for (long name : neededNames) {
      names.add(name(name));
    }
    return names;
  }

  /** Walks the chain of Verneed entries, each of which heads a chain of Vernaux entries. */
  List<VersionNeed> versionNeeds() throws IOException {
    List<VersionNeed> needs = new ArrayList<>();
    if (!has(DT_VERNEED)) {
      return needs;
    }
    long offset = fileOffset(DT_VERNEED, "version table");
    long libraries = value(DT_VERNEEDNUM, "number of libraries with versions");
    for (long i = 0; i < libraries; i++) {
      if (i == MOST_VERSIONS) {
        throw reader
            .file()
            .broken("it asks for versions of more than " + MOST_VERSIONS + " libraries");
      }
      ByteBuffer need = reader.read(offset, 16, "version table");
      need.getShort(); // vn_version
      int versions = Short.toUnsignedInt(need.getShort());
      String soname = name(Integer.toUnsignedLong(need.getInt()));
      addVersions(needs, soname, versions, offset + Integer.toUnsignedLong(need.getInt()));
      long next = Integer.toUnsignedLong(need.getInt());
      if (next == 0) {
        break;
      }
      offset += next;
    }
    return needs;
  }

  private void addVersions(List<VersionNeed> needs, String soname, int count, long first)
      throws IOException {
    long offset = first;
    for (int i = 0; i < count; i++) {
      if (needs.size() == MOST_VERSIONS) {
        throw reader.file().broken("it asks for more than " + MOST_VERSIONS + " symbol versions");
      }
      ByteBuffer version = reader.read(offset, 16, "version table").position(8);
      needs.add(new VersionNeed(soname, name(Integer.toUnsignedLong(version.getInt()))));
      long next = Integer.toUnsignedLong(version.getInt());
      if (next == 0) {
        break;
      }
      offset += next;
    }
  }

  /** The string at an index of the dynamic string table. */
  private String name(long index) throws IOException {
    long size = value(DT_STRSZ, "string table size");
    long start = fileOffset(DT_STRTAB, "string table");
    reader.file().requireInside(start, size, "string table");
    if (index < 0 || index >= size) {
      throw reader.file().broken("it is damaged: a library's name lies outside its string table");
    }
    return reader.file().readName(start + index, start + size, "library or version name");
  }

  /** Where in the file the memory address in an entry comes from. */
  private long fileOffset(long tag, String what) throws IOException {
    long address = value(tag, what);
    for (Segment segment : segments) {
      long within = address - segment.address();
      if (segment.type() == Segment.PT_LOAD && within >= 0 && within < segment.size()) {
        return segment.offset() + within;
      }
    }
    throw reader.file().broken("it is damaged: no segment holds its " + what);
  }

  private long value(long tag, String what) throws IOException {
    Long value = values.get(tag);
    if (value == null) {
      throw reader.file().broken("it is damaged: its dynamic section does not say its " + what);
    }
    return value;
  }
}
