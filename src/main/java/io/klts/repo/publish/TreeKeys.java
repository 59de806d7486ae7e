package io.klts.repo.publish;

import io.klts.repo.repository.State;
import io.klts.repo.signature.JointSigner;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.signature.Signer;
import io.klts.repo.site.Definitions;
import io.klts.repo.tree.LocalTree;
import io.klts.repo.tree.RetiredKey;
import io.klts.repo.tree.Rotation;
import io.klts.repo.tree.Rotation.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The keys of a tree. Its state says who signs, and the keys that were given only that they can: so
 * it does not matter which of them was given in which place, or on which machine.
 */
final class TreeKeys {

  private static final String UNTOUCHED = "\n  nothing was changed; docs/keys.md has the steps";

  private final LocalTree tree;
  private final List<Signer> given;
  private Optional<PublicKey> announced = Optional.empty();

  /**
   * @param given the keys that can sign; none for an unsigned tree
   */
  TreeKeys(LocalTree tree, List<Signer> given) {
    this.tree = tree;
    this.given = List.copyOf(given);
  }

  /**
   * Who signs a state. Without a change of keys it is the one that signed before, or else the first
   * that was given and is not retired.
   *
   * @throws IOException if a key is needed that was not given
   */
  JointSigner signers(State state) throws IOException {
    if (given.isEmpty()) {
      return new JointSigner(List.of());
    }
    List<Signer> signers = new ArrayList<>();
    if (state.rotation().isPresent()) {
      for (String key : state.rotation().get().signers()) {
        signers.add(requireGiven(state.rotation().get(), key));
      }
    } else {
      List<Signer> able = new ArrayList<>(given);
      state.retired().forEach(r -> able.removeIf(signer -> isKey(signer, r.key())));
      List<String> present = tree.manifest().keys();
      able.stream()
          .filter(signer -> present.contains(signer.key().fingerprint()))
          .findFirst()
          .or(() -> able.stream().findFirst())
          .ifPresent(signers::add);
      if (signers.isEmpty()) {
        throw new IOException(
            "the key "
                + given.get(0).key().fingerprint()
                + " was retired and signs this tree no more; give the key that took its place"
                + UNTOUCHED);
      }
    }
    return new JointSigner(signers);
  }

  private Optional<Signer> given(String key) {
    return given.stream().filter(signer -> isKey(signer, key)).findFirst();
  }

  private static boolean isKey(Signer signer, String fingerprint) {
    return signer.key().fingerprint().equals(fingerprint);
  }

  private Signer requireGiven(Rotation rotation, String key) throws IOException {
    Optional<Signer> signer = given(key);
    if (signer.isEmpty()) {
      throw new IOException(
          "the tree's keys are being changed, and in the step "
              + rotation.step().command()
              + " the key "
              + key
              + " has to sign; it was not given"
              + "\n  nothing was changed; name the one key with KLTS_SIGNING_KEY and the other with"
              + " KLTS_NEXT_SIGNING_KEY");
    }
    return signer.get();
  }

  /**
   * The keys that clients get: those that sign, the primary one first, then one that is announced,
   * then those that signed what is still there.
   *
   * @throws IOException if a key that was published is not in the tree any more
   */
  List<PublicKey> published(State state) throws IOException {
    Set<String> names = new LinkedHashSet<>();
    List<PublicKey> keys = new ArrayList<>();
    for (PublicKey key : signers(state).keys()) {
      keys.add(0, key);
    }
    if (keys.isEmpty()) {
      return keys;
    }
    keys.forEach(key -> names.add(key.fingerprint()));
    List<String> others = new ArrayList<>();
    state.rotation().ifPresent(rotation -> others.addAll(List.of(rotation.old(), rotation.next())));
    for (RetiredKey retired : state.retired()) {
      others.add(retired.key());
    }
    for (String other : others) {
      if (names.add(other)) {
        keys.add(publicKey(other));
      }
    }
    return keys;
  }

