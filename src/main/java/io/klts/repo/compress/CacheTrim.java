package io.klts.repo.compress;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Deletes from a cache folder what is too much. Files that are not the cache's own stay. */
final class CacheTrim {

  private static final Pattern BLOCK = Pattern.compile("[0-9a-f]{64}");

  /** What a killed program leaves of a block that it was writing. */
  private static final Pattern UNFINISHED = Pattern.compile("\\.[0-9a-f]{64}.*\\.part");

  private final Path directory;

  CacheTrim(Path directory) {
    this.directory = directory;
  }

  /** Deletes unfinished files, and the least recently used blocks until the rest fits. */
  void downTo(long maxBytes) throws IOException {
    for (Path file : files(UNFINISHED)) {
      Files.delete(file);
    }
    List<Used> blocks = new ArrayList<>();
    for (Path file : files(BLOCK)) {
      blocks.add(Used.of(file));
    }
    blocks.sort(Comparator.comparing(Used::last).reversed().thenComparing(Used::file));
    long sum = 0;
    for (Used block : blocks) {
      sum += block.size();
      if (sum > maxBytes) {
        Files.delete(block.file());
      }
    }
  }

  private List<Path> files(Pattern name) throws IOException {
    try (Stream<Path> files =
        Files.find(
            directory,
            2,
            (file, attributes) ->
                attributes.isRegularFile()
                    && name.matcher(file.getFileName().toString()).matches())) {
      return files.toList();
    }
  }

  private record Used(Path file, long size, FileTime last) {
    static Used of(Path file) throws IOException {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return new Used(file, attributes.size(), attributes.lastModifiedTime());
    }
  }
}
