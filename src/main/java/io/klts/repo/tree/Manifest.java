package io.klts.repo.tree;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.klts.repo.blob.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
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

  /** No first line that we know is longer. */
  private static final int LONGEST_FIRST = 100;

  /** Bytes of most lines, or fewer. */
  private static final int TYPICAL_LINE = 120;

  /** Of a number of bytes. */
  private static final int MOST_DIGITS = 19;

  /** As they stand in a line. */
  private static final List<byte[]> STAGES =
      Arrays.stream(Stage.values()).map(stage -> (" " + stage + " ").getBytes(US_ASCII)).toList();

  /**
   * One file: its digest, its size in bytes, and in which step of a change it becomes visible. It
   * is kept as a manifest writes it, because most of them are only taken over from one manifest to
   * the next.
   */
  public static final class Entry {

    private final String text;
    private final long size;

    private Entry(String text, long size) {
      this.text = text;
      this.size = size;
    }

    /** A file as it is. */
    public Entry(Sha256 sha256, long size, Stage stage) {
      this(sha256.hex() + " " + size + " " + stage, size);
    }

    /** How a manifest lists a file. */
    public static Entry of(TreeFile file) {
      return new Entry(file.sha256(), file.content().size(), file.stage());
    }

    /** Of its content. */
    public Sha256 sha256() {
      return new Sha256(text.substring(0, Sha256.HEX_LENGTH));
    }

    /** In bytes. */
    public long size() {
      return size;
    }

    /** In which step of a change it becomes visible. */
    public Stage stage() {
      return Stage.valueOf(text.substring(text.lastIndexOf(' ') + 1));
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Entry entry && text.equals(entry.text);
    }

    @Override
    public int hashCode() {
      return text.hashCode();
    }

    @Override
    public String toString() {
      return text;
    }
  }

  public Manifest {
    keys = List.copyOf(keys);
    entries = Listing.of(entries);
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
    checkFirst(firstLine(bytes), name);
    return new Text(bytes, name).manifest();
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

  /** As far as it is short. */
  private static String firstLine(byte[] bytes) {
    String start = new String(bytes, 0, Math.min(bytes.length, LONGEST_FIRST), UTF_8);
    int end = start.indexOf('\n');
    return end < 0 ? start : start.substring(0, end);
  }

  /** Refuses what is no manifest, and one of another format, by its first line. */
  static void checkFormat(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      checkFirst(firstLine(in.readNBytes(LONGEST_FIRST)), file.toString());
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

  /** Reads the text form. */
  private static final class Text {

    private final byte[] bytes;
    private final String name;
    private final Listing.Builder files;
    private final List<String> keys = new ArrayList<>();
    private long serial = -1;

    /** Of the file whose line was read last. */
    private long size;

    private Optional<Instant> validUntil = Optional.empty();

    Text(byte[] bytes, String name) {
      this.bytes = bytes;
      this.name = name;
      this.files = new Listing.Builder(bytes.length / TYPICAL_LINE);
    }

    Manifest manifest() throws IOException {
      int number = 2;
      int end;
      for (int from = endOfLine(0) + 1; from < bytes.length; from = end + 1) {
        int words = endOfWords(from);
        end = words > 0 ? file(from, words, number) : other(from, number);
        number++;
      }
      if (serial < 0) {
        throw new IOException(name + ": the serial is missing");
      }
      return new Manifest(serial, validUntil, keys, files.build());
    }

    /**
     * Where digest, size and stage of a file end in a line; 0 if the line begins in another way.
     * Not with a regular expression, and with no object for each word: a tree has thousands of
     * lines.
     */
    private int endOfWords(int from) {
      int at = from + Sha256.HEX_LENGTH;
      if (at >= bytes.length || bytes[at] != ' ' || !Sha256.isHex(bytes, from, at)) {
        return 0;
      }
      int digits = ++at;
      size = 0;
      while (at < bytes.length && bytes[at] >= '0' && bytes[at] <= '9') {
        size = 10 * size + bytes[at++] - '0';
      }
      if (!isSize(digits, at)) {
        return 0;
      }
      for (byte[] stage : STAGES) {
        int end = at + stage.length;
        if (end <= bytes.length && Arrays.equals(bytes, at, end, stage, 0, stage.length)) {
          return end - 1;
        }
      }
      return 0;
    }

    /** Are the digits of {@link #size} a number as a manifest writes it, and no other form? */
    private boolean isSize(int from, int end) {
      int length = end - from;
      // One that is too large for Java, but has no more digits than the largest, is negative.
      return length == 1 || (length > 1 && length <= MOST_DIGITS && bytes[from] != '0' && size > 0);
    }

    /**
     * Takes a file.
     *
     * @param words where its digest, size and stage end
     * @return where the line ends
     */
    private int file(int from, int words, int number) throws IOException {
      int start = words + 1;
      int end = TreePath.end(bytes, start);
      if (end == start || end == bytes.length || bytes[end] != '\n') {
        throw noFile(from, start, number);
      }
      String path = new String(bytes, start, end - start, US_ASCII);
      int order = files.last().compareTo(path);
      if (order >= 0) {
        throw fault(
            number, path + (order == 0 ? " is listed twice" : " stands behind " + files.last()));
      }
      files.add(path, new Entry(new String(bytes, from, words - from, US_ASCII), size));
      return end;
    }

    /** What is wrong with the line of a file whose path begins at a place. */
    private IOException noFile(int from, int start, int number) {
      int end = endOfLine(from);
      String path = line(start, end);
      // Cut off: what is there of a path may be one, too.
      if (end == bytes.length || path.isEmpty() || path.contains(" ")) {
        return notLine(number, line(from, end));
      }
      return fault(number, TreePath.refusal(path));
    }

    /** Takes a line that is not a file's, and returns where it ends. */
    private int other(int from, int number) throws IOException {
      int end = endOfLine(from);
      String line = line(from, end);
      if (end == bytes.length) {
        throw notLine(number, line);
      } else if (line.startsWith("serial ")) {
        serial = serial(line, number);
      } else if (line.startsWith(VALID_UNTIL)) {
        validUntil = Optional.of(time(line.substring(VALID_UNTIL.length()), number));
      } else if (line.startsWith("key ")) {
        keys.add(key(line, number));
      } else {
        throw notLine(number, line);
      }
      return end;
    }

    private int endOfLine(int from) {
      int end = from;
      while (end < bytes.length && bytes[end] != '\n') {
        end++;
      }
      return end;
    }

    private String line(int from, int end) {
      return new String(bytes, from, end - from, UTF_8);
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
      text.append(line.getValue().text).append(' ').append(line.getKey()).append('\n');
    }
    return text.toString().getBytes(UTF_8);
  }

  /** Whether the tree has this very file. */
  public boolean has(TreeFile file) {
    return Entry.of(file).equals(entries.get(file.path()));
  }
}
