package io.klts.repo.gate;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The XML that rpm-md needs: elements, attributes in double quotes and text. Anything else,
 * comments and entities too, is an error: some client might not read it. (And the platform's parser
 * takes longer to start than all the gate.)
 */
final class PlainXml {

  private static final String DECLARATION = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.:-]*+");
  private static final Pattern ATTRIBUTE =
      Pattern.compile("\\s++([A-Za-z_][A-Za-z0-9_.:-]*+)=\"([^\"<&]*+)\"");
  private static final Pattern TEXT = Pattern.compile("[^<&]++");

  /** Is told what a document says, in its order. */
  interface Visitor {
    void begin(String element) throws IOException;

    /**
     * A value that is not empty.
     *
     * @param name of the element for its text, {@code element@attribute} for an attribute
     */
    void value(String name, String value) throws IOException;

    void end(String element) throws IOException;
  }

  private final Matcher matcher;
  private final String text;
  private final Visitor visitor;
  private final Deque<String> open = new ArrayDeque<>();
  private int position;

  private PlainXml(String text, Visitor visitor) {
    this.text = text;
    this.visitor = visitor;
    this.matcher = NAME.matcher(text);
  }

  static void read(byte[] bytes, Visitor visitor) throws IOException {
    new PlainXml(UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString(), visitor).read();
  }

  private void read() throws IOException {
    takes(DECLARATION);
    skipSpace();
    element();
    while (!open.isEmpty()) {
      if (takes("</")) {
        require(name().equals(open.peek()));
        skipSpace();
        require(takes(">"));
        visitor.end(open.pop());
      } else if (takes(TEXT)) {
        value(open.peek(), matcher.group().strip());
      } else {
        element();
      }
    }
    skipSpace();
    require(position == text.length());
  }

  private void element() throws IOException {
    require(takes("<"));
    String name = name();
    visitor.begin(name);
    while (takes(ATTRIBUTE)) {
      value(name + "@" + matcher.group(1), matcher.group(2));
    }
    skipSpace();
    if (takes("/>")) {
      visitor.end(name);
    } else {
      require(takes(">"));
      open.push(name);
    }
  }

  private void value(String name, String value) throws IOException {
    if (!value.isEmpty()) {
      visitor.value(name, value);
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
