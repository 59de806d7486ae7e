package io.klts.repo.store;

import java.util.Map;

/** What a browser is told of a file. Package managers do not look at it. */
final class MediaType {

  private static final String BYTES = "application/octet-stream";
  private static final String TEXT = "text/plain; charset=utf-8";

  /** By the end of the name. */
  private static final Map<String, String> KNOWN =
      Map.ofEntries(
          Map.entry("rpm", "application/x-rpm"),
          Map.entry("deb", "application/vnd.debian.binary-package"),
          Map.entry("gz", "application/gzip"),
          Map.entry("xz", "application/x-xz"),
          Map.entry("gpg", "application/pgp-keys"),
          Map.entry("atom", "application/atom+xml"),
          Map.entry("css", "text/css; charset=utf-8"),
          Map.entry("html", "text/html; charset=utf-8"),
          Map.entry("js", "text/javascript; charset=utf-8"),
          Map.entry("json", "application/json"),
          Map.entry("xml", "application/xml"),
          Map.entry("asc", TEXT),
          Map.entry("conf", TEXT),
          Map.entry("md", TEXT),
          Map.entry("repo", TEXT),
          Map.entry("sh", TEXT),
          Map.entry("sources", TEXT),
          Map.entry("txt", TEXT));

  private MediaType() {}

  /** The value of Content-Type for a path. */
  static String of(String path) {
    return KNOWN.getOrDefault(path.substring(path.lastIndexOf('.') + 1), BYTES);
  }
}
