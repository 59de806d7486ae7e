package io.klts.repo.recipe;

import io.klts.repo.catalogue.LtsVersion;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a relation may say of its own version: {@code ${version}}, {@code ${patch}}, {@code
 * ${minor}}, {@code ${minor-3}}, {@code ${minor+1}}.
 */
final class Placeholders {

  /** Any version, to check a text before a release is known. */
  static final LtsVersion SAMPLE = LtsVersion.parse("1.28.15-lts.2");

  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^}]*)}");
  private static final Pattern MINOR = Pattern.compile("minor([+-]\\d{1,2})?");

  private Placeholders() {}

  static String fill(String text, LtsVersion version) {
    return PLACEHOLDER
        .matcher(text)
        .replaceAll(m -> Matcher.quoteReplacement(value(m.group(1), version)));
  }

  private static String value(String key, LtsVersion version) {
    Matcher minor = MINOR.matcher(key);
    if (minor.matches()) {
      return version
          .minor()
          .plus(minor.group(1) == null ? 0 : Integer.parseInt(minor.group(1)))
          .toString();
    }
    return switch (key) {
      case "version" -> version.toString();
      case "patch" -> version.upstream();
      default ->
          throw new IllegalArgumentException(
              "\"${" + key + "}\" is unknown; allowed: version, patch, minor, minor-N, minor+N");
    };
  }
}
