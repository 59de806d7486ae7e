package io.klts.repo.rpm;

import io.klts.repo.blob.Sha256;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the headers of an rpm file say: all that a repository's metadata needs of it.
 *
 * @param epoch 0 if it has none
 * @param size of the file in bytes
 * @param sha256 of the file
 * @param content SHA-256 of the main header, which names the payload's digest: equal for the same
 *     package under different signatures
 * @param installedSize sum of the files' sizes in bytes
 * @param archiveSize of the payload before compression, in bytes
 * @param headerStart where the main header begins in the file
 * @param headerEnd the first byte behind it
 * @param buildTime seconds since 1970
 */
public record RpmPackage(
    String name,
    int epoch,
    String version,
    String release,
    String arch,
    String summary,
    String description,
    String packager,
    String url,
    String license,
    String vendor,
    String group,
    String buildHost,
    String sourceRpm,
    long buildTime,
    long size,
    Sha256 sha256,
    Sha256 content,
    long installedSize,
    long archiveSize,
    long headerStart,
    long headerEnd,
    List<RpmDependency> provides,
    List<RpmDependency> requires,
    List<RpmDependency> conflicts,
    List<RpmDependency> obsoletes,
    List<RpmDependency> recommends,
    List<RpmDependency> suggests,
    List<File> files,
    List<Change> changelog) {

  public RpmPackage {
    // A document leaves empty lists out.
    provides = orEmpty(provides);
    requires = orEmpty(requires);
    conflicts = orEmpty(conflicts);
    obsoletes = orEmpty(obsoletes);
    recommends = orEmpty(recommends);
    suggests = orEmpty(suggests);
    files = orEmpty(files);
    changelog = orEmpty(changelog);
  }

  private static <T> List<T> orEmpty(List<T> list) {
    return list == null ? List.of() : list;
  }

  private static final int LEAD_BYTES = 96;
  private static final int LEAD_MAGIC = 0xedabeedb;

  /** An installed path. */
  public record File(String path, Kind kind) {

    /** What rpm-md tells apart. */
    public enum Kind {
      FILE,
      DIRECTORY,
      GHOST
    }
  }

  /**
   * An entry of the changelog.
   *
   * @param time seconds since 1970
   */
  public record Change(String author, long time, String text) {}

  /**
   * Reads the headers of a file and digests it.
   *
   * @throws IOException also if it is not an rpm of format 3 or 4
   */
  public static RpmPackage read(Path file) throws IOException {
    Sha256 sha256 = Sha256.of(file);
    long size = Files.size(file);
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      return read(in, size, sha256);
    } catch (IOException | IllegalArgumentException e) {
      throw new IOException(file + " is not a readable rpm: " + e.getMessage(), e);
    }
  }

  private static RpmPackage read(InputStream in, long size, Sha256 sha256) throws IOException {
    byte[] lead = in.readNBytes(LEAD_BYTES);
    if (lead.length < LEAD_BYTES || java.nio.ByteBuffer.wrap(lead).getInt() != LEAD_MAGIC) {
      throw new IOException("it does not begin like an rpm");
    }
    HeaderReader signature = HeaderReader.read(in);
    int padding = (8 - signature.size() % 8) % 8;
    in.skipNBytes(padding);
    long start = (long) LEAD_BYTES + signature.size() + padding;
    HeaderReader header = HeaderReader.read(in);
    String content = signature.string(Tag.SHA256_HEADER);
    if (content.isEmpty()) {
      throw new IOException("it has no SHA-256 of its header");
    }
    return new RpmPackage(
        header.string(Tag.NAME),
        epoch(header),
        header.string(Tag.VERSION),
        header.string(Tag.RELEASE),
        header.string(Tag.ARCH),
        header.string(Tag.SUMMARY),
        header.string(Tag.DESCRIPTION),
        header.string(Tag.PACKAGER),
        header.string(Tag.URL),
        header.string(Tag.LICENSE),
        header.string(Tag.VENDOR),
        header.string(Tag.GROUP),
        header.string(Tag.BUILD_HOST),
        header.string(Tag.SOURCE_RPM),
        header.number(Tag.BUILD_TIME),
        size,
        sha256,
        new Sha256(content),
        header.number(Tag.SIZE),
        signature.number(Tag.SIG_PAYLOAD_SIZE),
        start,
        start + header.size(),
        dependencies(header, Tag.PROVIDE_NAME, Tag.PROVIDE_FLAGS, Tag.PROVIDE_VERSION),
        dependencies(header, Tag.REQUIRE_NAME, Tag.REQUIRE_FLAGS, Tag.REQUIRE_VERSION),
        dependencies(header, Tag.CONFLICT_NAME, Tag.CONFLICT_FLAGS, Tag.CONFLICT_VERSION),
        dependencies(header, Tag.OBSOLETE_NAME, Tag.OBSOLETE_FLAGS, Tag.OBSOLETE_VERSION),
        dependencies(header, Tag.RECOMMEND_NAME, Tag.RECOMMEND_FLAGS, Tag.RECOMMEND_VERSION),
        dependencies(header, Tag.SUGGEST_NAME, Tag.SUGGEST_FLAGS, Tag.SUGGEST_VERSION),
        files(header),
        changelog(header));
  }

  private static int epoch(HeaderReader header) throws IOException {
    long epoch = header.number(Tag.EPOCH);
    if (epoch > Integer.MAX_VALUE) {
      throw new IOException("an epoch of " + epoch);
    }
    return (int) epoch;
  }

  private static List<RpmDependency> dependencies(
      HeaderReader header, int nameTag, int flagsTag, int versionTag) throws IOException {
    List<String> names = header.strings(nameTag);
    long[] flags = header.numbers(flagsTag);
    List<String> versions = header.strings(versionTag);
    same(names.size(), flags.length, versions.size());
    List<RpmDependency> dependencies = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      dependencies.add(new RpmDependency(names.get(i), (int) flags[i], versions.get(i)));
    }
    return dependencies;
  }

  private static List<File> files(HeaderReader header) throws IOException {
    List<String> names = header.strings(Tag.BASE_NAMES);
    List<String> directories = header.strings(Tag.DIR_NAMES);
    long[] indexes = header.numbers(Tag.DIR_INDEXES);
    long[] modes = header.numbers(Tag.FILE_MODES);
    long[] flags = header.numbers(Tag.FILE_FLAGS);
    same(names.size(), indexes.length, modes.length, flags.length);
    List<File> files = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      if (indexes[i] >= directories.size()) {
        throw new IOException("a file's directory is not in the header");
      }
      files.add(
          new File(directories.get((int) indexes[i]) + names.get(i), kind(modes[i], flags[i])));
    }
    return files;
  }

  private static File.Kind kind(long mode, long flags) {
    if ((mode & 0170000) == 0040000) {
      return File.Kind.DIRECTORY;
    }
    return (flags & Tag.FILE_GHOST) != 0 ? File.Kind.GHOST : File.Kind.FILE;
  }

  private static List<Change> changelog(HeaderReader header) throws IOException {
    List<String> authors = header.strings(Tag.CHANGELOG_NAME);
    long[] times = header.numbers(Tag.CHANGELOG_TIME);
    List<String> texts = header.strings(Tag.CHANGELOG_TEXT);
    same(authors.size(), times.length, texts.size());
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < authors.size(); i++) {
      changes.add(new Change(authors.get(i), times[i], texts.get(i)));
    }
    return changes;
  }

  private static void same(int count, int... others) throws IOException {
    for (int other : others) {
      if (other != count) {
        throw new IOException("lists of different lengths that belong together");
      }
    }
  }
}
