package io.klts.repo.store;

import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A folder behind an rsync daemon, or behind ssh and rsync, written by the system's rsync: many
 * files in one run.
 *
 * <p>The server's files are judged by their content ({@code --checksum}), not by size and time, for
 * a damaged file has both right. What rsync sends is judged before ({@link StagedFiles}).
 */
final class RsyncStore implements Store {

  /** Where the server writes files until they are whole. */
  private static final String UPLOADS = OneByOneStore.UPLOADS;

  /** For a question about one file; a transfer may take as long as bytes flow. */
  private static final Duration QUESTION = Duration.ofMinutes(2);

  private static final Duration TRANSFER = Duration.ofDays(2);

  private static final long LIST_BYTES = 1 << 16;
  private static final long REPORT_BYTES = 1 << 26;

  /** Mode, size, day, time and name of a file. */
  private static final Pattern LISTED =
      Pattern.compile("(?m)^-\\S+ +([\\d,.]{1,20}) +[\\d/]+ +[\\d:]+ (\\S+)$");

  private static final Pattern DELETED = Pattern.compile("(?m)^(?:\\*?deleting)\\s+(.*)/$");

  private final RsyncAddress address;
  private final RsyncProgram rsync;
  private final Limits limits;
  private final Retry retry;
  private final Map<String, Map<String, Long>> sizes = new HashMap<>();
  private boolean begun;

  /**
   * @throws IOException if the system has no rsync, or no ssh where it is needed, or credentials
   *     are missing
   */
  RsyncStore(Target target, Limits limits, Map<String, String> environment) throws IOException {
    this.address = RsyncAddress.of(target, environment);
    this.rsync = new RsyncProgram(address, environment);
    this.limits = limits;
    this.retry = new Retry(limits.attempts());
  }

  @Override
  public Optional<byte[]> read(String path, int limit) throws IOException {
    return retry.call(
        () -> {
          try (WorkFolder work = new WorkFolder()) {
            Path got = Files.createDirectory(work.path().resolve("got"));
            RsyncProgram.Result result =
                rsync.run(
                    List.of("--max-size=" + limit, address.of(path), got + "/"),
                    QUESTION,
                    got,
                    limit + LIST_BYTES);
            if (result.isMissing()) {
              return Optional.empty();
            }
            result.assertOk("read " + path);
            Path file = got.resolve(path.substring(path.lastIndexOf('/') + 1));
            if (!Files.isRegularFile(file) || Files.size(file) > limit) {
              throw new RefusedException(
                  address.of(path)
                      + " is no file, or has more than the expected "
                      + limit
                      + " bytes");
            }
            return Optional.of(Files.readAllBytes(file));
          }
        });
  }

  /** Asks for all sizes of a folder at once, because a run for each file would take too long. */
  @Override
  public synchronized OptionalLong size(String path) throws IOException {
    int name = path.lastIndexOf('/') + 1;
    String folder = path.substring(0, name);
    Map<String, Long> files = sizes.get(folder);
    if (files == null) {
      files = retry.call(() -> list(folder));
      sizes.put(folder, files);
    }
    Long size = files.get(path.substring(name));
    return size == null ? OptionalLong.empty() : OptionalLong.of(size);
  }

  private Map<String, Long> list(String folder) throws IOException {
    RsyncProgram.Result result =
        rsync.run(List.of("--list-only", "--no-h", address.of(folder)), QUESTION, REPORT_BYTES);
    Map<String, Long> files = new HashMap<>();
    if (!result.isMissing()) {
      LISTED
          .matcher(result.assertOk("list " + (folder.isEmpty() ? "the folder" : folder)).out())
          .results()
          .forEach(m -> files.put(m.group(2), Long.parseLong(m.group(1).replaceAll("\\D", ""))));
    }
    return files;
  }

  @Override
  public void put(Collection<TreeFile> files, Consumer<TreeFile> done) throws IOException {
    if (!files.isEmpty()) {
      begin();
      send(files);
      files.forEach(done);
    }
  }

