package io.klts.repo.tree;

import java.util.List;

/**
 * A change of the key that signs a tree, which is under way.
 *
 * @param step how far it is
 * @param since when it came there, in the form of ISO 8601
 * @param old fingerprint of the key that signed before
 * @param next fingerprint of the key that is to take its place
 * @param used whether packages may be signed by the next key
 */
public record Rotation(Step step, String since, String old, String next, boolean used) {

  /** The steps, in their order. After the last one the change is over. */
  public enum Step {
    /** The next key is published beside the old one, which signs alone. */
    ANNOUNCED("announce"),
    /** Both keys sign indexes, the old one signs packages. */
    DUAL_SIGNED("dual-sign"),
    /** Both keys sign indexes, the next one signs packages. */
    SWITCHED("switch");

    private final String command;

    Step(String command) {
      this.command = command;
    }

    /** What the user calls it. */
    public String command() {
      return command;
    }
  }

  public Rotation {
    if (step == null || since == null || old == null || next == null) {
      throw new IllegalArgumentException("step, since, old and next must be given");
    }
  }

  /**
   * The keys that sign, in the order of their signatures. The last one is the primary key, which
   * zypper gets beside the indexes and which signs packages.
   */
  public List<String> signers() {
    return switch (step) {
      case ANNOUNCED -> List.of(old);
      case DUAL_SIGNED -> List.of(next, old);
      case SWITCHED -> List.of(old, next);
    };
  }

  /** The same change at another step. */
  public Rotation at(Step other, String now) {
    return new Rotation(other, now, old, next, used || other == Step.SWITCHED);
  }
}
