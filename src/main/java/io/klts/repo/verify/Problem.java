package io.klts.repo.verify;

/**
 * One thing that is not as it should be.
 *
 * @param severity whether clients fail over it
 * @param file of the tree, or a channel
 * @param expected what should be there
 * @param found what is there
 * @param remedy what to do
 */
public record Problem(
    Severity severity, String file, String expected, String found, String remedy) {

  private static final int LONGEST = 400;

  /** Whether clients fail over it. */
  public enum Severity {
    /** The tree is not whole. */
    FAULT,
    /** It works today. */
    WARNING
  }

  public Problem {
    file = printable(file);
    expected = printable(expected);
    found = printable(found);
    remedy = printable(remedy);
  }

  /** Texts of a damaged or hostile tree must not steer a terminal. */
  private static String printable(String text) {
    String start = text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    return start.replaceAll("\\p{Cntrl}", "?");
  }

  /** One line for people. */
  @Override
  public String toString() {
    return file + ": expected " + expected + ", found " + found + "; " + remedy;
  }
}
