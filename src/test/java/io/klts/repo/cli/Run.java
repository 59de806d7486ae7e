package io.klts.repo.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/** A run of the program in this process, and what it said. */
record Run(int exit, String out, String err) {

  static Run of(List<String> arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit =
        Main.run(
            arguments.toArray(String[]::new),
            new PrintWriter(out, true),
            new PrintWriter(err, true));
    return new Run(exit, out.toString(), err.toString());
  }
}
