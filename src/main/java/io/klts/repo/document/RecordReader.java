package io.klts.repo.document;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import io.klts.repo.blob.Sha256;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.StringJoiner;
import java.util.TreeSet;

/**
 * Binds what a parser reads to records, and in them to lists, sorted sets, tables by name, digests,
 * texts, numbers and truths. After a fault it goes on, so that all faults of a document are told at
 * once; what has a fault in it is not made.
 */
final class RecordReader {

  /**
   * A fault.
   *
   * @param path where in the document: {@code releases[3].version}; empty for the whole
   * @param line counted from 1; not positive if the parser does not know
   */
  record Fault(String path, int line, String message) {

    /** What is said of it to people, without its line. */
    String text() {
      return path.isEmpty() ? message : path + ": " + message;
    }
  }

  private final JsonParser parser;
  private final List<Fault> faults = new ArrayList<>();

  /** Keys and, in lists, numbers from the document to the value that is read. */
  private final Deque<Object> steps = new ArrayDeque<>();

  RecordReader(JsonParser parser) {
    this.parser = parser;
  }

  /** What was wrong with all that was read so far. */
  List<Fault> faults() {
    return faults;
  }

  /**
   * Reads a whole document.
   *
   * @return it; without a meaning if there are faults
   */
  Object document(Type type) throws IOException {
    try {
      JsonToken first = parser.nextToken();
      if (first == null || first == JsonToken.VALUE_NULL) {
        return fault("the document is empty");
      }
      Object document = value(type);
      return parser.nextToken() == null ? document : fault("the document has ended before this");
    } catch (JsonProcessingException e) {
      return fault(e.getLocation(), e.getOriginalMessage());
    }
  }

  /** Where the reader is in the document. */
  private String path() {
    StringBuilder path = new StringBuilder();
    for (Object step : steps) {
      if (step instanceof Integer index) {
        path.append('[').append(index).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(step);
      }
    }
    return path.toString();
  }

  /** Reads a value, from the parser's token to the value's last one. */
  private Object value(Type type) throws IOException {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      Type element = arguments[arguments.length - 1];
      Type raw = generic.getRawType();
      if (raw == Located.class) {
        int line = parser.currentTokenLocation().getLineNr();
        return new Located<>(value(element), line);
      }
      return raw == Map.class
          ? table(element)
          : list(element, raw == SortedSet.class ? new TreeSet<>() : new ArrayList<>());
    }
    Class<?> plain = (Class<?>) type;
    return plain.isRecord() && plain != Sha256.class ? object(RecordType.of(plain)) : scalar(plain);
  }

  private Object object(RecordType type) throws IOException {
    if (!parser.isExpectedStartObjectToken()) {
      return refuse("a table with the keys " + type.names());
    }
    JsonLocation begin = parser.currentTokenLocation();
    int before = faults.size();
    Object[] values = new Object[type.components().size()];
    for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
      RecordType.Component component = type.component(key);
      steps.addLast(key);
      if (component == null) {
        fault("unknown key \"" + key + "\"; allowed here: " + type.names());
        parser.nextToken();
        parser.skipChildren();
      } else if (parser.nextToken() != JsonToken.VALUE_NULL) {
        values[component.index()] = value(component.type());
      }
      steps.removeLast();
    }
    if (faults.size() > before) {
      return null;
    }
    for (RecordType.Component component : type.components()) {
      if (component.isPrimitive() && values[component.index()] == null) {
        return fault(begin, "\"" + component.name() + "\" is missing");
      }
    }
    try {
      return type.make(values);
    } catch (IllegalArgumentException e) {
      return fault(begin, e.getMessage());
    }
  }

  private Object table(Type element) throws IOException {
    if (!parser.isExpectedStartObjectToken()) {
      return refuse("a table");
    }
    Map<String, Object> table = new LinkedHashMap<>();
    for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
      steps.addLast(key);
      parser.nextToken();
      table.put(key, present(element));
      steps.removeLast();
    }
    return table;
  }

  private Object list(Type element, Collection<Object> list) throws IOException {
    if (!parser.isExpectedStartArrayToken()) {
      return refuse("a list");
    }
    for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
      steps.addLast(i);
      Object value = present(element);
      if (value != null) { // A sorted set takes no null.
        list.add(value);
      }
      steps.removeLast();
    }
    return list;
  }

  /** An empty entry of a list or table is a slip; that an absent key is null, records check. */
  private Object present(Type type) throws IOException {
    return parser.currentToken() == JsonToken.VALUE_NULL ? fault("an entry is empty") : value(type);
  }

  private Object scalar(Class<?> type) throws IOException {
    JsonToken token = parser.currentToken();
    try {
      if (type == String.class) {
        return token.isScalarValue() ? parser.getText() : refuse("a text");
      } else if (type == int.class || type == Integer.class) {
        return token == JsonToken.VALUE_NUMBER_INT
            ? parser.getIntValue()
            : refuse("a whole number");
      } else if (type == long.class || type == Long.class) {
        return token == JsonToken.VALUE_NUMBER_INT
            ? parser.getLongValue()
            : refuse("a whole number");
      } else if (type == double.class || type == Double.class) {
        return token.isNumeric() ? parser.getDoubleValue() : refuse("a number");
      } else if (type == boolean.class || type == Boolean.class) {
        return token.isBoolean() ? parser.getBooleanValue() : refuse("true or false");
      } else if (type == Sha256.class) {
        return token.isScalarValue() ? new Sha256(parser.getText()) : refuse("a SHA-256");
      } else if (type.isEnum()) {
        return constant(type);
      }
    } catch (InputCoercionException e) {
      return fault(e.getOriginalMessage());
    } catch (IllegalArgumentException e) {
      return fault(e.getMessage());
    }
    throw new AssertionError(type + " is in a document");
  }

  private Object constant(Class<?> type) throws IOException {
    StringJoiner names = new StringJoiner(", ");
    for (Object constant : type.getEnumConstants()) {
      String name = ((Enum<?>) constant).name();
      if (name.equals(parser.getText())) {
        return constant;
      }
      names.add(name);
    }
    return refuse("one of " + names);
  }

  /** Notes that something else stands here, and skips it. */
  private Object refuse(String expected) throws IOException {
    String found =
        parser.currentToken().isScalarValue()
            ? "\"" + parser.getText() + "\""
            : parser.isExpectedStartArrayToken() ? "a list" : "a table";
    fault("expected " + expected + ", found " + found);
    parser.skipChildren();
    return null;
  }

  private Object fault(String message) {
    return fault(parser.currentTokenLocation(), message);
  }

  private Object fault(JsonLocation at, String message) {
    faults.add(new Fault(path(), at == null ? 0 : at.getLineNr(), message));
    return null;
  }
}
