package io.klts.repo.site;

import io.klts.repo.blob.Parallel;
import io.klts.repo.catalogue.Identity;
import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.tree.ListedMirror;
import io.klts.repo.tree.Stage;
import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What people look at: a page that shows how to install, which releases there are and whom to
 * trust; a page for each release; the list of files; a feed of news. Each page is there in English
 * and in Chinese, as a file of its own, so that its language is said once and nothing is sent that
 * nobody reads.
 */
public final class Page {

  private static final String FOLDER = "page/";
  private static final List<String> LANGUAGES = List.of("en", "zh");
  private static final Pattern INCLUDED = Pattern.compile("\\{\\{>([a-z]+\\.html)}}\n?");
  private static final Pattern TEXT = Pattern.compile("\\{\\{t:([A-Za-z]+)}}");

  /**
   * What a page tells of a tree.
   *
   * @param mirrors with the origin: those that are asked, in their order, and those with a fault
   * @param keys that sign, or will soon; none for an unsigned tree
   * @param guide whether the tree says how it is mirrored
   */
  public record Content(
      Identity identity,
      String baseUrl,
      Releases releases,
      List<ListedMirror> mirrors,
      List<PublicKey> keys,
      boolean guide) {}

  /** The pages in one language. */
  private record Language(String suffix, Template index, Template release, Template files) {}

  private final List<Language> languages;
  private final Map<String, byte[]> resources;
  private final Template feed;

  private Page(List<Language> languages, Map<String, byte[]> resources, Template feed) {
    this.languages = languages;
    this.resources = resources;
    this.feed = feed;
  }

  /** Publishes no pages. */
  public static Page none() {
    return new Page(List.of(), Map.of(), Template.of(""));
  }

  /**
   * Reads {@code page/} in a folder of templates; where it is missing, no pages are published.
   *
   * @throws IOException if a file or a text is missing
   */
  public static Page load(Path templates) throws IOException {
    Path folder = templates.resolve(FOLDER);
    if (!Files.isDirectory(folder)) {
      return none();
    }
    List<Language> languages = new ArrayList<>();
    for (String language : LANGUAGES) {
      languages.add(new Source(folder, language).read());
    }
    Map<String, byte[]> resources = new HashMap<>();
    for (String name : List.of("style.css", "page.js")) {
      resources.put(FOLDER + name, Files.readAllBytes(folder.resolve(name)));
    }
    return new Page(languages, resources, Template.of(Files.readString(folder.resolve(Feed.PATH))));
  }

  /** The templates of one language: each text in its place, each part that pages share. */
  private static final class Source {

    private final Path folder;
    private final Path file;
    private final Properties texts = new Properties();
    private final Set<String> used = new HashSet<>();

    Source(Path folder, String language) throws IOException {
      this.folder = folder;
      this.file = folder.resolve(language + ".properties");
      try (Reader in = Files.newBufferedReader(file)) {
        texts.load(in);
      }
    }

    Language read() throws IOException {
      Template index = template("index.html");
      Template release = template("release.html");
      Template files = template("files.html");
      String suffix = text("suffix");
      Set<String> idle = new HashSet<>(texts.stringPropertyNames());
      idle.removeAll(used);
      if (!idle.isEmpty()) {
        throw new IOException(file + ": no page has the text " + String.join(", ", idle));
      }
      return new Language(suffix, index, release, files);
    }

    private Template template(String name) throws IOException {
      Path path = folder.resolve(name);
      try {
        return Template.of(translated(included(path)));
      } catch (IllegalArgumentException e) {
        throw new IOException(path + ": " + e.getMessage(), e);
      }
    }

    private String included(Path path) throws IOException {
      Matcher marks = INCLUDED.matcher(Files.readString(path));
      StringBuilder text = new StringBuilder();
      while (marks.find()) {
        String part = included(folder.resolve(marks.group(1)));
        marks.appendReplacement(text, Matcher.quoteReplacement(part));
      }
      return marks.appendTail(text).toString();
    }

    private String translated(String template) throws IOException {
      Matcher marks = TEXT.matcher(template);
      StringBuilder text = new StringBuilder();
      while (marks.find()) {
        marks.appendReplacement(text, Matcher.quoteReplacement(text(marks.group(1))));
      }
      return marks.appendTail(text).toString();
    }

    private String text(String key) throws IOException {
      String text = texts.getProperty(key);
      if (text == null) {
        throw new IOException(file + ": the text \"" + key + "\" is missing");
      }
      used.add(key);
      return text;
    }
  }

  /** The files, but for those of the releases. */
  public List<TreeFile> files(Content content) throws IOException {
    List<TreeFile> files = new ArrayList<>();
    if (languages.isEmpty()) {
      return files;
    }
    Commands commands = new Commands(content.identity, content.baseUrl, content.keys);
    Map<String, Object> index = new Overview(content, commands).values();
    Map<String, Object> list = common(content);
    list.put("file", "files");
    Parallel.map(
            languages,
            language ->
                List.of(
                    file("index" + language.suffix + ".html", language.index.fill(index)),
                    file("files" + language.suffix + ".html", language.files.fill(list))))
        .forEach(files::addAll);
    files.add(file(Feed.PATH, feed.fill(new Feed(content).values())));
    resources.forEach((path, text) -> files.add(file(path, text)));
    return files;
  }

  /** The pages of some releases, which say nothing of others: another one leaves them alone. */
  public List<TreeFile> files(Content content, List<Releases.Entry> releases) throws IOException {
    Commands commands = new Commands(content.identity, content.baseUrl, content.keys);
    return Parallel.map(releases, entry -> pages(content, commands, entry)).stream()
        .flatMap(List::stream)
        .toList();
  }

  /** Where the pages of a release are. */
  public List<String> paths(Releases.Entry release) {
    LtsVersion version = LtsVersion.parse(release.version());
    return languages.stream()
        .map(language -> releasePath(version, language.suffix + ".html"))
        .toList();
  }

  private List<TreeFile> pages(Content content, Commands commands, Releases.Entry release) {
    LtsVersion version = LtsVersion.parse(release.version());
    Map<String, Object> values = common(content);
    values.putAll(commands.of(version));
    values.putAll(Overview.release(release));
    values.put("root", "../");
    values.put("file", version.tag());
    values.put("architectures", String.join(", ", release.architectures()));
    values.put("endOfLife", release.endOfLife());
    return languages.stream()
        .map(
            language ->
                file(
                    releasePath(version, language.suffix + ".html"), language.release.fill(values)))
        .toList();
  }

  /** Where the page of a release is; the folder has its pages only. */
  static String releasePath(LtsVersion version, String ending) {
    return "releases/" + version.tag() + ending;
  }

  /** What all pages have. */
  static Map<String, Object> common(Content content) {
    Map<String, Object> values = new HashMap<>();
    values.put("root", "");
    values.put("id", content.identity.id());
    values.put("name", content.identity.name());
    values.put("homepage", content.identity.homepage());
    values.put("contact", content.identity.maintainer());
    values.put("url", content.baseUrl);
    return values;
  }

  /** A page names files that become visible before it: it is at the top, they are in folders. */
  private static TreeFile file(String path, byte[] text) {
    return TreeFile.of(path, Stage.INDEX, text);
  }
}
