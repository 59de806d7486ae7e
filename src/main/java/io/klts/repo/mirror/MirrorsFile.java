package io.klts.repo.mirror;

import io.klts.repo.document.Documents;
import io.klts.repo.store.Target;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * {@code mirrors.conf} as it is written.
 *
 * @param origin where clients find the tree that is published
 * @param mirror by name, one table {@code [mirror.NAME]} each: lower-case letters, digits and
 *     dashes
 * @param registry by name, accelerators for container images; packages never go there. Each
 *     publication writes them into the installer
 */
record MirrorsFile(Origin origin, Map<String, Table> mirror, Map<String, Accelerator> registry) {

  private static final Pattern NAME = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");
  private static final Pattern AREA = Pattern.compile("[a-z]{2}");
  private static final int LAST_PRIORITY = 99;

  MirrorsFile {
    if (origin == null) {
      throw new IllegalArgumentException("the table [origin] is missing");
    }
    mirror = mirror == null ? Map.of() : new LinkedHashMap<>(mirror);
    registry = registry == null ? Map.of() : new LinkedHashMap<>(registry);
    checkNames("mirror", mirror);
    checkNames("registry", registry);
    if (mirror.containsKey(Mirror.ORIGIN)) {
      throw new IllegalArgumentException("a mirror cannot be called origin; it has its own table");
    }
  }

