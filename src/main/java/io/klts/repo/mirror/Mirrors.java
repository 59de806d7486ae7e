package io.klts.repo.mirror;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What {@code mirrors.conf} says.
 *
 * @param rsync where others may copy the origin from by rsync
 * @param all the mirrors in the order of the file, retired ones too, without the origin
 * @param registries accelerators for container images
 */
public record Mirrors(
    Mirror origin, Optional<String> rsync, List<Mirror> all, List<Registry> registries) {

  private static final Pattern TIME = Pattern.compile("([1-9]\\d{0,4})([smhd])");

  public Mirrors {
    all = List.copyOf(all);
    registries = List.copyOf(registries);
  }

  /**
   * Reads the file.
   *
   * @throws IOException naming file, line, what was found and what is expected
   */
  public static Mirrors load(Path file) throws IOException {
    return MirrorsFile.load(file);
  }

  /**
   * Mirrors by their names, of which the origin is one; without names, the origin and all mirrors
   * that are not retired.
   *
   * @throws IllegalArgumentException naming those that there are
   */
  public List<Mirror> named(List<String> names) {
    List<Mirror> known = new ArrayList<>(List.of(origin));
    known.addAll(all);
    if (names.isEmpty()) {
      return known.stream().filter(mirror -> !mirror.retired()).toList();
    }
    List<Mirror> found = new ArrayList<>();
    for (String name : names) {
      found.add(
          known.stream()
              .filter(mirror -> mirror.name().equals(name))
              .findFirst()
              .orElseThrow(() -> new IllegalArgumentException(unknown(name, known))));
    }
    return found;
  }

  private static String unknown(String name, List<Mirror> known) {
    return "mirrors.conf has no mirror "
        + name
        + "; it has "
        + known.stream().map(Mirror::name).collect(Collectors.joining(", "));
  }

  /**
   * Refuses what cannot be the address of a tree.
   *
   * @throws IllegalArgumentException saying what is expected
   */
  public static void checkUrl(String url) {
    if (url == null || !url.matches("https?://[^/\\s?#]+(/[^\\s?#]+)*") || !hasHost(url)) {
      throw new IllegalArgumentException(
          "\"url\" is " + url + "; expected a form such as https://packages.example.org/klts");
    }
  }

  /**
   * A time as it is written in the file.
   *
   * @throws IllegalArgumentException saying what is expected
   */
  public static Duration time(String text) {
    Matcher matcher = TIME.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(text + "; expected a time such as 30m, 24h or 2d");
    }
    long n = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "s" -> Duration.ofSeconds(n);
      case "m" -> Duration.ofMinutes(n);
      case "h" -> Duration.ofHours(n);
      default -> Duration.ofDays(n);
    };
  }

  static void checkPurge(String purge) {
    if (!purge.matches("https?://\\S+") || !purge.contains("{path}")) {
      throw new IllegalArgumentException(
          "\"purge\" is " + purge + "; expected an address with {path} in it");
    }
  }

  private static boolean hasHost(String url) {
    try {
      return new URI(url).getHost() != null;
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