  @Override
  public void putInOrder(Collection<List<TreeFile>> lists, Consumer<TreeFile> done)
      throws IOException {
    List<TreeFile> all = lists.stream().flatMap(List::stream).toList();
    for (List<TreeFile> run : RsyncOrder.runs(all)) {
      put(run, done);
    }
  }

  /** Makes the folder for uploads, or empties it of what a run that was killed left. */
  private synchronized void begin() throws IOException {
    sizes.clear();
    if (begun) {
      return;
    }
    try (WorkFolder work = new WorkFolder()) {
      Files.createDirectory(work.path().resolve(UPLOADS));
      retry.call(
          () ->
              rsync
                  .run(
                      List.of(
                          "--recursive",
                          "--delete",
                          "--relative",
                          work.path() + "/./" + UPLOADS + "/",
                          address.root()),
                      QUESTION,
                      LIST_BYTES)
                  .assertOk("begin to write"));
    }
    begun = true;
  }

  private void send(Collection<TreeFile> files) throws IOException {
    try (WorkFolder work = new WorkFolder()) {
      StagedFiles staged = StagedFiles.in(work.path().resolve("files"), files);
      List<String> options = new ArrayList<>();
      options.add("--files-from=" + list(work, paths(files)));
      // A file that could not be linked is named by a link.
      options.add("--copy-links");
      options.addAll(List.of("--perms", "--chmod=F644"));
      options.addAll(List.of("--times", "--omit-dir-times", "--no-implied-dirs"));
      options.add("--checksum");
      options.addAll(List.of("--delay-updates", "--temp-dir=" + UPLOADS));
      if (limits.bytesPerSecond() > 0) {
        options.add("--bwlimit=" + Math.max(1, limits.bytesPerSecond() / 1024));
      }
      options.addAll(List.of(staged.folder() + "/", address.root()));
      retry.call(() -> rsync.run(options, TRANSFER, REPORT_BYTES).assertOk("send " + named(files)));
      staged.assertUnchanged();
    }
  }

  private static String named(Collection<TreeFile> files) {
    String first = files.iterator().next().path();
    return files.size() == 1 ? first : files.size() + " files from " + first + " on";
  }

  private static List<String> paths(Collection<TreeFile> files) {
    return files.stream().map(TreeFile::path).toList();
  }

  /** Writes names to a file, which has room for more of them than a command line. */
  private static Path list(WorkFolder work, Collection<String> paths) throws IOException {
    return Files.write(work.path().resolve("list"), paths, StandardCharsets.US_ASCII);
  }

  @Override
  public synchronized void delete(Collection<String> paths) throws IOException {
    sizes.clear();
    deleteMissing(paths);
    // A folder that is not empty stays; one that went may have emptied the one that it was in.
    Set<String> folders = folders(paths);
    while (!folders.isEmpty()) {
      folders = folders(deleteMissing(folders));
    }
  }

  private static Set<String> folders(Collection<String> paths) {
    return paths.stream()
        .filter(path -> path.contains("/"))
        .map(path -> path.substring(0, path.lastIndexOf('/')))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * Deletes what an empty folder does not have.
   *
   * @return the folders that went
   */
  private Set<String> deleteMissing(Collection<String> paths) throws IOException {
    if (paths.isEmpty()) {
      return Set.of();
    }
    try (WorkFolder work = new WorkFolder()) {
      Path empty = Files.createDirectory(work.path().resolve("empty"));
      List<String> command =
          List.of(
              "--files-from=" + list(work, paths),
              "--delete-missing-args",
              "--no-implied-dirs",
              "--out-format=%n",
              empty + "/",
              address.root());
      RsyncProgram.Result result =
          retry.call(
              () ->
                  rsync
                      .run(command, TRANSFER, REPORT_BYTES)
                      .assertOkOr(RsyncProgram.VANISHED, "delete " + paths.size() + " files"));
      return DELETED
          .matcher(result.out())
          .results()
          .map(m -> m.group(1))
          .collect(Collectors.toSet());
    }
  }

  @Override
  public synchronized void close() {
    if (begun) {
      try {
        deleteMissing(List.of(UPLOADS));
      } catch (IOException e) {
        // The next run empties it.
      }
    }
  }
}
