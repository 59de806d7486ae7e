package io.klts.repo.acceptance;

import java.util.List;

/**
 * How a {@link Program} ended.
 *
 * @param command the program and its arguments
 * @param exit its exit code, or {@link #TIMED_OUT}
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 */
record Outcome(List<String> command, int exit, String out, String err) {

  /** The exit code of a program that was killed at its time limit. */
  static final int TIMED_OUT = -1;

  /** Both streams, standard output first. */
  String output() {
    return out + err;
  }

  /** Fails, with everything the program said, unless it ended with 0. */
  Outcome assertOk() {
    return assertExit(0);
  }

  /** Fails, with everything the program said, unless it ended with this code. */
  Outcome assertExit(int expected) {
    if (exit != expected) {
      throw failure("expected exit code " + expected);
    }
    return this;
  }

  /**
   * Fails unless the program ended by itself with another code than 0 and gave this reason: a
   * refusal for another reason proves nothing.
   *
   * @param reason a part of the output
   */
  Outcome assertRefused(String reason) {
    if (exit == 0 || exit == TIMED_OUT) {
      throw failure("expected a refusal");
    }
    return assertSays(reason);
  }

  /** Fails, with everything the program said, unless that contains a text. */
  Outcome assertSays(String text) {
    if (!output().contains(text)) {
      throw failure("expected the words '" + text + "'");
    }
    return this;
  }

  private AssertionError failure(String expectation) {
    String end = exit == TIMED_OUT ? "killed at the time limit" : "exit code " + exit;
    return new AssertionError(
        "%s%n%s, but: %s%n%s".formatted(String.join(" ", command), expectation, end, output()));
  }
}
