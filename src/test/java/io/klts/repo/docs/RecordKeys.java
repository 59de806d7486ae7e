package io.klts.repo.docs;

import io.klts.repo.blob.Sha256;
import io.klts.repo.document.Located;
import io.klts.repo.tree.Manifest;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The keys of a document, found in the record that is read or written as it. */
final class RecordKeys {

  /**
   * A key.
   *
   * @param path such as {@code mirrors[].url}; a name that the writer chooses is {@code *}
   * @param type in words
   * @param meaning absent if nobody wrote it down
   */
  record Key(String path, String type, Optional<String> meaning) {}

  private final Meanings meanings = new Meanings();

  /** All keys, those of inner records behind the one that holds them. */
  List<Key> of(Class<?> document) throws IOException {
    List<Key> keys = new ArrayList<>();
    add(document, "", keys);
    return keys;
  }

  private void add(Class<?> record, String before, List<Key> keys) throws IOException {
    for (RecordComponent component : record.getRecordComponents()) {
      String path = before + component.getName();
      Type type = component.getGenericType();
      keys.add(new Key(path, words(type), meanings.of(record, component.getName())));
      Class<?> inner = inner(type);
      if (isDocument(inner)) {
        add(inner, path + steps(type) + ".", keys);
      }
    }
  }

  private static boolean isDocument(Class<?> type) {
    return type.isRecord() && type != Sha256.class;
  }

  /** What the values are in the end, without the lists and tables around them. */
  private static Class<?> inner(Type type) {
    return type instanceof ParameterizedType parameterized
        ? inner(last(parameterized))
        : (Class<?>) type;
  }

  private static Type last(ParameterizedType type) {
    Type[] arguments = type.getActualTypeArguments();
    return arguments[arguments.length - 1];
  }

  /** How a path goes on into a list or table. */
  private static String steps(Type type) {
    if (!(type instanceof ParameterizedType parameterized)) {
      return "";
    }
    Class<?> raw = (Class<?>) parameterized.getRawType();
    String step =
        Collection.class.isAssignableFrom(raw) ? "[]" : Map.class.isAssignableFrom(raw) ? ".*" : "";
    return step + steps(last(parameterized));
  }

  private static String words(Type type) {
    if (type instanceof ParameterizedType parameterized) {
      Class<?> raw = (Class<?>) parameterized.getRawType();
      String of = words(last(parameterized));
      if (raw == Located.class || raw == Optional.class) {
        return of;
      }
      return (Map.class.isAssignableFrom(raw) ? "table of " : "list of ") + plural(of);
    }
    Class<?> plain = (Class<?>) type;
    if (plain == String.class || plain == Path.class) {
      return "text";
    } else if (plain == boolean.class || plain == Boolean.class) {
      return "true or false";
    } else if (plain.isPrimitive() || Number.class.isAssignableFrom(plain)) {
      return "number";
    } else if (plain == Sha256.class) {
      return "SHA-256";
    } else if (plain == Manifest.Entry.class) {
      return "line";
    } else if (plain == Instant.class) {
      return "time";
    } else if (plain.isEnum()) {
      return Arrays.stream(plain.getEnumConstants())
          .map(constant -> "`" + ((Enum<?>) constant).name() + "`")
          .collect(Collectors.joining(", "));
    } else if (plain.isRecord()) {
      return "table";
    }
    throw new AssertionError("no words for " + type);
  }

  private static String plural(String word) {
    return word.startsWith("list") || word.startsWith("table of")
        ? word.replaceFirst("^(list|table)", "$1s")
        : word.equals("SHA-256") ? "SHA-256s" : word + "s";
  }
}
