package io.klts.repo.verify;

import io.klts.repo.source.BoundedInput;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * XML as a stream of elements, of which nobody knows whether it is honest: no document types, no
 * entities of its own, bounded depth, and texts as long as {@link BoundedInput} lets them be.
 */
final class XmlReader {

  private static final int DEEPEST = 16;
  private static final int LONGEST_TEXT = 1 << 16;
  private static final int MOST_ATTRIBUTES = 16;

  private static final XMLInputFactory FACTORY = XMLInputFactory.newDefaultFactory();

  static {
    FACTORY.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    FACTORY.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    FACTORY.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, true);
  }

  /** Is told each element by the local names from the root: {@code metadata/package/name}. */
  interface Visitor {
    void begin(String path, Map<String, String> attributes) throws IOException;

    /**
     * The end of an element.
     *
     * @param text directly within
     */
    void end(String path, String text) throws IOException;
  }

  /** The parser closes what it reads; what is behind the document is for the caller to see. */
  private static final class Shared extends FilterInputStream {
    Shared(InputStream in) {
      super(in);
    }

    @Override
    public void close() {
      // The caller closes it.
    }
  }

  private record Open(String path, StringBuilder text) {}

  private final Deque<Open> open = new ArrayDeque<>();
  private final Visitor visitor;

  private XmlReader(Visitor visitor) {
    this.visitor = visitor;
  }

  /** Reads a document to its end. */
  static void read(InputStream in, Visitor visitor) throws IOException {
    try {
      // Given bytes that are no UTF-8, the platform's parser would write to the screen.
      Reader text = new InputStreamReader(new Shared(in), StandardCharsets.UTF_8.newDecoder());
      XMLStreamReader reader = FACTORY.createXMLStreamReader(text);
      try {
        new XmlReader(visitor).read(reader);
      } finally {
        reader.close();
      }
    } catch (XMLStreamException e) {
      throw e.getNestedException() instanceof IOException io
          ? io
          : new IOException("no well-formed XML: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      // The parser of the platform is not free of faults on damaged input.
      throw new IOException("no well-formed XML: " + e, e);
    }
  }

  private void read(XMLStreamReader reader) throws XMLStreamException, IOException {
    while (reader.hasNext()) {
      switch (reader.next()) {
        case XMLStreamConstants.START_ELEMENT -> begin(reader);
        case XMLStreamConstants.END_ELEMENT -> {
          Open element = open.pop();
          visitor.end(element.path, element.text.toString().strip());
        }
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE ->
            text(reader);
        case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE ->
            throw new IOException("an XML document with a type or entities of its own");
        default -> {
          // Comments and processing instructions say nothing.
        }
      }
    }
  }

  private void begin(XMLStreamReader reader) throws IOException {
    if (open.size() >= DEEPEST || reader.getAttributeCount() > MOST_ATTRIBUTES) {
      throw new IOException("XML with too many levels or attributes");
    }
    String parent = open.isEmpty() ? "" : open.peek().path + "/";
    String path = parent + reader.getLocalName();
    Map<String, String> attributes = new HashMap<>();
    for (int i = 0; i < reader.getAttributeCount(); i++) {
      attributes.put(reader.getAttributeLocalName(i), reader.getAttributeValue(i));
    }
    open.push(new Open(path, new StringBuilder()));
    visitor.begin(path, attributes);
  }

  private void text(XMLStreamReader reader) throws IOException {
    if (!open.isEmpty()) {
      StringBuilder text = open.peek().text;
      if (text.length() + reader.getTextLength() > LONGEST_TEXT) {
        throw new IOException("XML with a text of more than " + LONGEST_TEXT + " characters");
      }
      text.append(reader.getTextCharacters(), reader.getTextStart(), reader.getTextLength());
    }
  }
}
