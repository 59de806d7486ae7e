package io.klts.repo.document;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import com.fasterxml.jackson.dataformat.toml.TomlFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.IntSupplier;

/**
 * Reads documents into records and writes them. Reading is strict: an unknown key, a duplicate, a
 * missing or a bad value is a {@link DocumentException} with file, line and what was expected.
 * Records check their own values in their compact constructors by throwing an exception; the
 * message then names the place in the document.
 *
 * <p>Jackson parses and generates. Its data binding is not used: what it finds out of each class
 * before it reads the first document takes a tenth of a short run, and our records need little of
 * what it can do.
 */
public final class Documents {

  private static final JsonFactory JSON = strict(new JsonFactory());

  private static final class Yaml {
    static final JsonFactory FACTORY = strict(new YAMLFactory());
  }

  private static final class Toml {
    static final JsonFactory FACTORY = strict(new TomlFactory());
  }

  private static final class Pretty {
    /** One entry a line would be unreadable, one line in all undiffable: Jackson's two spaces. */
    static final DefaultPrettyPrinter PRINTER =
        new DefaultPrettyPrinter()
            .withObjectIndenter(new DefaultIndenter("  ", "\n"))
            .withArrayIndenter(new DefaultIndenter("  ", "\n"));
  }

  /** A list of entries, or a table of them by name. */
  private record Container(Class<?> raw, Class<?> entry) implements ParameterizedType {

    @Override
    public Type[] getActualTypeArguments() {
      return new Type[] {entry};
    }

    @Override
    public Type getRawType() {
      return raw;
    }

    @Override
    public Type getOwnerType() {
      return null;
    }
  }

  private record Nothing(String name) {}

  private Documents() {}

  /**
   * Makes the first reading and writing quick, by documents of no meaning. A program that has
   * something else to do first does this beside it.
   *
   * @return those documents
   */
  public static String warmUp() throws IOException {
    try (JsonParser yaml = Yaml.FACTORY.createParser("name: x");
        JsonParser toml = Toml.FACTORY.createParser("name = 'x'")) {
      return jsonLine(
          List.of(
              new RecordReader(yaml).document(Nothing.class),
              new RecordReader(toml).document(Nothing.class)));
    }
  }

  /** Reads a YAML file. */
  public static <T> T yaml(Path file, Class<T> type) throws IOException {
    return type.cast(read(Yaml.FACTORY, file, type));
  }

  /** Reads a YAML file that is a table of entries by name. */
  @SuppressWarnings("unchecked") // That is what a container of them has.
  public static <T> Map<String, T> yamlTable(Path file, Class<T> type) throws IOException {
    return (Map<String, T>) read(Yaml.FACTORY, file, new Container(Map.class, type));
  }

  /** Reads a TOML file. */
  public static <T> T toml(Path file, Class<T> type) throws IOException {
    return type.cast(read(Toml.FACTORY, file, type));
  }

  /**
   * Reads a list of JSON.
   *
   * @param name stands for the document in messages
   * @param line at which the list begins in it; is asked only for a message
   */
  @SuppressWarnings("unchecked") // That is what a container of them has.
  public static <T> List<T> jsonList(String text, String name, IntSupplier line, Class<T> type)
      throws IOException {
    try (JsonParser parser = JSON.createParser(text)) {
      RecordReader reader = new RecordReader(parser);
      Object list = reader.document(new Container(List.class, type));
      if (!reader.faults().isEmpty()) {
        // No person wrote it: that it is damaged is enough.
        RecordReader.Fault first = reader.faults().get(0);
        throw new DocumentException(
            name + ":" + (line.getAsInt() + first.line() - 1) + ": it is damaged: " + first.text());
      }
      return (List<T>) list;
    }
  }

  /** JSON in one line, for programs that read line by line. */
  public static String jsonLine(Object value) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(text)) {
      new RecordWriter(out).write(value);
    }
    return text.toString();
  }

  /** Lines of JSON, all but the last one with a comma at their ends: what stands in a list. */
  public static String jsonLines(Collection<?> values) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(text)) {
      out.setPrettyPrinter(new MinimalPrettyPrinter(",\n"));
      RecordWriter writer = new RecordWriter(out);
      for (Object value : values) {
        writer.write(value);
      }
    }
    return text.toString();
  }

  /** JSON for people and programs: indented, ends with a new line. */
  public static byte[] prettyJson(Object value) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = JSON.createGenerator(bytes)) {
      out.setPrettyPrinter(Pretty.PRINTER.createInstance());
      new RecordWriter(out).write(value);
      out.writeRaw('\n');
    }
    return bytes.toByteArray();
  }

  private static Object read(JsonFactory format, Path file, Type type) throws IOException {
    try (InputStream in = Files.newInputStream(file);
        JsonParser parser = format.createParser(in)) {
      RecordReader reader = new RecordReader(parser);
      Object document = reader.document(type);
      if (reader.faults().isEmpty()) {
        return document;
      }
      StringJoiner faults = new StringJoiner("\n  ");
      for (RecordReader.Fault fault : reader.faults()) {
        int line = fault.line() > 0 ? fault.line() : TomlLines.of(file, fault.path());
        faults.add(place(file, line) + fault.text());
      }
      throw new DocumentException(faults.toString());
    } catch (NoSuchFileException e) {
      throw new DocumentException(file + ": no such file");
    } catch (JsonProcessingException e) {
      // TOML, which is parsed as a whole: a fault of a whole line is seen at the begin of the next.
      JsonLocation at = e.getLocation();
      int line = at == null ? 0 : at.getColumnNr() == 1 ? at.getLineNr() - 1 : at.getLineNr();
      throw new DocumentException(place(file, line) + e.getOriginalMessage());
    }
  }

  private static String place(Path file, int line) {
    return file + (line > 0 ? ":" + line : "") + ": ";
  }

  private static JsonFactory strict(JsonFactory format) {
    return format.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION.mappedFeature());
  }
}
