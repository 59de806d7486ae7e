package io.klts.repo.mirror;

import io.klts.repo.blob.IoReason;
import io.klts.repo.blob.Parallel;
import io.klts.repo.source.TreeSource;
import io.klts.repo.tree.Manifest;
import io.klts.repo.tree.Stage;
import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** A manifest that a source has, and that is proven. */
record Offer(Upstream from, TreeFile text, TreeFile signature, Manifest manifest) {

  /** What was read of a source and proven. */
  static Offer of(Upstream from, byte[] bytes, byte[] signature, Manifest manifest) {
    return new Offer(
        from,
        TreeFile.of(Manifest.PATH, Stage.ROOT, bytes),
        TreeFile.of(Manifest.SIGNATURE_PATH, Stage.ROOT, signature),
        manifest);
  }

  /** What the sources offer, the newest first, and why some offer nothing. */
  record Offers(List<Offer> good, List<String> failures) {

    Offer best() {
      return good.get(0);
    }

    /** The sources, those of the newest manifest first: others may have its packages as well. */
    List<Upstream> sources() {
      return good.stream().map(Offer::from).toList();
    }
  }

  /**
   * Asks all sources, side by side.
   *
   * @throws IOException if none has a tree that can be believed, or two say different things
   */
  static Offers ask(List<Upstream> sources, Trust trust) throws IOException {
    List<Optional<Offer>> answers = new ArrayList<>();
    List<String> failures = new ArrayList<>();
    List<Answer> asked = Parallel.map(sources.size(), sources, source -> read(source, trust));
    for (Answer answer : asked) {
      answers.add(answer.offer());
      answer.failure().ifPresent(failures::add);
    }
    List<Offer> good =
        answers.stream()
            .flatMap(Optional::stream)
            .sorted(Comparator.comparing(offer -> -offer.manifest.serial()))
            .toList();
    if (good.isEmpty()) {
      throw new IOException(
          "no source has a tree that can be believed:\n  "
              + String.join("\n  ", failures)
              + "\n  nothing was changed");
    }
    for (Offer offer : good) {
      Offer best = good.get(0);
      if (offer.manifest.serial() == best.manifest.serial()
          && !offer.text.sha256().equals(best.text.sha256())) {
        throw new IOException(
            best.from.name()
                + " and "
                + offer.from.name()
                + " have different trees of the serial "
                + best.manifest.serial()
                + ", both signed\n  nothing was changed; ask those who sign the tree");
      }
    }
    return new Offers(good, failures);
  }

  private record Answer(Optional<Offer> offer, Optional<String> failure) {}

  private static Answer read(Upstream from, Trust trust) {
    try {
      return new Answer(Optional.of(of(from, trust)), Optional.empty());
    } catch (IOException e) {
      return new Answer(Optional.empty(), Optional.of(from.name() + ": " + IoReason.of(e)));
    }
  }

  /** Asks for the manifest and its signature at the same time, once. */
  private static Offer of(Upstream from, Trust trust) throws IOException {
    TreeSource source = from.source();
    List<Optional<byte[]>> files =
        Parallel.all(
            () -> source.read(Manifest.PATH, Manifest.LARGEST),
            () -> source.read(Manifest.SIGNATURE_PATH, Manifest.LARGEST_SIGNATURE));
    if (files.get(0).isEmpty() || files.get(1).isEmpty()) {
      throw new IOException(
          files.get(0).isEmpty()
              ? "there is no " + Manifest.PATH + ": this is not a published tree"
              : "there is no " + Manifest.SIGNATURE_PATH + ": the tree is not signed");
    }
    byte[] bytes = files.get(0).get();
    byte[] signature = files.get(1).get();
    return of(from, bytes, signature, trust.prove(bytes, signature));
  }
}
