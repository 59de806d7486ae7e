package io.klts.repo.site;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.klts.repo.catalogue.Catalogue;
import io.klts.repo.catalogue.Fix;
import io.klts.repo.catalogue.Release;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.tree.ListedMirror;
import io.klts.repo.tree.TreeFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.commons.io.file.PathUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** The pages of every release of the catalogue. */
class PageTest {

  private static final Path TEMPLATES = Path.of("repo-templates");
  private static final String URL = "https://packages.example.org/klts";
  private static final String ATOM = "http://www.w3.org/2005/Atom";
  private static final List<String> FEED_LINKS = List.of("self", "alternate");
  private static final String BAD = "</td><script>alert('x')</script>\"";

  private static Catalogue catalogue;
  private static Page page;
  private static List<PublicKey> keys;
  private static SortedMap<String, String> texts;

  @TempDir private Path folder;

  @BeforeAll
  static void render() throws IOException {
    catalogue = Catalogue.load(TEMPLATES);
    page = Page.load(TEMPLATES);
    keys = List.of(PublicKey.load(Path.of("src/test/resources/keys/good-public.asc")));
    texts = texts(page, URL, releases(catalogue.releases().size()));
  }

  /** The first releases, of which the very first was withdrawn. */
  private static List<Releases.Entry> releases(int count) {
    List<Releases.Entry> entries = new ArrayList<>();
    for (Release release : catalogue.releases().subList(0, count)) {
      entries.add(
          new Releases.Entry(
              release.version().toString(),
              release.version().minor().channel(),
              release.published().toString(),
              catalogue.endOfLife(release.version().minor()).map(LocalDate::toString).orElse(null),
              List.of("amd64"),
              release.fixes().map(f -> f.stream().map(Fix::cve).toList()).orElse(null),
              entries.isEmpty() ? BAD : null));
    }
    return entries;
  }

  private static SortedMap<String, String> texts(
      Page page, String url, List<Releases.Entry> releases) throws IOException {
    List<ListedMirror> mirrors =
        List.of(
            new ListedMirror("m", "copy", "javascript:alert(1)" + BAD, BAD, 1, BAD, BAD),
            new ListedMirror("origin", "copy", url, null, 100, url + "/rpm", url + "/apt"));
    SortedMap<String, String> texts = new TreeMap<>();
    Page.Content content =
        new Page.Content(
            catalogue.identity(), url, new Releases(releases, Instant.EPOCH), mirrors, keys, true);
    List<TreeFile> files = new ArrayList<>(page.files(content));
    files.addAll(page.files(content, releases));
    for (TreeFile file : files) {
      texts.put(file.path(), new String(file.content().bytes(), UTF_8));
    }
    return texts;
  }

  @Test
  void everyReleaseHasAPageInBothLanguages() {
    for (Release release : catalogue.releases()) {
      for (String ending : List.of(".html", ".zh.html")) {
        assertThat(texts.get("releases/" + release.version().tag() + ending))
            .contains("<h1>" + release.version() + "</h1>");
      }
    }
    assertThat(texts)
        .containsKeys("index.html", "index.zh.html", "files.html", "files.zh.html", "feed.atom")
        .hasSize(2 * catalogue.releases().size() + 7);
  }

  @Test
  void textOfOthersIsEscaped() {
    assertThat(texts.get("index.html")).contains("&lt;/td&gt;&lt;script&gt;");
    for (String text : texts.values()) {
      assertThat(text).doesNotContain(BAD).doesNotContain("href=\"javascript");
    }
  }

  /** Each address of a page is a file of the tree, or one of another host that is only a link. */
  @Test
  void linksLeadToFilesOfTheTree() {
    Set<String> known = new HashSet<>(texts.keySet());
    known.addAll(
        List.of(
            "keys/klts.asc",
            "keys/klts.gpg",
            "releases.json",
            "latest/all.txt",
            "mirrors.json",
            "manifest",
            "manifest.asc",
            "timestamp.asc",
            "packages.json",
            "install.sh",
            "MIRRORING.md"));
    Pattern link = Pattern.compile("(?:href|src)=\"([^\"#:]+)(?:#[^\"]*)?\"");
    texts.forEach(
        (path, text) -> {
          Matcher links = link.matcher(text);
          while (path.endsWith(".html") && links.find()) {
            Path target = Path.of("/" + path).resolveSibling(links.group(1)).normalize();
            assertThat(known).as(path).contains(target.toString().substring(1));
          }
        });
  }

  /** The page's definitions are those that the tree serves, but for where the key is. */
  @Test
  void definitionsAreThoseOfTheTree() {
    Definitions definitions = new Definitions(catalogue.identity(), URL);
    String address = "baseurl=" + URL + "/rpm/v1.28/\n";
    String served = "gpgkey=" + URL + "/keys/klts.asc";
    String kept = "gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-klts";
    String shown =
        texts
            .get("releases/v1.28.15-lts.2.html")
            .replaceAll("</?span[^>]*>", "")
            .replace("&gt;", ">")
            .replace("&lt;", "<")
            .replace("&amp;", "&")
            .replace("&#39;", "'");
    assertThat(shown)
        .contains(
            "&&\n" + definitions.repo("v1.28", address).replace(served, kept) + "END\n",
            "&&\n" + definitions.zypperRepo("v1.28", address).replace(served, kept) + "END\n",
            "&&\n" + definitions.sources("v1.28", URL + "/apt") + "END\n",
            "| sh -s -- --version 1.28.15-lts.2</code>",
            "grep " + keys.get(0).fingerprint() + " &&\n");
  }

