package io.klts.repo.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Numbers of the command line: one that cannot be meant is wrong usage. */
abstract class WholeNumber implements ITypeConverter<Integer> {

  private final int least;
  private final int most;

  private WholeNumber(int least, int most) {
    this.least = least;
    this.most = most;
  }

  @Override
  public Integer convert(String text) {
    try {
      int number = Integer.parseInt(text);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // The same answer as to a number out of range.
    }
    throw new TypeConversionException(
        "\"" + text + "\" is not a whole number from " + least + " to " + most);
  }

  /** How many at once. */
  static final class Threads extends WholeNumber {
    Threads() {
      super(1, 1024);
    }
  }

  /** A size or a time that may be nothing. */
  static final class Amount extends WholeNumber {
    Amount() {
      super(0, 1_000_000);
    }
  }

  /** Seconds from one time to the next. */
  static final class Interval extends WholeNumber {
    Interval() {
      super(1, 1_000_000);
    }
  }

  /** Of a hundred. */
  static final class Percent extends WholeNumber {
    Percent() {
      super(0, 100);
    }
  }

  /** A TCP port; 0 stands for a free one. */
  static final class Port extends WholeNumber {
    Port() {
      super(0, 65535);
    }
  }

  /** How long a key lives. */
  static final class Years extends WholeNumber {
    Years() {
      super(1, 30);
    }
  }
}
