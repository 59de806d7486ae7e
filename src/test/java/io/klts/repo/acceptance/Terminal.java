package io.klts.repo.acceptance;

import java.io.IOException;
import java.nio.file.Path;

/** A person at a terminal. */
final class Terminal {

  private Terminal() {}

  /**
   * Types into a shell, with a pause before each line.
   *
   * @param keys a file with the lines, of which the last one ends the shell
   * @return what the terminal shows
   */
  static String type(Path keys, String shell) throws IOException {
    String line =
        "while IFS= read -r key; do sleep 1; printf '%s\\n' \"$key\"; done <"
            + keys
            + " | script -qec '"
            + shell
            + "' /dev/null";
    return Program.of("sh", "-c", line).with("TERM", "dumb").run().out();
  }
}
