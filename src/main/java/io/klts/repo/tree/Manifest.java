package io.klts.repo.tree;

import io.klts.repo.blob.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The list of all files of a tree at one moment. As text:
 *
 * <pre>
 * klts-manifest 1
 * serial 58
 * valid-until 2026-12-04T00:00:00Z
 * key 7C3F…09DE
 * &lt;SHA-256&gt; &lt;size&gt; &lt;PAYLOAD, INDEX or ROOT&gt; &lt;path&gt;
 * </pre>
 *
 * with one line a file, sorted by path. The manifest does not list itself and its signature. During
 * a change of keys it has a line for each key that signs; without an end it has no line for that.
 *
 * @param serial grows with each change of the tree; 0 for a tree that was never published
 * @param validUntil when the first of the tree's indexes ends: who is shown this manifest later is
 *     kept from a newer one, or nobody refreshed the tree
 * @param keys fingerprints of the keys that signed the tree's indexes, in the order of their
 *     signatures, the primary key last; none if they are unsigned
 * @param entries by path
 */
public record Manifest(
    long serial,
    Optional<Instant> validUntil,
    List<String> keys,
    SortedMap<String, Entry> entries) {

  /** Where it lies in the tree. */
  public static final String PATH = "manifest";

  /** Where its signature lies. */
  public static final String SIGNATURE_PATH = "manifest.asc";

  /** The most bytes of a manifest that anybody reads. */
  public static final int LARGEST = 32 << 20;

  /** The most bytes of its signature. */
  public static final int LARGEST_SIGNATURE = 1 << 16;

  private static final String FIRST_LINE = "klts-manifest ";
  private static final int FORMAT = 1;
  private static final String VALID_UNTIL = "valid-until ";
  private static final List<Stage> STAGES = List.of(Stage.values());

  /**
   * One file.
   *
   * @param sha256 of its content
   * @param size in bytes
   * @param stage in which step of a change it becomes visible
   */
  public record Entry(Sha256 sha256, long size, Stage stage) {

    /** How a manifest lists a file. */
    public static Entry of(TreeFile file) {
      return new Entry(file.sha256(), file.content().size(), file.stage());
    }

    // Not those of the record: Java makes these at run time, which every start would pay for.
    @Override
    public boolean equals(Object other) {
      return other instanceof Entry entry
          && sha256.equals(entry.sha256)
          && size == entry.size
          && stage == entry.stage;
    }

    @Override
    public int hashCode() {
      return sha256.hashCode();
    }
  }

  public Manifest {
    keys = List.copyOf(keys);
    entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
  }

  /** The manifest of a tree that was never published. */
  public static Manifest empty() {
    return new Manifest(0, Optional.empty(), List.of(), new TreeMap<>());
  }

  /**
   * Reads the text form.
   *
   * @param name stands for it in messages
   * @throws IOException if it is damaged or of a newer format
   */
  public static Manifest parse(byte[] bytes, String name) throws IOException {
    String text = new String(bytes, StandardCharsets.UTF_8);
    checkFirst(firstLine(text), name);
    return new Text(text, name).manifest();
  }

  /**
   * Reads the text form of a tree that was published.
   *
   * @param name stands for it in messages
   * @throws IOException also if it lists nothing, or says the same in another form than publishing
   *     writes
   */
  public static Manifest published(byte[] bytes, String name) throws IOException {
    Manifest manifest = parse(bytes, name);
    if (manifest.entries.isEmpty()) {
      throw new IOException("a manifest without files");
    }
    if (!Arrays.equals(manifest.bytes(), bytes)) {
      throw new IOException("another form than publishing writes");
    }
    return manifest;
  }

  private static String firstLine(String text) {
    return text.substring(0, endOfLine(text, 0));
  }

  private static int endOfLine(String text, int from) {
    int end = text.indexOf('\n', from);
    return end < 0 ? text.length() : end;
  }

  /** Refuses what is no manifest, and one of another format, by its first line. */
  static void checkFormat(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      String start = new String(in.readNBytes(100), StandardCharsets.UTF_8);
      checkFirst(firstLine(start), file.toString());
    }
  }

  private static void checkFirst(String line, String name) throws IOException {
    if (!line.startsWith(FIRST_LINE)) {
      throw new IOException(
          name
              + ": this is not a manifest; expected \""
              + FIRST_LINE
              + FORMAT
              + "\"\n  nothing was changed; give a new folder, or restore the tree from a copy of it");
    }
    String format = line.substring(FIRST_LINE.length());
    if (!format.equals(Integer.toString(FORMAT))) {
      throw new IOException(
          name
              + ": the tree has format "
              + format
              + ", this program knows format "
              + FORMAT
              + "\n  nothing was changed; use the program version that wrote the tree, or a newer one");
    }
  }

  private record Text(String text, String name) {

    Manifest manifest() throws IOException {
      long serial = -1;
      Optional<Instant> validUntil = Optional.empty();
      List<String> keys = new ArrayList<>();
      SortedMap<String, Entry> entries = new TreeMap<>();
      int number = 2;
      int end;
      for (int from = endOfLine(text, 0) + 1; from < text.length(); from = end + 1) {
        end = endOfLine(text, from);
        if (end == text.length()) {
          // Cut off: what is there of a path may be one, too.
          throw notLine(number, text.substring(from, end));
        }
        if (text.startsWith("serial ", from)) {
          serial = serial(text.substring(from, end), number);
        } else if (text.startsWith(VALID_UNTIL, from)) {
          validUntil = Optional.of(time(text.substring(from + VALID_UNTIL.length(), end), number));
        } else if (text.startsWith("key ", from)) {
          keys.add(key(text.substring(from, end), number));
        } else {
          add(entries, from, end, number);
        }
        number++;
      }
      if (serial < 0) {
        throw new IOException(name + ": the serial is missing");
      }
      return new Manifest(serial, validUntil, keys, entries);
    }

    private long serial(String line, int number) throws IOException {
      if (!line.matches("serial [1-9]\\d{0,17}")) {
        throw notLine(number, line);
      }
      return Long.parseLong(line.substring("serial ".length()));
    }

    private String key(String line, int number) throws IOException {
      if (!line.matches("key [0-9A-F]{40}")) {
        throw notLine(number, line);
      }
      return line.substring("key ".length());
    }

    private Instant time(String text, int number) throws IOException {
      try {
        return Instant.parse(text);
      } catch (DateTimeException e) {
        throw fault(number, "\"" + text + "\" is not a time, such as 2026-12-04T00:00:00Z");
      }
    }

    /** Not with a regular expression: a tree has thousands of lines. */
    private void add(SortedMap<String, Entry> entries, int from, int end, int number)
        throws IOException {
      int size = text.indexOf(' ', from) + 1;
      int stage = text.indexOf(' ', size) + 1;
      int path = text.lastIndexOf(' ', end) + 1;
      Entry entry;
      try {
        Sha256 sha256 = new Sha256(text.substring(from, size - 1));
        entry = new Entry(sha256, size(size, stage - 1), stage(stage, path - 1));
      } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
        throw notLine(number, text.substring(from, end));
      }
      String name = text.substring(path, end);
      try {
        if (entries.put(TreePath.check(name), entry) != null) {
          throw fault(number, name + " is listed twice");
        }
      } catch (IllegalArgumentException e) {
        throw fault(number, e.getMessage());
      }
    }

    /** A number as a manifest writes it, and no other form of it. */
    private long size(int from, int end) {
      long size = Long.parseLong(text, from, end, 10);
      if (size < 0 || Long.toString(size).length() != end - from) {
        throw new IllegalArgumentException(text.substring(from, end) + " is not a size");
      }
      return size;
    }

    private Stage stage(int from, int end) {
      for (Stage stage : STAGES) {
        String name = stage.name();
        if (name.length() == end - from && text.startsWith(name, from)) {
          return stage;
        }
      }
      throw new IllegalArgumentException(text.substring(from, end) + " is not a stage");
    }

    private IOException notLine(int number, String line) {
      return fault(number, "\"" + line + "\" is not a line of a manifest");
    }

    private IOException fault(int number, String message) {
      return new IOException(
          name
              + ":"
              + number
              + ": "
              + message
              + "\n  nothing was changed; restore the tree from a copy of it");
    }
  }

  /** The key that signs packages, too, and is the last to sign indexes. */
  public Optional<String> primary() {
    return keys.isEmpty() ? Optional.empty() : Optional.of(keys.get(keys.size() - 1));
  }

  /** The text form in UTF-8. */
  public byte[] bytes() {
    StringBuilder text = new StringBuilder(entries.size() * 150);
    text.append(FIRST_LINE).append(FORMAT).append("\nserial ").append(serial).append('\n');
    validUntil.ifPresent(end -> text.append(VALID_UNTIL).append(end).append('\n'));
    keys.forEach(fingerprint -> text.append("key ").append(fingerprint).append('\n'));
    for (Map.Entry<String, Entry> line : entries.entrySet()) {
      Entry entry = line.getValue();
      text.append(entry.sha256.hex()).append(' ').append(entry.size).append(' ');
      text.append(entry.stage).append(' ').append(line.getKey()).append('\n');
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Whether the tree has this very file. */
  public boolean has(TreeFile file) {
    return Entry.of(file).equals(entries.get(file.path()));
  }
}
