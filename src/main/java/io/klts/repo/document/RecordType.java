package io.klts.repo.document;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a record is made of, found out once for each. */
final class RecordType {

  private static final ClassValue<RecordType> KNOWN =
      new ClassValue<>() {
        @Override
        protected RecordType computeValue(Class<?> type) {
          return new RecordType(type);
        }
      };

  /**
   * A component, which is a key of the document.
   *
   * @param index its place among all of them
   */
  record Component(String name, int index, Type type, Method accessor) {

    /** Whether there is no value that says that the key is absent. */
    boolean isPrimitive() {
      return type instanceof Class<?> plain && plain.isPrimitive();
    }
  }

  private final List<Component> components;
  private final Map<String, Component> byName = new HashMap<>();
  private final Constructor<?> constructor;

  private RecordType(Class<?> type) {
    RecordComponent[] declared = type.getRecordComponents();
    Component[] all = new Component[declared.length];
    Class<?>[] parameters = new Class<?>[declared.length];
    for (int i = 0; i < declared.length; i++) {
      RecordComponent component = declared[i];
      parameters[i] = component.getType();
      all[i] =
          new Component(
              component.getName(), i, component.getGenericType(), component.getAccessor());
      all[i].accessor.setAccessible(true);
      byName.put(all[i].name, all[i]);
    }
    components = List.of(all);
    try {
      constructor = type.getDeclaredConstructor(parameters);
    } catch (NoSuchMethodException e) {
      throw new AssertionError("every record has its canonical constructor", e);
    }
    constructor.setAccessible(true);
  }

  static RecordType of(Class<?> type) {
    return KNOWN.get(type);
  }

  /** In the order of the record. */
  List<Component> components() {
    return components;
  }

  /** The component of a name; {@code null} if there is none. */
  Component component(String name) {
    return byName.get(name);
  }

  /** The names of all, for messages. */
  String names() {
    return byName.keySet().stream().sorted().collect(Collectors.joining(", "));
  }

  /**
   * Makes a record.
   *
   * @throws IllegalArgumentException if the record refuses its values; says why
   */
  Object make(Object[] values) {
    try {
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalArgumentException(e.getCause().getMessage(), e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(constructor + " " + Arrays.toString(values), e);
    }
  }

  /** The value of a record's component. */
  static Object value(Object record, Component component) {
    try {
      return component.accessor.invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(component.accessor.toString(), e);
    }
  }
}
