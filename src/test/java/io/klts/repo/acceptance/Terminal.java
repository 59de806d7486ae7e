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
    String typing = "while IFS= read -r key; do sleep 1; printf '%s\\n' \"$key\"; done <" + keys;
    return at(typing, shell).with("TERM", "dumb").run().out();
  }

  /**
   * A run of a command in which every question is answered with yes. Not at once: zypper forgets
   * what was typed before it asked, and a terminal keeps what nobody reads in memory.
   */
  static Program agreeing(String command) {
    return at("while sleep 0.2; do echo y; done", command);
  }

  private static Program at(String typing, String command) {
    String line = typing + " | script --quiet --return --command \"$1\" /dev/null";
    return Program.of("sh", "-c", line, "sh", command);
  }
}
