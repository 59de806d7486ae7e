package io.klts.repo.signature;

/**
 * One thing that {@link KeyLint} has to say about a key.
 *
 * @param severity whether the key may be used all the same
 * @param what what was found, and what was expected
 * @param breaks which clients fail, and how
 * @param remedy what to do
 */
public record Finding(Severity severity, String what, String breaks, String remedy) {

  /** Whether a key may be used in spite of a finding. */
  public enum Severity {
    /** Some client would not take what this key signs: it must not sign. */
    REFUSE,
    /** It works today. */
    WARN
  }

  /** Whether the key must not sign. */
  public boolean refuses() {
    return severity == Severity.REFUSE;
  }

  /** One line for people. */
  @Override
  public String toString() {
    return what + " (" + breaks + "); " + remedy;
  }
}
