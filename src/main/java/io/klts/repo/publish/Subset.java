package io.klts.repo.publish;

import io.klts.repo.catalogue.Arch;
import io.klts.repo.catalogue.Minor;
import io.klts.repo.recipe.Format;
import io.klts.repo.repository.ChannelPackage;
import io.klts.repo.repository.Repository;
import io.klts.repo.repository.State;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A part of a tree that is of use by itself: some channels, some architectures, one of the formats.
 * What is not bound to a channel stays: keys, the state, the list of releases.
 *
 * @param channels such as {@code v1.28}; empty for all. The channels with everything need all
 * @param archs Go's names, or those of rpm or dpkg; empty for all
 * @param formats {@code deb}, {@code rpm}; empty for both
 */
public record Subset(List<String> channels, List<String> archs, List<String> formats) {

  /** The channel that a file belongs to, in one of the groups: none of them for that with all. */
  private static final Pattern CHANNEL =
      Pattern.compile(
          "rpm/(?:repodata|media\\.1)/.*|rpm/[^/]+\\.repo|rpm/(?:mirrorlist|metalink\\.xml)"
              + "|apt/dists/stable/.*|apt/stable(?:-mirrors)?\\.[a-z]+"
              + "|rpm/([^/]+)/.*|apt/dists/([^/]+)/.*|apt/(v[^/]+?)(?:-mirrors)?\\.(?:sources|list)");

  /**
   * Checks what can be checked without a tree.
   *
   * @throws IllegalArgumentException saying what is expected
   */
  public Subset {
    channels = List.copyOf(channels);
    archs = List.copyOf(archs);
    formats = List.copyOf(formats);
    for (String arch : archs) {
      if (Arch.find(arch).isEmpty()) {
        throw new IllegalArgumentException(
            "\"" + arch + "\" is not an architecture; expected some of " + Arch.names());
      }
    }
    for (String format : formats) {
      if (!format.equals("deb") && !format.equals("rpm")) {
        throw new IllegalArgumentException("\"" + format + "\" is not a format: deb or rpm");
      }
    }
  }

  /** Gives a file of the tree that is proven to be right. */
  public interface Reader {
    Optional<Path> file(String path) throws IOException;
  }

  /**
   * Which of a tree's paths are left out.
   *
   * @throws IOException if the tree has no such channel, or its state cannot be read
   */
  public SortedSet<String> leftOut(Collection<String> paths, Reader files) throws IOException {
    State state = State.read(new Proven(files));
    List<String> known = state.minors().stream().map(Minor::channel).toList();
    for (String channel : channels) {
      if (!known.contains(channel)) {
        throw new IOException(
            "the tree has no channel "
                + channel
                + "; it has "
                + String.join(" ", known)
                + "\n  nothing was changed");
      }
    }
    Set<String> packages = new HashSet<>();
    for (ChannelPackage listed : state.listed()) {
      if (isWanted(channels, listed.channel()) && isForArchs(listed.arch())) {
        packages.add(listed.path());
        if (listed.format() == Format.DEB) {
          packages.add(Repository.changelogPath(listed.path()));
        }
      }
    }
    SortedSet<String> out = new TreeSet<>();
    for (String path : paths) {
      boolean kept =
          isOfFormats(path)
              && (Repository.isOfPackage(path) ? packages.contains(path) : isOfChannels(path));
      if (!kept) {
        out.add(path);
      }
    }
    return out;
  }

  private static boolean isWanted(List<String> wanted, String one) {
    return wanted.isEmpty() || wanted.contains(one);
  }

  private boolean isForArchs(String name) {
    Optional<Arch> arch = Arch.find(name);
    // A package for all of them names none.
    return archs.isEmpty()
        || arch.isEmpty()
        || archs.stream().map(Arch::find).anyMatch(wanted -> wanted.equals(arch));
  }

  private boolean isOfFormats(String path) {
    if (path.startsWith("rpm/")) {
      return isWanted(formats, "rpm");
    }
    return !path.startsWith("apt/") || isWanted(formats, "deb");
  }

  private boolean isOfChannels(String path) {
    Matcher matcher = CHANNEL.matcher(path);
    if (channels.isEmpty() || !matcher.matches()) {
      return true;
    }
    for (int group = 1; group <= matcher.groupCount(); group++) {
      if (matcher.group(group) != null) {
        return channels.contains(matcher.group(group));
      }
    }
    return false;
  }

  private record Proven(Reader files) implements State.Source {
    @Override
    public Optional<Path> intact(String path) throws IOException {
      return files.file(path);
    }

    @Override
    public Optional<Path> file(String path) throws IOException {
      return files.file(path);
    }
  }

  /** In words, one for each choice, the same for the same part. */
  public List<String> words() {
    return List.of("channel", "arch", "format").stream()
        .flatMap(kind -> chosen(kind).stream().sorted().distinct().map(word -> kind + " " + word))
        .collect(Collectors.toList());
  }

  private List<String> chosen(String kind) {
    return switch (kind) {
      case "channel" -> channels;
      case "arch" ->
          archs.stream().map(arch -> Arch.find(arch).map(Arch::go).orElse(arch)).toList();
      default -> formats.stream().map(format -> format.toLowerCase(Locale.ROOT)).toList();
    };
  }
}
