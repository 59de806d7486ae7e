package io.klts.repo.site;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.klts.repo.catalogue.LtsVersion;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * News as an Atom feed (RFC 4287): the releases that were published last, and those that were
 * withdrawn.
 *
 * <p>Ids are made of who publishes and of the version, so that they stay when the address changes.
 * Nothing says when a release was withdrawn. So that is an entry of its own, which feed readers
 * show as new because they did not have its id.
 */
final class Feed {

  static final String PATH = "feed.atom";

  private static final int LENGTH = 25;

  private static final Comparator<Releases.Entry> NEWEST_FIRST =
      Comparator.comparing(Releases.Entry::published)
          .thenComparing(entry -> LtsVersion.parse(entry.version()))
          .reversed();

  private final Page.Content content;

  Feed(Page.Content content) {
    this.content = content;
  }

  Map<String, Object> values() {
    List<Releases.Entry> releases =
        content.releases().entries().stream().sorted(NEWEST_FIRST).toList();
    List<Map<String, Object>> news = new ArrayList<>();
    releases.stream().filter(e -> e.withdrawn() != null).forEach(e -> news.add(withdrawn(e)));
    releases.stream().limit(LENGTH).forEach(e -> news.add(published(e)));
    Map<String, Object> values = Page.common(content);
    values.put("feedId", id("feed"));
    values.put("updated", releases.isEmpty() ? midnight("1970-01-01") : time(releases.get(0)));
    values.put("news", news);
    return values;
  }

  private Map<String, Object> published(Releases.Entry entry) {
    String fixes =
        entry.fixes() == null || entry.fixes().isEmpty()
            ? "No fixes of vulnerabilities are recorded."
            : "Fixes " + String.join(", ", entry.fixes()) + ".";
    return entry("release", entry, entry.version(), fixes);
  }

  private Map<String, Object> withdrawn(Releases.Entry entry) {
    return entry("withdrawal", entry, entry.version() + " was withdrawn", entry.withdrawn());
  }

  private Map<String, Object> entry(
      String kind, Releases.Entry entry, String title, String summary) {
    return Map.of(
        "entryId",
        id(kind + " " + entry.version()),
        "title",
        content.identity().name() + " " + title,
        "updated",
        time(entry),
        "version",
        entry.version(),
        "summary",
        summary);
  }

  private String id(String what) {
    return "urn:uuid:"
        + UUID.nameUUIDFromBytes((content.identity().id() + " " + what).getBytes(UTF_8));
  }

  private static String time(Releases.Entry entry) {
    return midnight(entry.published());
  }

  private static String midnight(String day) {
    return day + "T00:00:00Z";
  }
}
