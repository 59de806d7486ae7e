package io.klts.repo.document;

import com.fasterxml.jackson.core.JsonGenerator;
import io.klts.repo.blob.Sha256;
import java.io.IOException;
import java.util.Collection;
import java.util.Map;

/** Writes records as JSON: keys in the record's order, empty and absent values left out. */
final class RecordWriter {

  private final JsonGenerator out;

  RecordWriter(JsonGenerator out) {
    this.out = out;
  }

  void write(Object value) throws IOException {
    if (value instanceof String text) {
      out.writeString(text);
    } else if (value instanceof Sha256 digest) {
      out.writeString(digest.hex());
    } else if (value instanceof Enum<?> constant) {
      out.writeString(constant.name());
    } else if (value instanceof Record object) {
      record(object);
    } else if (value instanceof Map<?, ?> table) {
      out.writeStartObject();
      for (Map.Entry<?, ?> entry : table.entrySet()) {
        out.writeFieldName(entry.getKey().toString());
        write(entry.getValue());
      }
      out.writeEndObject();
    } else if (value instanceof Collection<?> list) {
      out.writeStartArray();
      for (Object element : list) {
        write(element);
      }
      out.writeEndArray();
    } else if (value instanceof Integer number) {
      out.writeNumber(number);
    } else if (value instanceof Long number) {
      out.writeNumber(number);
    } else if (value instanceof Double number) {
      out.writeNumber(number);
    } else if (value instanceof Boolean truth) {
      out.writeBoolean(truth);
    } else {
      throw new AssertionError(value + " is in a document");
    }
  }

  private void record(Record value) throws IOException {
    out.writeStartObject();
    for (RecordType.Component component : RecordType.of(value.getClass()).components()) {
      Object part = RecordType.value(value, component);
      if (!isEmpty(part)) {
        out.writeFieldName(component.name());
        write(part);
      }
    }
    out.writeEndObject();
  }

  private static boolean isEmpty(Object value) {
    return value == null
        || (value instanceof String text && text.isEmpty())
        || (value instanceof Collection<?> list && list.isEmpty())
        || (value instanceof Map<?, ?> table && table.isEmpty());
  }
}
