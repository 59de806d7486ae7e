package io.klts.repo.site;

import io.klts.repo.catalogue.Identity;
import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.tree.ListedMirror;
import io.klts.repo.tree.Stage;
import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The installer as a tree serves it: the script of the project, in which only the values between
 * two marks are replaced.
 */
public final class Installer {

  /** Where a tree has it. */
  public static final String PATH = "install.sh";

  private static final String BEGIN = "# klts-repo: settings begin\n";
  private static final String END = "# klts-repo: settings end\n";

  /** A setting as the script has it: one quoted word, which may have several lines. */
  private static final Pattern SETTING = Pattern.compile("(?m)^  ([a-z_]+)='([^']*)'$");

  /**
   * An accelerator for container images.
   *
   * @param match the registry in whose place it is asked
   * @param url its host, and path if any
   * @param priority from 1, the first choice, to 99
   */
  public record ImageRegistry(String name, String match, String url, int priority) {}

  /**
   * What a tree tells the machines that it is installed on.
   *
   * @param mirrors in the order in which they are asked, with the origin
   * @param channels of each its newest version, in the order of the minors
   * @param keys that sign, or will soon
   */
  public record Settings(
      Identity identity,
      String baseUrl,
      List<ListedMirror> mirrors,
      Map<String, LtsVersion> channels,
      List<PublicKey> keys) {}

  private final String head;
  private final String block;
  private final String tail;
  private final List<ImageRegistry> registries;

  private Installer(String head, String block, String tail, List<ImageRegistry> registries) {
    this.head = head;
    this.block = block;
    this.tail = tail;
    this.registries = registries;
  }

  /** Publishes no such file. */
  public static Installer none() {
    return new Installer("", "", "", List.of());
  }

  /**
   * Reads the script.
   *
   * @throws IOException if it is missing, or has not the two marks around its settings
   */
  public static Installer read(Path file, List<ImageRegistry> registries) throws IOException {
    String text;
    try {
      text = Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new IOException(
          file + " is missing, which each tree serves; it lies beside the launcher", e);
    }
    int begin = text.indexOf(BEGIN) + BEGIN.length();
    int end = text.indexOf(END);
    if (!text.contains(BEGIN) || end < begin) {
      throw new IOException(
          file
              + " has no settings: expected a line \""
              + BEGIN.strip()
              + "\" before a line \""
              + END.strip()
              + "\"");
    }
    return new Installer(
        text.substring(0, begin), text.substring(begin, end), text.substring(end), registries);
  }

  /**
   * The file; absent where there is no script.
   *
   * @throws IOException if the script's settings are others than the ones that are known here
   */
  public Optional<TreeFile> file(Settings settings) throws IOException {
    if (tail.isEmpty()) {
      return Optional.empty();
    }
    Map<String, String> values = values(settings);
    StringBuilder text = new StringBuilder(head);
    List<String> found = new ArrayList<>();
    Matcher matcher = SETTING.matcher(block);
    while (matcher.find()) {
      String name = matcher.group(1);
      found.add(name);
      String value = quoted(values.getOrDefault(name, ""));
      matcher.appendReplacement(text, Matcher.quoteReplacement("  " + name + "=" + value));
    }
    matcher.appendTail(text);
    if (!found.equals(List.copyOf(values.keySet()))) {
      throw new IOException(
          PATH
              + " has the settings "
              + found
              + "; expected "
              + values.keySet()
              + "\n  take the script that belongs to this program");
    }
    return Optional.of(
        TreeFile.of(
            PATH, Stage.INDEX, text.append(tail).toString().getBytes(StandardCharsets.UTF_8)));
  }

  /** In the order of the script. */
  private Map<String, String> values(Settings settings) {
    Identity identity = settings.identity();
    List<String> vendors = new ArrayList<>(List.of(identity.vendor()));
    vendors.addAll(identity.supersededVendors());
    Map<String, String> values = new LinkedHashMap<>();
    values.put("id", identity.id());
    values.put("name", identity.name());
    values.put("vendors", String.join(",", vendors));
    values.put("base_url", settings.baseUrl());
    values.put(
        "mirrors",
        lines(
            settings.mirrors().stream()
                .filter(ListedMirror::isGood)
                .map(m -> words(m.name(), m.kind(), m.priority(), m.url(), m.rpm(), m.apt()))
                .toList()));
    values.put(
        "registries",
        lines(
            registries.stream()
                .map(r -> words(r.name(), r.match(), r.url(), r.priority()))
                .toList()));
    values.put(
        "channels",
        lines(
            settings.channels().entrySet().stream()
                .map(channel -> words(channel.getKey(), channel.getValue()))
                .toList()));
    values.put(
        "fingerprints", lines(settings.keys().stream().map(PublicKey::fingerprint).toList()));
    values.put(
        "key", new String(PublicKey.armored(settings.keys()), StandardCharsets.UTF_8).strip());
    return values;
  }

  private static String words(Object... words) {
    return List.of(words).stream().map(String::valueOf).collect(Collectors.joining(" "));
  }

  private static String lines(List<String> lines) {
    return String.join("\n", lines);
  }

  /** As a word of the shell, whatever is in it. */
  private static String quoted(String value) {
    return "'" + value.replace("'", "'\\''") + "'";
  }
}
