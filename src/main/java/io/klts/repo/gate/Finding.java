package io.klts.repo.gate;

/**
 * A reason not to publish.
 *
 * @param rule that is broken
 * @param path of the file in the tree
 * @param expected by the clients that {@link Rule#breaks} names
 * @param found instead
 */
public record Finding(Rule rule, String path, String expected, String found) {

  /** One line for people. */
  @Override
  public String toString() {
    return path
        + ": expected "
        + expected
        + ", found "
        + found
        + "; breaks "
        + rule.breaks()
        + " ["
        + rule.id()
        + "]";
  }
}
