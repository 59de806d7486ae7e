package io.klts.repo.document;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.deser.ContextualDeserializer;
import java.io.IOException;

/** Reads what a {@link Located} holds, and notes the line. */
final class LocatedReader extends JsonDeserializer<Located<?>> implements ContextualDeserializer {

  private final JavaType type;

  /**
   * @param type of the value; {@code null} for the reader from which those for a type are made
   */
  LocatedReader(JavaType type) {
    this.type = type;
  }

  @Override
  public JsonDeserializer<?> createContextual(
      DeserializationContext context, BeanProperty property) {
    return new LocatedReader(context.getContextualType().containedType(0));
  }

  @Override
  public Located<?> deserialize(JsonParser parser, DeserializationContext context)
      throws IOException {
    int line = parser.currentTokenLocation().getLineNr();
    return new Located<>(context.readValue(parser, type), line);
  }
}
