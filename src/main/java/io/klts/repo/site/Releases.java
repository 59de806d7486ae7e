package io.klts.repo.site;

import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.document.Documents;
import io.klts.repo.tree.Stage;
import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What machines want to know of a tree without reading its indexes. */
public final class Releases {

  /**
   * A release, as {@code releases.json} lists it.
   *
   * @param version such as {@code 1.28.15-lts.2}
   * @param channel of its minor, such as {@code v1.28}
   * @param published the day, as {@code 2026-04-14}
   * @param endOfLife the day when upstream ended its support for the channel's minor; {@code null}
   *     if nobody recorded it
   * @param architectures Go's names
   * @param fixes the vulnerabilities that it fixes; {@code null} if there are none or nobody
   *     recorded them
   * @param withdrawn why it is in no index any more; {@code null} if it is
   */
  public record Entry(
      String version,
      String channel,
      String published,
      String endOfLife,
      Collection<String> architectures,
      List<String> fixes,
      String withdrawn) {}

  /**
   * The whole file.
   *
   * @param releases in the order of their versions
   */
  private record Document(List<Entry> releases) {}

  /** How the channel with everything is called. */
  public static final String ALL = "all";

  private final List<Entry> releases;
  private final Instant date;
  private final SortedMap<String, LtsVersion> latest = new TreeMap<>();

  /**
   * @param releases in the order of their versions
   * @param date of the tree
   */
  public Releases(List<Entry> releases, Instant date) {
    this.releases = List.copyOf(releases);
    this.date = date;
    for (Entry release : releases) {
      if (release.withdrawn == null) {
        // They come in the order of their versions.
        LtsVersion version = LtsVersion.parse(release.version);
        latest.put(release.channel, version);
        latest.put(ALL, version);
      }
    }
  }

  /**
   * {@code releases.json}; for each channel {@code latest/<channel>.txt} with its newest version;
   * {@code lastupdate} and {@code project/trace/origin}, where mirrors look for the tree's date.
   */
  public List<TreeFile> files() throws IOException {
    List<TreeFile> files = new ArrayList<>();
    files.add(
        TreeFile.of("releases.json", Stage.INDEX, Documents.prettyJson(new Document(releases))));
    for (Map.Entry<String, LtsVersion> channel : latest().entrySet()) {
      files.add(text("latest/" + channel.getKey() + ".txt", channel.getValue().toString()));
    }
    files.add(text("lastupdate", Long.toString(date.getEpochSecond())));
    files.add(text("project/trace/origin", date.toString()));
    return files;
  }

  /** All, in the order of their versions. */
  public List<Entry> entries() {
    return releases;
  }

  /** Of each channel that has one, and of {@code all}, the newest version. */
  public SortedMap<String, LtsVersion> latest() {
    return Collections.unmodifiableSortedMap(latest);
  }

  private static TreeFile text(String path, String line) {
    return TreeFile.of(path, Stage.INDEX, (line + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
