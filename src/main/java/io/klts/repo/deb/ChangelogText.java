package io.klts.repo.deb;

import io.klts.repo.catalogue.Fix;
import io.klts.repo.catalogue.Release;
import io.klts.repo.recipe.PackageSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** {@code changelog.Debian.gz}: deb-changelog(5), one entry a release, with what it fixes. */
public final class ChangelogText {

  private static final DateTimeFormatter RFC_5322 =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss Z", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private ChangelogText() {}

  /** The changelog of a package, as it is inside of it. */
  public static String of(PackageSpec spec) {
    StringBuilder text = new StringBuilder();
    for (Release release : spec.history()) {
      List<Fix> fixes = release.fixes().orElse(List.of());
      text.append(text.isEmpty() ? "" : "\n")
          .append(spec.name())
          .append(" (")
          .append(release.version().deb())
          .append(") stable; urgency=")
          .append(fixes.isEmpty() ? "medium" : "high")
          .append("\n\n  * Build ")
          .append(release.version())
          .append("\n");
      fixes.forEach(fix -> text.append("  * Fix ").append(fix.cve()).append("\n"));
      text.append("\n -- ")
          .append(spec.identity().maintainer())
          .append("  ")
          .append(RFC_5322.format(PackageSpec.date(release)))
          .append("\n");
    }
    return text.toString();
  }

  /** As {@code gzip -9n}: no name, no time. */
  static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gz = new MaximumGzip(bytes)) {
      gz.write(text.getBytes(StandardCharsets.UTF_8));
    }
    byte[] result = bytes.toByteArray();
    // RFC 1952 2.3.1: 2 in the extra flags says that the strongest method was used.
    result[8] = 2;
    return result;
  }

  private static final class MaximumGzip extends GZIPOutputStream {
    MaximumGzip(ByteArrayOutputStream out) throws IOException {
      super(out);
      def.setLevel(Deflater.BEST_COMPRESSION);
    }
  }
}
