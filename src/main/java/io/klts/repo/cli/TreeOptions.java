package io.klts.repo.cli;

import io.klts.repo.catalogue.Identity;
import io.klts.repo.mirror.Mirrors;
import io.klts.repo.publish.Publication;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.signature.Signer;
import io.klts.repo.site.Installer;
import io.klts.repo.site.Site;
import io.klts.repo.tree.LocalTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.commons.io.function.IOSupplier;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What all commands that change a tree have in common. */
final class TreeOptions {

  @Mixin private TreePlace place;

  @Option(
      names = "--base-url",
      paramLabel = "URL",
      description =
          "Where clients find the tree; without it the address of the origin in mirrors.conf.",
      converter = UrlConverter.class)
  private String baseUrl;

  @Option(
      names = "--allow-releaseinfo-change",
      description =
          "Lets Origin, Label, Suite or Codename differ from before; apt asks each user then.")
  private boolean allowReleaseInfoChange;

  /** A change of an open tree, up to its commit. */
  interface Change {
    Publication.Outcome apply(Publication publication, Path scratch) throws IOException;
  }

  /**
   * What came of it.
   *
   * @param key fingerprint of the primary key; absent for an unsigned tree
   */
  record Result(String tree, long serialBefore, long serial, int changed, int kept, String key) {}

  /**
   * Opens the tree, applies a change and says what came of it.
   *
   * @param templates a folder that also says how the tree is mirrored
   * @param identity is asked for when the tree is open
   * @param given the keys that can sign
   */
  Result change(
      Console console,
      Path templates,
      IOSupplier<Identity> identity,
      List<Signer> given,
      Change change)
      throws IOException {
    Optional<Mirrors> mirrors =
        baseUrl == null ? Optional.of(Mirrors.load(Home.mirrorsFile())) : Optional.empty();
    Site site = site(mirrors);
    Home.otherProject().ifPresent(folder -> console.line("project", folder.toString()));
    try (LocalTree open = place.open(console)) {
      Publication publication = new Publication(open, identity.get(), site, given);
      publication.guide(templates, mirrors.flatMap(Mirrors::rsync));
      if (allowReleaseInfoChange) {
        publication.allowReleaseInfoChange();
      }
      Publication.Outcome outcome = change.apply(publication, open.scratch());
      List<PublicKey> keys = publication.signers().keys();
      report(console, keys, outcome);
      return new Result(
          place.folder().toString(),
          outcome.serialBefore(),
          outcome.serial(),
          outcome.changed(),
          outcome.kept(),
          keys.isEmpty() ? null : keys.get(keys.size() - 1).fingerprint());
    }
  }

  /** Where the tree is. */
  Path folder() {
    return place.folder();
  }

  private void report(Console console, List<PublicKey> keys, Publication.Outcome outcome) {
    console.line("indexes", outcome.changed() + " files changed, " + outcome.kept() + " kept");
    if (keys.isEmpty()) {
      console.line("signed", "no: for tests only");
    }
    keys.forEach(key -> console.line("signed", describe(key)));
    console.result(
        outcome.serial() == outcome.serialBefore()
            ? "published  nothing changed: serial " + outcome.serial() + " in " + place.folder()
            : "published  serial "
                + outcome.serialBefore()
                + " → "
                + outcome.serial()
                + " in "
                + place.folder());
  }

  private static String describe(PublicKey key) {
    return key.spacedFingerprint()
        + key.expires().map(e -> "  expires " + e.toString().substring(0, 10)).orElse("");
  }

  /** An address that is given by hand is that of another place, whose registries nobody named. */
  private Site site(Optional<Mirrors> mirrors) throws IOException {
    List<Installer.ImageRegistry> registries =
        mirrors.map(Mirrors::registries).orElse(List.of()).stream()
            .filter(registry -> !registry.retired())
            .map(r -> new Installer.ImageRegistry(r.name(), r.match(), r.url(), r.priority()))
            .toList();
    Optional<Path> script = Home.installer();
    return new Site(
        mirrors.map(known -> known.origin().url()).orElse(baseUrl),
        script.isPresent() ? Installer.read(script.get(), registries) : Installer.none());
  }

  static final class UrlConverter implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
      try {
        Mirrors.checkUrl(text);
        return text;
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** What a failure leaves behind. */
  String untouched() {
    return "nothing was published; " + place.folder() + " is as it was";
  }
}
