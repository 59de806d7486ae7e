package io.klts.repo.repository;

/** XML 1.0 text, two blanks of indentation a level, in the manner of createrepo. */
final class Xml {

  private final StringBuilder text;

  /** A part of a document. */
  Xml(int capacity) {
    text = new StringBuilder(capacity);
  }

  /** The begin of a document. */
  static Xml document() {
    return new Xml(4096).raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
  }

  /** Markup that is written as it stands. */
  Xml raw(String markup) {
    text.append(markup);
    return this;
  }

  /** A whole element with text. */
  Xml element(String indent, String name, String value) {
    text.append(indent).append('<').append(name);
    if (value.isEmpty()) {
      text.append("/>\n");
      return this;
    }
    text.append('>');
    escape(value);
    text.append("</").append(name).append(">\n");
    return this;
  }

  /** An attribute with a blank before it. */
  Xml attribute(String name, String value) {
    text.append(' ').append(name).append("=\"");
    escape(value);
    text.append('"');
    return this;
  }

  Xml attribute(String name, long value) {
    text.append(' ').append(name).append("=\"").append(value).append('"');
    return this;
  }

  /** Text between tags, escaped. */
  Xml escaped(String value) {
    escape(value);
    return this;
  }

  /** Escapes markup; characters that XML cannot hold become question marks. */
  private void escape(String value) {
    int from = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      String replacement =
          switch (c) {
            case '&' -> "&amp;";
            case '<' -> "&lt;";
            case '>' -> "&gt;";
            case '"' -> "&quot;";
            default -> (c < ' ' && c != '\n' && c != '\t') || c >= 0xfffe ? "?" : null;
          };
      if (replacement != null) {
        text.append(value, from, i).append(replacement);
        from = i + 1;
      }
    }
    text.append(value, from, value.length());
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