  @Test
  void aFurtherReleaseLeavesTheOthersAlone() throws IOException {
    int count = catalogue.releases().size();
    SortedMap<String, String> before = texts(page, URL, releases(count - 1));
    SortedMap<String, String> changed = new TreeMap<>(texts);
    changed.entrySet().removeAll(before.entrySet());
    String last = "releases/" + catalogue.releases().get(count - 1).version().tag();
    assertThat(changed)
        .containsOnlyKeys(
            "feed.atom", "index.html", "index.zh.html", last + ".html", last + ".zh.html");
  }

  @Test
  void theFeedKeepsItsIdsWhereverTheTreeIs() throws Exception {
    List<String> ids = ids(texts.get(Feed.PATH));
    assertThat(ids).doesNotHaveDuplicates().hasSize(1 + 1 + 25);
    String elsewhere =
        texts(page, "https://elsewhere.example", releases(catalogue.releases().size()))
            .get(Feed.PATH);
    assertThat(ids(elsewhere)).isEqualTo(ids);
    assertThat(texts.get(Feed.PATH))
        .contains("<title>KLTS 1.10.13-lts.0 was withdrawn</title>")
        .contains("<updated>2026-04-15T00:00:00Z</updated>\n<author>");
  }

  /** What RFC 4287 demands of a feed and of an entry (4.1.1, 4.1.2, 4.2.7), for each of them. */
  @Test
  void theFeedHasWhatAFeedMustHave() throws Exception {
    Document feed = parsed(texts.get(Feed.PATH));
    NodeList entries = feed.getElementsByTagNameNS(ATOM, "entry");
    List<Element> all = new ArrayList<>(List.of(feed.getDocumentElement()));
    for (int i = 0; i < entries.getLength(); i++) {
      all.add((Element) entries.item(i));
    }
    assertThat(feed.getDocumentElement().getLocalName()).isEqualTo("feed");
    assertThat(all).hasSize(1 + 1 + 25);
    for (Element element : all) {
      assertThat(children(element, "id")).singleElement().asString().startsWith("urn:uuid:");
      assertThat(children(element, "title")).singleElement().asString().isNotBlank();
      assertThat(children(element, "updated"))
          .singleElement()
          .satisfies(time -> assertThat(Instant.parse(time)).isBefore(Instant.now()));
      assertThat(children(element, "published").size()).isLessThanOrEqualTo(1);
      List<String> links = new ArrayList<>();
      for (Node node = element.getFirstChild(); node != null; node = node.getNextSibling()) {
        if ("link".equals(node.getLocalName())) {
          Element link = (Element) node;
          links.add(link.getAttribute("rel"));
          assertThat(URI.create(link.getAttribute("href")).isAbsolute()).isTrue();
        }
      }
      boolean whole = element == feed.getDocumentElement();
      assertThat(links).containsExactlyElementsOf(whole ? FEED_LINKS : List.of("alternate"));
      assertThat(children(element, whole ? "author" : "summary")).hasSize(1);
    }
  }

  private static List<String> children(Element element, String name) {
    List<String> texts = new ArrayList<>();
    for (Node node = element.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (name.equals(node.getLocalName()) && ATOM.equals(node.getNamespaceURI())) {
        texts.add(node.getTextContent());
      }
    }
    return texts;
  }

  private static Document parsed(String feed) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    return factory.newDocumentBuilder().parse(new ByteArrayInputStream(feed.getBytes(UTF_8)));
  }

  private static List<String> ids(String feed) throws Exception {
    NodeList found = parsed(feed).getElementsByTagNameNS(ATOM, "id");
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < found.getLength(); i++) {
      ids.add(found.item(i).getTextContent());
    }
    return ids;
  }

  @Test
  void anEmptyTreeHasAPageToo() throws IOException {
    assertThat(texts(page, URL, List.of()).get("index.html"))
        .contains("Nothing is published here yet.")
        .doesNotContain("curl -fsSL " + URL + "/install.sh");
  }

  @Test
  void bothLanguagesHaveTheSameTexts() throws IOException {
    Path copy = folder.resolve("templates");
    Files.createDirectory(copy);
    PathUtils.copyDirectory(TEMPLATES.resolve("page"), copy.resolve("page"));
    Path chinese = copy.resolve("page/zh.properties");
    String all = Files.readString(chinese);
    Files.writeString(chinese, all + "idle = x\n");
    assertThatThrownBy(() -> Page.load(copy)).hasMessage(chinese + ": no page has the text idle");
    Files.writeString(chinese, all.replaceFirst("(?m)^lead = .*\n", ""));
    assertThatThrownBy(() -> Page.load(copy))
        .hasMessage(chinese + ": the text \"lead\" is missing");
  }

  @Test
  void withoutTemplatesThereAreNoPages() throws IOException {
    assertThat(texts(Page.load(folder), URL, releases(3))).isEmpty();
  }
}