  private static void checkNames(String table, Map<String, ?> tables) {
    for (String name : tables.keySet()) {
      if (!NAME.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "[" + table + "." + name + "]: a name has lower-case letters, digits and dashes only");
      }
    }
  }

  /** Reads the file. */
  static Mirrors load(Path file) throws IOException {
    MirrorsFile document = Documents.toml(file, MirrorsFile.class);
    List<Mirror> mirrors = new ArrayList<>();
    document.mirror.forEach((name, table) -> mirrors.add(table.mirror(name, document.origin)));
    List<Registry> registries = new ArrayList<>();
    document.registry.forEach((name, table) -> registries.add(table.registry(name)));
    return new Mirrors(
        document.origin.mirror(), Optional.ofNullable(document.origin.rsync), mirrors, registries);
  }

  /**
   * The table {@code [origin]}.
   *
   * @param url the address under which clients find the tree, without a slash at its end
   * @param upload where {@code mirror push} writes it: {@code file:}, {@code s3:}, {@code rsync:},
   *     {@code rsync+ssh:}, {@code sftp:}, {@code webdav+http:}, {@code webdav+https:}; the origin
   *     serves the folder itself without it
   * @param endpoint of an S3-compatible store: the address where it answers
   * @param region of such a store; {@code us-east-1} without it
   * @param style how such a store is told the bucket: {@code virtual} (without it), {@code path} or
   *     {@code bucket}
   * @param credentials {@code env:NAME}: the environment variables that begin with NAME have them
   * @param area its country in two letters, such as {@code cn}
   * @param rsync the address from which others may copy it by rsync; {@code MIRRORING.md} says it
   */
  record Origin(
      String url,
      String upload,
      String endpoint,
      String region,
      String style,
      String credentials,
      String area,
      String rsync) {

    Origin {
      Mirrors.checkUrl(url);
      if (rsync != null && !rsync.matches("rsync://[^/\\s@]+(/[^/\\s?#]+)+")) {
        throw new IllegalArgumentException(
            "\"rsync\" is " + rsync + "; expected a form such as rsync://host/module");
      }
      checkArea(area);
      target(upload, endpoint, region, style, credentials);
    }

    Mirror mirror() {
      return new Mirror(
          Mirror.ORIGIN,
          Mirror.Kind.COPY,
          url,
          target(upload, endpoint, region, style, credentials),
          Optional.ofNullable(area),
          LAST_PRIORITY,
          Duration.ZERO,
          Optional.empty(),
          Map.of(),
          false,
          "");
    }
  }

  /**
   * A table {@code [mirror.NAME]}.
   *
   * @param url its public address, without a slash at its end; of a prefix it ends with {@code
   *     {origin}}, in whose place the origin's address is put
   * @param kind {@code copy} (without it): it holds all files. {@code prefix}: it forwards to the
   *     address within its own. {@code cache}: it fetches a file when it is asked for
   * @param upload where {@code mirror push} writes it: {@code file:}, {@code s3:}, {@code rsync:},
   *     {@code rsync+ssh:}, {@code sftp:}, {@code webdav+http:}, {@code webdav+https:}; it is only
   *     watched without it
   * @param endpoint of an S3-compatible store: the address where it answers
   * @param region of such a store; {@code us-east-1} without it
   * @param style how such a store is told the bucket: {@code virtual} (without it), {@code path} or
   *     {@code bucket}
   * @param credentials {@code env:NAME}: the environment variables that begin with NAME have them
   * @param area its country in two letters, such as {@code cn}
   * @param priority 1 is asked first, 99 last; 50 without it
   * @param interval how often it is renewed, as {@code 30m}, {@code 24h}, {@code 2d}: so far it may
   *     be behind; 72 hours without it
   * @param purge of a cache: the address that makes it forget a file, with {@code {path}} in it
   * @param paths where a mirror that lays the tree out anew has the folders {@code rpm} and {@code
   *     apt}
   * @param status {@code active} (without it), or {@code retired}: kept for history, nobody asks it
   * @param note for people
   */
  @SuppressWarnings("InvalidParam") // {path} is what a user writes.
  record Table(
      String url,
      String kind,
      String upload,
      String endpoint,
      String region,
      String style,
      String credentials,
      String area,
      Integer priority,
      String interval,
      String purge,
      Map<String, String> paths,
      String status,
      String note) {

    Table {
      Mirror.Kind known = kind(kind);
      if (known == Mirror.Kind.PREFIX) {
        Mirrors.checkUrl(String.valueOf(url).replace("{origin}", "example.org"));
        if (!url.endsWith("{origin}")) {
          throw new IllegalArgumentException(
              "\"url\" is " + url + "; for a prefix, expected a form such as https://a/{origin}");
        }
      } else {
        Mirrors.checkUrl(url);
      }
      oneOf("status", status, "active", "retired");
      checkArea(area);
      if (priority != null && (priority < 1 || priority > LAST_PRIORITY)) {
        throw new IllegalArgumentException(
            "\"priority\" is " + priority + "; expected 1 (first) to " + LAST_PRIORITY + " (last)");
      }
      time("interval", interval);
      if (upload != null && known != Mirror.Kind.COPY) {
        throw new IllegalArgumentException(
            "\"upload\" is for a copy only; a " + kind + " fetches by itself");
      }
      if (purge != null && known != Mirror.Kind.CACHE) {
        throw new IllegalArgumentException("\"purge\" is for kind = \"cache\" only");
      }
      if (purge != null) {
        Mirrors.checkPurge(purge);
      }
      paths = paths == null ? Map.of() : Map.copyOf(paths);
      if (!paths.isEmpty()) {
        checkPaths(paths);
      }
      target(upload, endpoint, region, style, credentials);
    }

    private static void checkPaths(Map<String, String> paths) {
      paths.forEach(
          (from, to) -> {
            if (!from.equals("rpm") && !from.equals("apt")) {
              throw new IllegalArgumentException(
                  "\"paths\" has " + from + "; expected the folders rpm and apt only");
            }
            if (!to.matches("[\\w.~-]+(/[\\w.~-]+)*") || to.contains("..")) {
              throw new IllegalArgumentException(
                  "\"paths\" has " + from + " = " + to + "; expected a path below the url");
            }
          });
    }

    private static Mirror.Kind kind(String kind) {
      oneOf("kind", kind, "copy", "prefix", "cache");
      return switch (kind == null ? "copy" : kind) {
        case "prefix" -> Mirror.Kind.PREFIX;
        case "cache" -> Mirror.Kind.CACHE;
        default -> Mirror.Kind.COPY;
      };
    }

    Mirror mirror(String name, Origin origin) {
      return new Mirror(
          name,
          kind(kind),
          url.replace("{origin}", origin.url),
          target(upload, endpoint, region, style, credentials),
          Optional.ofNullable(area),
          priority == null ? 50 : priority,
          time("interval", interval),
          Optional.ofNullable(purge),
          paths,
          "retired".equals(status),
          note == null ? "" : note);
    }
  }

  /**
   * A table {@code [registry.NAME]}.
   *
   * @param match the registry in whose place it is asked, such as {@code ghcr.io}
   * @param url its host, and path if any
   * @param area its country in two letters
   * @param priority 1 is asked first, 99 last; 50 without it
   * @param status {@code active} (without it) or {@code retired}
   */
  record Accelerator(String match, String url, String area, Integer priority, String status) {

    Accelerator {
      checkHost("match", match);
      checkHost("url", url);
      checkArea(area);
      oneOf("status", status, "active", "retired");
    }

    private static void checkHost(String key, String value) {
      if (value == null || !value.matches("[a-z0-9.-]+(:\\d+)?(/[a-z0-9._/-]+)?")) {
        throw new IllegalArgumentException(
            "\"" + key + "\" is " + value + "; expected a registry such as ghcr.io");
      }
    }

    Registry registry(String name) {
      return new Registry(
          name,
          match,
          url,
          Optional.ofNullable(area),
          priority == null ? 50 : priority,
          "retired".equals(status));
    }
  }

  private static Optional<Target> target(
      String upload, String endpoint, String region, String style, String credentials) {
    oneOf("style", style, "virtual", "path", "bucket");
    if (upload == null) {
      if (credentials != null || endpoint != null || style != null || region != null) {
        throw new IllegalArgumentException("\"upload\" is missing, for which the other keys are");
      }
      return Optional.empty();
    }
    if (credentials != null && !credentials.startsWith("env:")) {
      throw new IllegalArgumentException(
          "\"credentials\" does not begin with env: — a secret never stands in this file");
    }
    return Optional.of(
        new Target(
            uri("upload", upload),
            Optional.ofNullable(endpoint).map(text -> uri("endpoint", text)),
            region == null ? "us-east-1" : region,
            style == null
                ? Target.Style.VIRTUAL
                : Target.Style.valueOf(style.toUpperCase(Locale.ROOT)),
            Optional.ofNullable(credentials).map(text -> text.substring("env:".length()))));
  }

  private static void oneOf(String key, String value, String... allowed) {
    if (value != null && !List.of(allowed).contains(value)) {
      throw new IllegalArgumentException(
          "\"" + key + "\" is " + value + "; expected one of " + String.join(", ", allowed));
    }
  }

  private static void checkArea(String area) {
    if (area != null && !AREA.matcher(area).matches()) {
      throw new IllegalArgumentException(
          "\"area\" is " + area + "; expected a country of two letters, such as cn");
    }
  }

  private static Duration time(String key, String text) {
    if (text == null) {
      return Duration.ZERO;
    }
    try {
      return Mirrors.time(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("\"" + key + "\" is " + e.getMessage(), e);
    }
  }

  private static URI uri(String key, String text) {
    try {
      return new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("\"" + key + "\" is " + text + "; " + e.getReason(), e);
    }
  }
}
