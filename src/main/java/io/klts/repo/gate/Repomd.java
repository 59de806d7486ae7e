package io.klts.repo.gate;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code repomd.xml} says of each document. Knows the XML that such a file needs: elements,
 * attributes in double quotes and text. Anything else, comments and entities too, is an error: some
 * client might not read it. (And the platform's parser takes longer to start than all the gate.)
 */
final class Repomd {

  private static final String DECLARATION = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.:-]*+");
  private static final Pattern ATTRIBUTE =
      Pattern.compile("\\s++([A-Za-z_][A-Za-z0-9_.:-]*+)=\"([^\"<&]*+)\"");
  private static final Pattern TEXT = Pattern.compile("[^<&]++");

  /**
   * One document.
   *
   * @param values texts by the names of the elements; attributes as {@code element@attribute}
   */
  record Data(Map<String, String> values) {
    String type() {
      return get("data@type");
    }

    String get(String name) {
      return values.getOrDefault(name, "");
    }
  }

  private final Matcher matcher;
  private final String text;
  private final Deque<String> open = new ArrayDeque<>();
  private final List<Data> all = new ArrayList<>();
  private int position;

  private Repomd(String text) {
    this.text = text;
    this.matcher = NAME.matcher(text);
  }

  static List<Data> read(byte[] bytes) throws IOException {
    return new Repomd(UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString()).read();
  }

  private List<Data> read() throws IOException {
    takes(DECLARATION);
    skipSpace();
    element();
    while (!open.isEmpty()) {
      if (takes("</")) {
        require(name().equals(open.pop()));
        skipSpace();
        require(takes(">"));
      } else if (takes(TEXT)) {
        value(open.peek(), matcher.group().strip());
      } else {
        element();
      }
    }
    skipSpace();
    require(position == text.length());
    return all;
  }

  private void element() throws IOException {
    require(takes("<"));
    String name = name();
    if (name.equals("data")) {
      all.add(new Data(new HashMap<>()));
    }
    while (takes(ATTRIBUTE)) {
      value(name + "@" + matcher.group(1), matcher.group(2));
    }
    skipSpace();
    if (!takes("/>")) {
      require(takes(">"));
      open.push(name);
    }
  }

  /** Keeps what the present document says; what stands before the first one is of no interest. */
  private void value(String name, String value) throws IOException {
    if (!all.isEmpty() && !value.isEmpty()) {
      require(all.get(all.size() - 1).values.put(name, value) == null);
    }
  }

  private String name() throws IOException {
    require(takes(NAME));
    return matcher.group();
  }

  private boolean takes(Pattern pattern) {
    boolean found = matcher.usePattern(pattern).region(position, text.length()).lookingAt();
    if (found) {
      position = matcher.end();
    }
    return found;
  }

  private boolean takes(String token) {
    boolean found = text.startsWith(token, position);
    if (found) {
      position += token.length();
    }
    return found;
  }

  private void skipSpace() {
    while (position < text.length() && " \t\r\n".indexOf(text.charAt(position)) >= 0) {
      position++;
    }
  }

  private void require(boolean fits) throws IOException {
    if (!fits) {
      throw new IOException("no XML of elements, attributes and text at character " + position);
    }
  }
}
