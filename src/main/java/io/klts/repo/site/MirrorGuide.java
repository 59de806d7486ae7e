package io.klts.repo.site;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.klts.repo.catalogue.Identity;
import io.klts.repo.tree.Stage;
import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What whoever wants to mirror the tree has to know, as {@code MIRRORING.md}, and beside it the
 * files that a machine needs for that.
 */
public final class MirrorGuide {

  private static final String GUIDE = "MIRRORING.md";
  private static final String FOLDER = "mirroring/";

  /** Stands in the files for the address by which they copy. */
  private static final String UPSTREAM = "rsync://packages.example.org/klts";

  /**
   * How large the tree is.
   *
   * @param bytes of all files
   * @param packageBytes of the packages among them
   * @param releases that have packages
   * @param lastYear how many of these were published in the year that ends with the newest
   * @param newest the day of the newest; empty without releases
   */
  public record Figures(
      long bytes, int files, long packageBytes, int releases, long lastYear, String newest) {}

  private final SortedMap<String, String> templates;
  private final Optional<String> rsync;

  private MirrorGuide(SortedMap<String, String> templates, Optional<String> rsync) {
    this.templates = templates;
    this.rsync = rsync;
  }

  /** Publishes no such files. */
  public static MirrorGuide none() {
    return new MirrorGuide(new TreeMap<>(), Optional.empty());
  }

  /**
   * Reads {@code mirroring/} in a folder of templates; where it is missing, no such files are
   * published.
   *
   * @param rsync where the tree can be copied from by rsync
   */
  public static MirrorGuide load(Path templates, Optional<String> rsync) throws IOException {
    Path folder = templates.resolve(FOLDER);
    SortedMap<String, String> texts = new TreeMap<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          texts.put(file.getFileName().toString(), Files.readString(file));
        }
      }
    }
    return new MirrorGuide(texts, rsync);
  }

  /** Whether a tree gets it. */
  public boolean isPublished() {
    return templates.containsKey(GUIDE);
  }

  /**
   * The files.
   *
   * @param url of the tree
   */
  public List<TreeFile> files(Identity identity, String url, Figures figures) {
    List<TreeFile> files = new ArrayList<>();
    for (Map.Entry<String, String> template : templates.entrySet()) {
      boolean guide = template.getKey().equals(GUIDE);
      String text =
          guide
              ? filled(template.getValue(), words(identity, url, figures))
              : template.getValue().replace(UPSTREAM, rsync.orElse(UPSTREAM));
      String path = (guide ? "" : FOLDER) + template.getKey();
      files.add(TreeFile.of(path, Stage.INDEX, text.getBytes(UTF_8)));
    }
    return files;
  }

  private Map<String, String> words(Identity identity, String url, Figures figures) {
    return Map.of(
        "NAME", identity.name(),
        "ID", identity.id(),
        "CONTACT", identity.maintainer(),
        "HOMEPAGE", identity.homepage(),
        "URL", url,
        "RSYNC", rsync.orElse("not offered by the origin; ask us, or a mirror that offers it"),
        "UPSTREAM", rsync.orElse(UPSTREAM),
        "SIZE", mebibytes(figures.bytes),
        "FILES", Integer.toString(figures.files),
        "GROWTH", growth(figures));
  }

  private static String growth(Figures figures) {
    return figures.releases == 0
        ? "nothing is published yet"
        : "%s a release; %s in the year up to %s"
            .formatted(
                mebibytes(figures.packageBytes / figures.releases),
                figures.lastYear,
                figures.newest);
  }

  /** Rounded up, so that an index that has other dates changes nothing here. */
  private static String mebibytes(long bytes) {
    return ((bytes + (1 << 20) - 1) >> 20) + " MiB";
  }

  private static String filled(String template, Map<String, String> words) {
    String text = template;
    for (Map.Entry<String, String> word : words.entrySet()) {
      text = text.replace("@" + word.getKey() + "@", word.getValue());
    }
    return text;
  }
}
