package io.klts.repo.site;

import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.tree.ListedMirror;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the first page shows, by the names that its template has. */
final class Overview {

  private static final int DAY = "2026-04-14".length();

  private final Page.Content content;
  private final Commands commands;
  private final SortedMap<String, LtsVersion> latest;

  Overview(Page.Content content, Commands commands) {
    this.content = content;
    this.commands = commands;
    this.latest = content.releases().latest();
  }

  Map<String, Object> values() {
    Map<String, Object> values = Page.common(content);
    values.put("file", "index");
    values.put("channels", channels());
    values.put("mirrors", content.mirrors().stream().map(this::mirror).toList());
    newestChannel().ifPresent(channel -> values.put("commands", commands(channel)));
    if (!content.keys().isEmpty()) {
      values.put("signed", true);
      values.put("keys", content.keys().stream().map(Overview::key).toList());
      values.put("keyUrl", commands.newest("").get("keyUrl"));
    }
    values.put("guide", content.guide() ? true : null);
    values.put(
        "errata",
        content.releases().entries().stream().anyMatch(Overview::isAdvised) ? true : null);
    return values;
  }

  private static boolean isAdvised(Releases.Entry entry) {
    return entry.withdrawn() == null && entry.fixes() != null && !entry.fixes().isEmpty();
  }

  /** The one that the installer takes without a word: that of the newest minor. */
  private Optional<String> newestChannel() {
    return content.releases().entries().stream()
        .filter(entry -> entry.withdrawn() == null)
        .map(entry -> LtsVersion.parse(entry.version()).minor())
        .max(Comparable::compareTo)
        .map(minor -> minor.channel());
  }

  private Map<String, Object> commands(String channel) {
    Map<String, Object> words = commands.newest(channel);
    words.put("newestChannel", channel);
    words.put("newest", latest.get(channel));
    return words;
  }

  /** The newest channel first, and in each the newest release. */
  private List<Map<String, Object>> channels() {
    SortedMap<LtsVersion, Releases.Entry> newestFirst = new TreeMap<>(Collections.reverseOrder());
    content.releases().entries().forEach(e -> newestFirst.put(LtsVersion.parse(e.version()), e));
    List<Map<String, Object>> channels = new ArrayList<>();
    List<Map<String, Object>> entries = null;
    String channel = "";
    for (Releases.Entry entry : newestFirst.values()) {
      if (!entry.channel().equals(channel)) {
        channel = entry.channel();
        entries = new ArrayList<>();
        Map<String, Object> values = new HashMap<>();
        values.put("channel", channel);
        values.put("latest", latest.get(channel));
        values.put("endOfLife", entry.endOfLife());
        values.put("entries", entries);
        channels.add(values);
      }
      entries.add(release(entry));
    }
    return channels;
  }

  /** What the table and the page of a release have in common. */
  static Map<String, Object> release(Releases.Entry entry) {
    Map<String, Object> values = new HashMap<>();
    values.put("version", entry.version());
    values.put("channel", entry.channel());
    values.put("published", entry.published());
    values.put("withdrawn", entry.withdrawn());
    if (entry.fixes() != null && !entry.fixes().isEmpty()) {
      values.put("anyFixes", true);
      values.put("fixes", entry.fixes().stream().map(cve -> Map.of("cve", cve)).toList());
    }
    return values;
  }

  private Map<String, Object> mirror(ListedMirror mirror) {
    Map<String, Object> values = new HashMap<>();
    values.put("mirror", mirror.name());
    values.put("area", mirror.area());
    values.put("address", mirror.url());
    values.put("rpmAddress", mirror.rpm());
    values.put("aptAddress", mirror.apt());
    values.put("isOrigin", mirror.url().equals(content.baseUrl()) ? true : null);
    values.put("good", mirror.isGood() ? true : null);
    for (ListedMirror.Fault fault : ListedMirror.Fault.values()) {
      values.put(fault.name().toLowerCase(Locale.ROOT), mirror.fault() == fault ? true : null);
    }
    // Nothing else may become a link, whoever wrote the list.
    values.put("link", mirror.url().matches("https?://.*") ? mirror.url() : null);
    return values;
  }

  private static Map<String, Object> key(PublicKey key) {
    Map<String, Object> values = new HashMap<>();
    values.put("fingerprint", key.spacedFingerprint());
    values.put("owner", key.userId());
    values.put("expires", key.expires().map(end -> end.toString().substring(0, DAY)).orElse(null));
    return values;
  }
}
