package io.klts.repo.rpm;

import io.klts.repo.blob.Sha256;
import io.klts.repo.compress.CompressedFile;
import io.klts.repo.recipe.Content;
import io.klts.repo.recipe.PackageSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/** The files of a package in the order of header and payload, which must be the same. */
final class FileList {

  private static final int DIRECTORY = 0040000;
  private static final int REGULAR = 0100000;

  /**
   * One installed path.
   *
   * @param size in bytes; 0 for a directory
   * @param digest SHA-256; empty for a directory
   */
  record Entry(Content content, int mode, int flags, int size, String digest) {}

  private final List<Entry> entries = new ArrayList<>();
  private final int mtime;

  FileList(PackageSpec spec, Map<Path, CompressedFile> programs) throws IOException {
    this.mtime = Math.toIntExact(spec.date().getEpochSecond());
    for (Content content : spec.contents()) {
      entries.add(entry(content, programs));
    }
  }

  private static Entry entry(Content content, Map<Path, CompressedFile> programs)
      throws IOException {
    if (content instanceof Content.Directory) {
      return new Entry(content, DIRECTORY | content.mode(), 0, 0, "");
    }
    if (content instanceof Content.Program program) {
      CompressedFile file = programs.get(program.binary().file());
      // rpm's 32-bit sizes: a larger file needs other tags, and no binary is near.
      int size = Math.toIntExact(file.size());
      return new Entry(content, REGULAR | content.mode(), 0, size, file.sha256().hex());
    }
    Content.Text text = (Content.Text) content;
    return new Entry(
        content,
        REGULAR | content.mode(),
        flags(text.role()),
        Math.toIntExact(text.blob().size()),
        Sha256.of(text.blob().bytes()).hex());
  }

  private static int flags(Content.Role role) {
    return switch (role) {
      case PLAIN -> 0;
      case CONFIG -> Tag.FILE_CONFIG | Tag.FILE_NOREPLACE;
      case DOC -> Tag.FILE_DOC;
      case LICENSE -> Tag.FILE_LICENSE;
    };
  }

  List<Entry> entries() {
    return entries;
  }

  /** The sum of the files' sizes. */
  int size() {
    return entries.stream().mapToInt(Entry::size).reduce(0, Math::addExact);
  }

  void addTo(HeaderBuilder header) {
    Map<String, Integer> directories = new LinkedHashMap<>();
    for (Entry entry : entries) {
      directories.putIfAbsent(directory(entry), directories.size());
    }
    header
        .ints(Tag.FILE_SIZES, ints(Entry::size))
        .shorts(Tag.FILE_MODES, shorts(Entry::mode))
        .shorts(Tag.FILE_RDEVS, shorts(e -> 0))
        .ints(Tag.FILE_MTIMES, ints(e -> mtime))
        .strings(Tag.FILE_DIGESTS, strings(Entry::digest))
        .strings(Tag.FILE_LINKTOS, strings(e -> ""))
        .ints(Tag.FILE_FLAGS, ints(Entry::flags))
        .strings(Tag.FILE_USERS, strings(e -> "root"))
        .strings(Tag.FILE_GROUPS, strings(e -> "root"))
        .ints(Tag.FILE_VERIFY_FLAGS, ints(e -> -1))
        .ints(Tag.FILE_DEVICES, ints(e -> 1))
        .ints(Tag.FILE_INODES, ints(e -> 1 + entries.indexOf(e)))
        .strings(Tag.FILE_LANGS, strings(e -> ""))
        .ints(Tag.DIR_INDEXES, ints(e -> directories.get(directory(e))))
        .strings(Tag.BASE_NAMES, strings(FileList::baseName))
        .strings(Tag.DIR_NAMES, List.copyOf(directories.keySet()))
        .ints(Tag.FILE_DIGEST_ALGO, Tag.DIGEST_SHA256);
  }

  private int[] ints(ToIntFunction<Entry> value) {
    return entries.stream().mapToInt(value).toArray();
  }

  private short[] shorts(ToIntFunction<Entry> value) {
    short[] shorts = new short[entries.size()];
    for (int i = 0; i < shorts.length; i++) {
      shorts[i] = (short) value.applyAsInt(entries.get(i));
    }
    return shorts;
  }

  private List<String> strings(Function<Entry, String> value) {
    return entries.stream().map(value).toList();
  }

  private static String directory(Entry entry) {
    String path = entry.content().path();
    return path.substring(0, path.lastIndexOf('/') + 1);
  }

  private static String baseName(Entry entry) {
    String path = entry.content().path();
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
