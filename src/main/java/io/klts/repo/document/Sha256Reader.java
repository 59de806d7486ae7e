package io.klts.repo.document;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import io.klts.repo.blob.Sha256;
import java.io.IOException;

/** A digest is written as its hexadecimal digits. */
final class Sha256Reader extends StdScalarDeserializer<Sha256> {

  private static final long serialVersionUID = 1L;

  Sha256Reader() {
    super(Sha256.class);
  }

  @Override
  public Sha256 deserialize(JsonParser parser, DeserializationContext context) throws IOException {
    String hex = parser.getText();
    try {
      return new Sha256(hex);
    } catch (IllegalArgumentException e) {
      throw context.weirdStringException(hex, Sha256.class, e.getMessage());
    }
  }
}
