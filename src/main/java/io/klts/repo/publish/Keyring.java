package io.klts.repo.publish;

import io.klts.repo.blob.Blob;
import io.klts.repo.blob.Sha256;
import io.klts.repo.build.PackageBuild;
import io.klts.repo.catalogue.Identity;
import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.catalogue.Minor;
import io.klts.repo.catalogue.Release;
import io.klts.repo.recipe.Content;
import io.klts.repo.recipe.Format;
import io.klts.repo.recipe.PackageSpec;
import io.klts.repo.recipe.Relation;
import io.klts.repo.repository.KeyringEntry;
import io.klts.repo.repository.Repository;
import io.klts.repo.repository.State;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.site.MachineFiles;
import io.klts.repo.site.MachineFiles.MachineFile;
import io.klts.repo.tree.ListedMirror;
import io.klts.repo.tree.RetiredKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The packages that bring a tree's keys and definitions to machines: one for dpkg and one for rpm
 * in each channel, with the definition of that channel. They depend on keys and mirrors only, so
 * that the order in which releases are published makes no difference.
 *
 * <p>Their version is a number that grows with each change, behind that of the channel: {@code
 * 1.28.0-keys.3}. So another channel's package of a higher minor is an upgrade.
 */
final class Keyring {

  private static final String FLAVOUR = "keys";

  private static final String COPYRIGHT =
      """
      Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
      Source: %s

      Files: *
      Copyright: %s %s
      License: CC0-1.0
       On Debian systems the text of the License is in
       /usr/share/common-licenses/CC0-1.0.
      """;

  private static final String LINTIAN_OVERRIDES =
      """
      # To bring a definition of this repository is what the package is for.
      package-installs-apt-sources
      """;

  /** A package, and the channel that lists it. */
  record Channelled(String channel, PackageSpec spec) {

    String path() {
      String name = PackageBuild.fileName(spec);
      return spec.format() == Format.RPM
          ? Repository.rpmPath(channel, spec, name)
          : Repository.debPath(spec, name);
    }
  }

  private final Identity identity;
  private final MachineFiles files;
  private final List<PublicKey> signing;
  private final List<PublicKey> published;
  private final KeyringEntry entry;

  /**
   * The packages of a state as they are to be.
   *
   * @param keys all that are published; at least one
   */
  Keyring(Identity identity, String baseUrl, State state, List<PublicKey> keys) throws IOException {
    Optional<KeyringEntry> before = state.keyring();
    // A mirror that is left out for a while, because it is ill, is no reason for a new version.
    List<ListedMirror> good = state.mirrors().stream().filter(ListedMirror::isGood).toList();
    List<ListedMirror> mirrors =
        before.map(KeyringEntry::mirrors).filter(known -> known.containsAll(good)).orElse(good);
    List<String> retired = state.retired().stream().map(RetiredKey::key).toList();
    this.identity = identity;
    this.files = new MachineFiles(identity, baseUrl, mirrors);
    this.published =
        keys.stream()
            .sorted(Comparator.comparing(PublicKey::created).thenComparing(PublicKey::fingerprint))
            .toList();
    this.signing = published.stream().filter(key -> !retired.contains(key.fingerprint())).toList();
    String content = digest();
    this.entry =
        before
            .filter(present -> present.content().equals(content))
            .orElseGet(
                () ->
                    new KeyringEntry(
                        1 + before.map(KeyringEntry::version).orElse(0),
                        day().toString(),
                        content,
                        mirrors));
  }

  /** What the state is to say of them. */
  KeyringEntry entry() {
    return entry;
  }

  /** Of the channel with everything: what differs in others follows from their names. */
  private String digest() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(identity.toString().getBytes(StandardCharsets.UTF_8));
    for (Format format : Format.values()) {
      for (MachineFile file : files(format, State.EVERYTHING)) {
        all.writeBytes((file.path() + file.kind()).getBytes(StandardCharsets.UTF_8));
        file.content().writeTo(all);
      }
    }
    // Shorter than the digests in a state that are those of files.
    return Sha256.of(all.toByteArray()).hex().substring(0, 32);
  }

  /** No day of a release: releases may be published in any order. */
  private LocalDate day() {
    return LocalDate.ofInstant(published.get(published.size() - 1).created(), ZoneOffset.UTC);
  }

  /** The packages of all channels. */
  List<Channelled> packages(Collection<Minor> minors) {
    List<Channelled> packages = new ArrayList<>();
    for (Format format : Format.values()) {
      packages.add(
          new Channelled(State.EVERYTHING, spec(format, State.EVERYTHING, new Minor(0, 0))));
      for (Minor minor : minors) {
        packages.add(new Channelled(minor.channel(), spec(format, minor.channel(), minor)));
      }
    }
    return packages;
  }

  private List<MachineFile> files(Format format, String channel) {
    boolean everything = channel.equals(State.EVERYTHING);
    return format == Format.RPM
        ? files.rpm(everything ? "" : channel, published)
        : files.apt(everything ? Repository.APT_ALL : channel, signing);
  }

  private PackageSpec spec(Format format, String channel, Minor minor) {
    boolean rpm = format == Format.RPM;
    String name = rpm ? files.rpmName() : files.debName();
    List<Content> contents = new ArrayList<>();
    files(format, channel).forEach(file -> contents.add(content(file)));
    if (!rpm) {
      String copyright =
          COPYRIGHT.formatted(
              identity.homepage(), entry.day().substring(0, 4), identity.maintainer());
      contents.add(text("/usr/share/doc/" + name + "/copyright", copyright));
      contents.add(text("/usr/share/lintian/overrides/" + name, LINTIAN_OVERRIDES));
    }
    contents.sort(Comparator.comparing(Content::path));
    LtsVersion version = new LtsVersion(minor.major(), minor.minor(), 0, FLAVOUR, entry.version());
    return new PackageSpec(
        name,
        Optional.empty(),
        format,
        identity,
        "Keys and repository of " + identity.name(),
        "The keys that sign this repository, where it and its mirrors are, and the\n"
            + "definition of its channel \"%s\". With it, a new key or a new mirror comes\n"
                .formatted(channel)
            + "with an ordinary upgrade.",
        identity.homepage(),
        "CC0-1.0",
        "misc",
        List.copyOf(contents),
        rpm ? List.of() : List.of(Relation.parse(Relation.Kind.REQUIRES, "apt >= 1.6")),
        Map.of(),
        List.of(new Release(version, LocalDate.parse(entry.day()), Optional.empty())));
  }

  private static Content content(MachineFile file) {
    return switch (file.kind()) {
      case FOLDER -> new Content.Directory(file.path(), 0755);
      case PROGRAM -> text(file, 0755, Content.Role.PLAIN);
      case CONFIG -> text(file, 0644, Content.Role.CONFIG);
      case PLAIN -> text(file, 0644, Content.Role.PLAIN);
    };
  }

  private static Content text(String path, String text) {
    Blob blob = Blob.of(text.getBytes(StandardCharsets.UTF_8));
    return new Content.Text(path, 0644, Content.Role.PLAIN, blob);
  }

  private static Content text(MachineFile file, int mode, Content.Role role) {
    return new Content.Text(file.path(), mode, role, file.content());
  }
}
