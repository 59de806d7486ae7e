package io.klts.repo.document;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SequenceWriter;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.dataformat.toml.TomlFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.klts.repo.blob.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.IntSupplier;

/**
 * Reads documents into records and writes them. Reading is strict: an unknown key, a duplicate, a
 * missing or a bad value is a {@link DocumentException} with file, line and what was expected.
 * Records check their own values in their compact constructors by throwing {@link
 * IllegalArgumentException}; the message then names the place in the document.
 */
public final class Documents {

  /**
   * One for all formats, which differ in their parser only: an own one costs a start of Jackson.
   */
  private static final ObjectMapper MAPPER = strict();

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

  private record Nothing(String name) {}

  private Documents() {}

  /**
   * Makes the first reading and writing quick, by a document of no meaning. A program that has
   * something else to do first does this beside it.
   *
   * @return that document
   */
  public static String warmUp() throws IOException {
    ObjectReader reader = MAPPER.readerFor(Nothing.class);
    return jsonLine(reader.with(Yaml.FACTORY).readValue("name: x"));
  }

  /** Reads a YAML file. */
  public static <T> T yaml(Path file, Class<T> type) throws IOException {
    return read(Yaml.FACTORY, file, type);
  }

  /** Reads a TOML file. */
  public static <T> T toml(Path file, Class<T> type) throws IOException {
    return read(Toml.FACTORY, file, type);
  }

  /**
   * Reads a list of JSON.
   *
   * @param name stands for the document in messages
   * @param line at which the list begins in it; is asked only for a message
   */
  public static <T> List<T> jsonList(String text, String name, IntSupplier line, Class<T> type)
      throws IOException {
    try {
      List<T> entries = MAPPER.readerForListOf(type).readValue(text);
      if (entries.contains(null)) {
        throw new DocumentException(
            name + ":" + line.getAsInt() + ": it is damaged: an entry is null");
      }
      return entries;
    } catch (JsonProcessingException e) {
      int inside = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      String path = e instanceof JsonMappingException mapping ? path(mapping) + ": " : "";
      throw new DocumentException(
          name
              + ":"
              + (line.getAsInt() + inside - 1)
              + ": it is damaged: "
              + path
              + explanation(e));
    }
  }

  /**
   * Writes a record as JSON: UTF-8, keys in the record's order, empty and absent values left out.
   */
  public static void writeJson(Object value, OutputStream out) throws IOException {
    MAPPER.writeValue(out, value);
  }

  /** One line of JSON, for programs that read line by line. */
  public static String jsonLine(Object value) throws IOException {
    return MAPPER.writeValueAsString(value);
  }

  /** Lines of JSON, all but the last one with a comma at their ends: what stands in a list. */
  public static String jsonLines(Collection<?> values) throws IOException {
    StringWriter lines = new StringWriter();
    ObjectWriter writer = MAPPER.writer().withRootValueSeparator(",\n");
    try (SequenceWriter sequence = writer.writeValues(lines)) {
      sequence.writeAll(values);
    }
    return lines.toString();
  }

  /** JSON for people and programs: indented, ends with a new line. */
  public static byte[] prettyJson(Object value) throws IOException {
    return (MAPPER.writer(Pretty.PRINTER).writeValueAsString(value) + "\n")
        .getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  private static <T> T read(JsonFactory format, Path file, Class<T> type) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return notNull(MAPPER.readerFor(type).with(format).readValue(in), file.toString());
    } catch (NoSuchFileException e) {
      throw new DocumentException(file + ": no such file");
    } catch (JsonProcessingException e) {
      throw fault(format, file, type, e);
    }
  }

  private static DocumentException fault(
      JsonFactory format, Path file, Class<?> type, JsonProcessingException e) throws IOException {
    try (JsonParser parser = format.createParser(Files.newInputStream(file))) {
      List<String> unknown = new ArrayList<>();
      for (UnknownKeys.Unknown key : UnknownKeys.in(parser, type)) {
        unknown.add(place(file, key.line(), key.path()) + key.path() + ": " + key.message());
      }
      if (!unknown.isEmpty()) {
        return new DocumentException(String.join("\n  ", unknown));
      }
    } catch (JsonProcessingException same) {
      // It cannot even be parsed, as e says.
    }
    String path = e instanceof JsonMappingException mapping ? path(mapping) : "";
    return new DocumentException(
        place(file, line(format, e.getLocation()), path)
            + (path.isEmpty() ? "" : path + ": ")
            + explanation(e));
  }

  private static int line(JsonFactory format, JsonLocation at) {
    if (at == null) {
      return 0;
    }
    // The TOML reader sees a fault of a whole line when it has read the line's end.
    boolean behind = format instanceof TomlFactory && at.getColumnNr() == 1;
    return behind ? at.getLineNr() - 1 : at.getLineNr();
  }

  private static String place(Path file, int line, String path) throws IOException {
    int known = line > 0 ? line : TomlLines.of(file, path);
    return known > 0 ? file + ":" + known + ": " : file + ": ";
  }

  private static <T> T notNull(T value, String name) throws DocumentException {
    if (value == null) {
      throw new DocumentException(name + ": the document is empty");
    }
    return value;
  }

  private static JsonFactory strict(JsonFactory format) {
    return format.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION.mappedFeature());
  }

  private static ObjectMapper strict() {
    SimpleModule digests = new SimpleModule();
    digests.addSerializer(Sha256.class, ToStringSerializer.instance);
    digests.addDeserializer(Sha256.class, new Sha256Reader());
    digests.addDeserializer(Located.class, new LocatedReader(null));
    return JsonMapper.builder(strict(new JsonFactory()))
        .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
        // A record's components are its document; other methods that begin with "is" are not.
        .disable(MapperFeature.AUTO_DETECT_IS_GETTERS)
        .defaultPropertyInclusion(
            JsonInclude.Value.construct(JsonInclude.Include.NON_EMPTY, JsonInclude.Include.ALWAYS))
        // An empty entry of a list or table is a slip; that an absent key is null, records check.
        .defaultSetterInfo(JsonSetter.Value.forContentNulls(Nulls.FAIL))
        .addModule(digests)
        .build();
  }

  private static String explanation(JsonProcessingException e) {
    if (e instanceof ValueInstantiationException && e.getCause() != null) {
      return e.getCause().getMessage();
    }
    return e.getOriginalMessage();
  }

  /** Where in the document: {@code releases[3].version}. */
  private static String path(JsonMappingException e) {
    StringBuilder path = new StringBuilder();
    for (JsonMappingException.Reference step : e.getPath()) {
      if (step.getFieldName() == null) {
        path.append('[').append(step.getIndex()).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
      }
    }
    return path.toString();
  }
}
