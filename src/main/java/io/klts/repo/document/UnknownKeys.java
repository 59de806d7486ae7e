package io.klts.repo.document;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.EOFException;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Looks for keys that a type does not have. Jackson tells of them only after a record could be
 * made: of a misspelled key it would first say that the right one is missing.
 */
final class UnknownKeys {

  /**
   * One of them.
   *
   * @param line where it is; not positive if the parser does not know
   */
  record Unknown(String path, int line, String message) {}

  private final JsonParser parser;
  private final List<Unknown> found = new ArrayList<>();

  private UnknownKeys(JsonParser parser) {
    this.parser = parser;
  }

  /** All of them, up to where the document cannot be parsed. */
  static List<Unknown> in(JsonParser parser, Class<?> type) {
    UnknownKeys keys = new UnknownKeys(parser);
    try {
      keys.next();
      keys.value(type, "");
    } catch (IOException e) {
      // What cannot be parsed is told as that.
    }
    return keys.found;
  }

  private JsonToken next() throws IOException {
    JsonToken token = parser.nextToken();
    if (token == null) {
      throw new EOFException();
    }
    return token;
  }

  private void value(Type declared, String path) throws IOException {
    Type type = raw(declared) == Located.class ? argument(declared, 0) : declared;
    if (parser.currentToken() == JsonToken.START_ARRAY) {
      Type element = argument(type, 0);
      for (int i = 0; next() != JsonToken.END_ARRAY; i++) {
        value(element, path + "[" + i + "]");
      }
    } else if (parser.currentToken() == JsonToken.START_OBJECT) {
      while (next() != JsonToken.END_OBJECT) {
        field(type, parser.currentName(), path);
      }
    }
  }

  private void field(Type type, String key, String path) throws IOException {
    int line = parser.currentTokenLocation().getLineNr();
    Optional<Type> known = known(type, key);
    String place = path.isEmpty() ? key : path + "." + key;
    if (known.isEmpty()) {
      found.add(
          new Unknown(place, line, "unknown key \"" + key + "\"; allowed here: " + allowed(type)));
    }
    next();
    value(known.orElse(Object.class), place);
  }

  /** The type of a key's value. What is no record takes every key. */
  private static Optional<Type> known(Type type, String key) {
    Class<?> raw = raw(type);
    if (!raw.isRecord()) {
      return Optional.of(Map.class.isAssignableFrom(raw) ? argument(type, 1) : Object.class);
    }
    return Arrays.stream(raw.getRecordComponents())
        .filter(component -> component.getName().equals(key))
        .map(RecordComponent::getGenericType)
        .findFirst();
  }

  private static String allowed(Type type) {
    return Arrays.stream(raw(type).getRecordComponents())
        .map(RecordComponent::getName)
        .sorted()
        .collect(Collectors.joining(", "));
  }

  private static Type argument(Type type, int index) {
    if (type instanceof ParameterizedType generic) {
      return generic.getActualTypeArguments()[index];
    }
    Type parent = type instanceof Class<?> c ? c.getGenericSuperclass() : null;
    return parent instanceof ParameterizedType generic
        ? generic.getActualTypeArguments()[index]
        : Object.class;
  }

  private static Class<?> raw(Type type) {
    Type raw = type instanceof ParameterizedType generic ? generic.getRawType() : type;
    return raw instanceof Class<?> c ? c : Object.class;
  }
}
