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

/** {@code mirrors.conf} as it is written. */
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

  /** A table {@code [mirror.NAME]}. */
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

  /** A table {@code [registry.NAME]}. */
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