  private PublicKey publicKey(String fingerprint) throws IOException {
    Optional<PublicKey> known =
        announced
            .filter(key -> key.fingerprint().equals(fingerprint))
            .or(() -> given(fingerprint).map(Signer::key));
    if (known.isPresent()) {
      return known.get();
    }
    String path = Definitions.keyPath(fingerprint);
    Optional<Path> file = tree.intact(path);
    if (file.isEmpty()) {
      throw new IOException(
          path + " is missing\n  nothing was changed; restore the tree from a copy of it");
    }
    return PublicKey.read(Files.readAllBytes(file.get()));
  }

  /**
   * The first step: publishes another key. Again with the same key publishes a newer edition of it,
   * and without a key it goes back to this step.
   */
  void announce(State state, Optional<PublicKey> next, Instant now) throws IOException {
    String key = next.map(PublicKey::fingerprint).orElse("");
    if (state.rotation().isPresent()) {
      Rotation present = state.rotation().get();
      if (next.isPresent() && !present.next().equals(key)) {
        throw refused("another key, " + present.next() + ", is to come; cancel that first");
      }
      move(state, Step.ANNOUNCED, now);
    } else {
      String old = signers(state).fingerprints().stream().findFirst().orElse("");
      if (next.isEmpty()) {
        throw refused("no change of keys is under way; give the next key");
      }
      if (!tree.manifest().keys().equals(List.of(old))) {
        throw refused(
            "the tree is signed by " + tree.manifest().keys() + ", and the key given is " + old);
      }
      if (old.equals(key) || state.retired().stream().anyMatch(r -> r.key().equals(key))) {
        throw refused(key + " signs the tree already, or did so once; make another key");
      }
      state.setRotation(Optional.of(new Rotation(Step.ANNOUNCED, text(now), old, key, false)));
    }
    announced = next;
  }

  /**
   * To another step, but over none on the way forward; nothing happens if it is the present one.
   */
  void move(State state, Step step, Instant now) throws IOException {
    Rotation present = present(state);
    // Back to the begin is always possible: it is the way out when the next key is lost.
    if (present.step() == Step.ANNOUNCED && step == Step.SWITCHED) {
      throw outOfOrder(present, step.command());
    }
    if (present.step() != step) {
      state.setRotation(Optional.of(present.at(step, text(now))));
    }
  }

  /** The end of a change: the old key signs no more. */
  void retire(State state, Instant now) throws IOException {
    Rotation present = present(state);
    if (present.step() != Step.SWITCHED) {
      throw outOfOrder(present, "retire");
    }
    requireGiven(present, present.next());
    state.setRotation(Optional.empty());
    state.retire(new RetiredKey(present.old(), text(now)));
  }

  /** Gives up a change that has only been announced. A key that signed packages stays published. */
  void cancel(State state, Instant now) throws IOException {
    Rotation present = present(state);
    if (present.step() != Step.ANNOUNCED) {
      throw outOfOrder(present, "cancel");
    }
    requireGiven(present, present.old());
    state.setRotation(Optional.empty());
    if (present.used()) {
      state.retire(new RetiredKey(present.next(), text(now)));
    }
  }

  private static Rotation present(State state) throws IOException {
    if (state.rotation().isEmpty()) {
      throw refused("no change of keys is under way; it begins with announce");
    }
    return state.rotation().get();
  }

  private static IOException outOfOrder(Rotation present, String wanted) {
    String neighbours =
        switch (present.step()) {
          case ANNOUNCED -> "dual-sign comes next, and cancel gives it up";
          case DUAL_SIGNED -> "switch comes next, and announce goes back";
          case SWITCHED -> "retire comes next, and dual-sign goes back";
        };
    return refused(
        wanted + " is out of order: the step is " + present.step().command() + "; " + neighbours);
  }

  private static IOException refused(String message) {
    return new IOException(message + UNTOUCHED);
  }

  private static String text(Instant now) {
    return now.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
