package io.klts.repo.repository;

import io.klts.repo.catalogue.Minor;
import io.klts.repo.recipe.Format;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A package as a channel lists it.
 *
 * @param channel such as {@code v1.28}
 * @param version with the release of an rpm: {@code 1.28.15.lts.2-1}, {@code 1.28.15-lts.2}
 * @param arch as the format calls it
 * @param path of the file in the tree
 */
public record ChannelPackage(
    String channel, String name, String version, String arch, Format format, String path)
    implements Comparable<ChannelPackage> {

  /** By channel, then by path, which begins with the format. */
  private static final Comparator<ChannelPackage> ORDER =
      Comparator.comparing(ChannelPackage::minor).thenComparing(ChannelPackage::path);

  private static final Pattern RPM = Pattern.compile("(.+)-([^-]+-[^-]+)\\.([^.]+)\\.rpm");
  private static final Pattern DEB = Pattern.compile("([^_]+)_([^_]+)_([^_]+)\\.deb");

  /** What the name of a package's file says. */
  record FileName(String name, String version, String arch) {}

  static FileName fileName(Part.Entry entry) throws IOException {
    Matcher file = (entry.isRpm() ? RPM : DEB).matcher(entry.fileName());
    if (!file.matches()) {
      throw new IOException(entry.path() + ": this is not how packages are named");
    }
    return new FileName(file.group(1), file.group(2), file.group(3));
  }

  /** A package, once for each channel that lists it. */
  static List<ChannelPackage> of(Part.Entry entry) throws IOException {
    FileName file = fileName(entry);
    Format format = entry.isRpm() ? Format.RPM : Format.DEB;
    return entry.channels().stream()
        .map(
            channel ->
                new ChannelPackage(
                    channel, file.name, file.version, file.arch, format, entry.path()))
        .toList();
  }

  /** The channel with everything comes last. */
  private Minor minor() {
    return channel.equals(Part.EVERYTHING)
        ? new Minor(Integer.MAX_VALUE, 0)
        : Minor.ofChannel(channel);
  }

  @Override
  public int compareTo(ChannelPackage other) {
    return ORDER.compare(this, other);
  }
}
