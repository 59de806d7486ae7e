package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/**
 * What the {@code repodata/} of a folder says, taken apart into statements, so that two can be
 * compared whatever their spaces and the order of their packages.
 */
final class RpmMetadata {

  /** The documents that hold packages. */
  private static final List<String> KINDS = List.of("primary", "filelists", "other");

  private final Path folder;
  private final Element root;
  private final Map<String, Path> documents = new TreeMap<>();

  /**
   * @param folder has {@code repodata/} in it
   */
  RpmMetadata(Path folder) throws IOException {
    this.folder = folder;
    this.root = parse(folder.resolve("repodata/repomd.xml"));
    for (Element data : children(root, "data")) {
      String location = children(data, "location").get(0).getAttribute("href");
      documents.put(data.getAttribute("type"), folder.resolve(location));
    }
  }

  /**
   * What the real createrepo_c says of a folder of packages.
   *
   * @param into an existing folder for its files
   */
  static RpmMetadata byCreaterepo(Path rpms, Path into, String... options) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("createrepo_c", "--quiet", "--no-database", "--outputdir=" + into));
    command.addAll(List.of(options));
    command.add(rpms.toString());
    assertThat(Program.of(command).run().assertOk().output()).isEmpty();
    return new RpmMetadata(into);
  }

  /**
   * Fails unless the same is said of the same packages, except when a file was last changed:
   * createrepo_c takes that from the file system, where a copy has another time, the program says
   * when the package was built.
   */
  void assertSameAs(RpmMetadata reference) throws IOException {
    assertThat(shape()).isEqualTo(reference.shape());
    for (String kind : KINDS) {
      SortedMap<String, List<String>> ours = packages(kind);
      SortedMap<String, List<String>> theirs = reference.packages(kind);
      assertThat(ours.keySet()).as(kind).isEqualTo(theirs.keySet()).isNotEmpty();
      ours.forEach(
          (digest, lines) ->
              assertThat(withoutFileTime(lines))
                  .as(kind + " of " + lines)
                  .isEqualTo(withoutFileTime(theirs.get(digest))));
    }
  }

  private static List<String> withoutFileTime(List<String> lines) {
    return lines.stream().map(l -> l.replaceFirst("^(/time .*) file=\\d+", "$1")).toList();
  }

  /**
   * The statements of a document about each package, by the digest of its file: a line for each
   * element, with its attributes and its text. The lines are sorted, but for the changelog, whose
   * order means something.
   *
   * @throws AssertionError if the document says that it has another number of packages
   */
  SortedMap<String, List<String>> packages(String kind) throws IOException {
    Element document = parse(documents.get(kind));
    SortedMap<String, List<String>> packages = new TreeMap<>();
    List<Element> elements = children(document, "package");
    for (Element element : elements) {
      List<String> lines = new ArrayList<>();
      lines(element, "", lines);
      if (!kind.equals("other")) {
        Collections.sort(lines);
      }
      if (packages.put(id(element), lines) != null) {
        throw new AssertionError(folder + ": a package stands twice in " + kind);
      }
    }
    if (!document.getAttribute("packages").equals(Integer.toString(elements.size()))) {
      throw new AssertionError(folder + ": the number of packages in " + kind + " is wrong");
    }
    return packages;
  }

  /**
   * The elements of repomd.xml, without values that depend on compression, and without the
   * advisories, which createrepo_c does not make.
   */
  private List<String> shape() {
    List<String> lines = new ArrayList<>();
    for (Element data : children(root, "data")) {
      if (data.getAttribute("type").equals("updateinfo")) {
        continue;
      }
      for (Element element : children(data, "*")) {
        String type = element.getAttribute("type");
        lines.add(data.getAttribute("type") + " " + element.getNodeName() + " " + type);
      }
    }
    Collections.sort(lines);
    return lines;
  }

  private static String id(Element element) {
    return element.hasAttribute("pkgid")
        ? element.getAttribute("pkgid")
        : children(element, "checksum").get(0).getTextContent();
  }

  private static void lines(Element element, String path, List<String> lines) {
    List<Element> children = children(element, "*");
    StringBuilder line = new StringBuilder(path);
    SortedMap<String, String> attributes = new TreeMap<>();
    for (int i = 0; i < element.getAttributes().getLength(); i++) {
      Node attribute = element.getAttributes().item(i);
      attributes.put(attribute.getNodeName(), attribute.getNodeValue());
    }
    attributes.forEach((name, value) -> line.append(' ').append(name).append('=').append(value));
    if (children.isEmpty()) {
      line.append(": ").append(element.getTextContent());
    }
    lines.add(line.toString());
    for (Element child : children) {
      lines(child, path + "/" + child.getNodeName(), lines);
    }
  }

  private static List<Element> children(Element parent, String name) {
    List<Element> children = new ArrayList<>();
    for (Node n = parent.getFirstChild(); n != null; n = n.getNextSibling()) {
      if (n instanceof Element element && (name.equals("*") || name.equals(n.getNodeName()))) {
        children.add(element);
      }
    }
    return children;
  }

  private static Element parse(Path file) throws IOException {
    try (InputStream raw = Files.newInputStream(file);
        InputStream in = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw) {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(in)
          .getDocumentElement();
    } catch (ParserConfigurationException | SAXException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }
}
