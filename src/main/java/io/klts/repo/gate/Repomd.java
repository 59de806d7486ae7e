package io.klts.repo.gate;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** What {@code repomd.xml} says of each document. */
final class Repomd {

  private Repomd() {}

  /**
   * One document.
   *
   * @param values texts by the names of the elements; attributes as {@code element@attribute}
   */
  record Data(String type, Map<String, String> values) {
    String get(String name) {
      return values.getOrDefault(name, "");
    }
  }

  static List<Data> read(byte[] bytes) throws IOException {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    try {
      // Given bytes that are no UTF-8, the platform's parser would write to the screen.
      CharBuffer text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      XMLStreamReader xml = factory.createXMLStreamReader(new StringReader(text.toString()));
      List<Data> all = new ArrayList<>();
      String element = "";
      while (xml.hasNext()) {
        int event = xml.next();
        if (event == XMLStreamConstants.START_ELEMENT) {
          element = xml.getLocalName();
          if (element.equals("data")) {
            all.add(new Data(String.valueOf(xml.getAttributeValue(null, "type")), new HashMap<>()));
          }
          for (int i = 0; i < xml.getAttributeCount() && !all.isEmpty(); i++) {
            String name = element + "@" + xml.getAttributeLocalName(i);
            all.get(all.size() - 1).values.put(name, xml.getAttributeValue(i));
          }
        } else if (event == XMLStreamConstants.CHARACTERS && !all.isEmpty()) {
          if (!xml.isWhiteSpace()) {
            all.get(all.size() - 1).values.put(element, xml.getText().strip());
          }
        }
      }
      return all;
    } catch (XMLStreamException e) {
      throw new IOException("no XML: " + e.getMessage(), e);
    }
  }
}
