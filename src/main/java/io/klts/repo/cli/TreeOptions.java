package io.klts.repo.cli;

import io.klts.repo.blob.Parallel;
import io.klts.repo.catalogue.Identity;
import io.klts.repo.mirror.Mirrors;
import io.klts.repo.publish.Provenance;
import io.klts.repo.publish.Publication;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.signature.Signer;
import io.klts.repo.site.Installer;
import io.klts.repo.site.Page;
import io.klts.repo.site.Site;
import io.klts.repo.tree.LocalTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
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
  @Mixin private MirrorsOption conf;

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

  @Option(
      names = "--signed-by",
      paramLabel = "FILE",
      description =
          "The public key that signed the tree so far, if it is none of those that sign now.")
  private Path signedBy;

  /** A change of an open tree, up to its commit. */
  interface Change {
    Publication.Outcome apply(Publication publication, Path scratch) throws IOException;
  }

  /**
   * What came of it.
   *
   * @param tree its folder
   * @param serialBefore the serial that was there; 0 for a new tree
   * @param serial the serial that is there now
   * @param changed how many files were put
   * @param kept how many stayed as they were
   * @param key fingerprint of the primary key; absent for an unsigned tree
   */
  record Result(String tree, long serialBefore, long serial, int changed, int kept, String key) {}

  /**
   * Opens the tree, applies a change and says what came of it.
   *
   * @param templates a folder that also has the pages, and says how the tree is mirrored
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
    // First what is no document: the reader of those may still be getting ready.
    Page page = Page.load(templates);
    Mirrors mirrors = conf.load();
    Site site = site(mirrors, page);
    if (!given.isEmpty()) {
      // A signed tree has packages that bring its keys.
      Scratch.takeFilesOfLibraries();
    }
    List<PublicKey> known = known(given);
    Home.otherProject().ifPresent(folder -> console.line("project", folder.toString()));
    try (LocalTree open = place.open(console)) {
      IOSupplier<?> proof = Parallel.begin(() -> Provenance.check(open, known));
      Publication publication = new Publication(open, identity.get(), site, given);
      proof.get();
      publication.guide(templates, baseUrl == null ? mirrors.rsync() : Optional.empty());
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

  /** The keys of which one has to have signed the tree; none if it will not be signed. */
  private List<PublicKey> known(List<Signer> given) throws IOException {
    List<PublicKey> known = new ArrayList<>();
    given.forEach(signer -> known.add(signer.key()));
    if (signedBy != null && !given.isEmpty()) {
      known.addAll(PublicKey.loadAll(signedBy));
    }
    return known;
  }

  /** What the file of mirrors says. */
  Mirrors mirrors() throws IOException {
    return conf.load();
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

  /** An address that is given by hand is another place for the packages, and not for images. */
  private Site site(Mirrors mirrors, Page page) throws IOException {
    List<Installer.ImageRegistry> registries =
        mirrors.registries().stream()
            .filter(registry -> !registry.retired())
            .map(r -> new Installer.ImageRegistry(r.name(), r.match(), r.url(), r.priority()))
            .toList();
    Optional<Path> script = Home.installer();
    return new Site(
        baseUrl == null ? mirrors.origin().url() : baseUrl,
        script.isPresent() ? Installer.read(script.get(), registries) : Installer.none(),
        page);
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
