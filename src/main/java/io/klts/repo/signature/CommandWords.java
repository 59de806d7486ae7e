package io.klts.repo.signature;

import java.util.ArrayList;
import java.util.List;

/**
 * Takes a command line apart as a shell would, as far as words and quotes go. Nothing else of a
 * shell is there: {@code $}, {@code |} or {@code *} stand for themselves.
 */
final class CommandWords {

  private final List<String> words = new ArrayList<>();
  private final StringBuilder word = new StringBuilder();
  private boolean inWord;

  private CommandWords() {}

  /**
   * The words of a line.
   *
   * @throws KeyException if there are none, or a quote is not closed
   */
  static List<String> split(String line) throws KeyException {
    CommandWords splitter = new CommandWords();
    int at = 0;
    while (at < line.length()) {
      at = splitter.take(line, at);
    }
    splitter.endWord();
    if (splitter.words.isEmpty()) {
      throw problem("it is blank");
    }
    return List.copyOf(splitter.words);
  }

  /** Takes a character, or all between two quotes, and returns where to go on. */
  private int take(String line, int at) throws KeyException {
    char c = line.charAt(at);
    if (Character.isWhitespace(c)) {
      endWord();
      return at + 1;
    }
    inWord = true;
    if (c == '\'' || c == '"') {
      return quoted(line, at + 1, c);
    }
    if (c == '\\') {
      return escaped(line, at + 1);
    }
    word.append(c);
    return at + 1;
  }

  private int quoted(String line, int begin, char quote) throws KeyException {
    int at = begin;
    while (at < line.length() && line.charAt(at) != quote) {
      boolean escape =
          quote == '"'
              && at + 1 < line.length()
              && line.startsWith("\\", at)
              && isSpecial(line, at);
      at = escape ? escaped(line, at + 1) : escaped(line, at);
    }
    if (at >= line.length()) {
      throw problem("a quote is not closed");
    }
    return at + 1;
  }

  /** Within double quotes a backslash protects these two; before others it stands for itself. */
  private static boolean isSpecial(String line, int backslash) {
    return line.charAt(backslash + 1) == '"' || line.charAt(backslash + 1) == '\\';
  }

  /** Takes the character as it is. */
  private int escaped(String line, int at) throws KeyException {
    if (at >= line.length()) {
      throw problem("nothing follows the last backslash");
    }
    word.append(line.charAt(at));
    return at + 1;
  }

  private void endWord() {
    if (inWord) {
      words.add(word.toString());
      word.setLength(0);
      inWord = false;
    }
  }

  /** The line itself is not repeated: it may hold what nobody else should read. */
  private static KeyException problem(String found) {
    return new KeyException(
        "cannot read the command line of the signing program",
        found,
        "expected a program and its arguments, words with blanks in quotes",
        null);
  }
}
