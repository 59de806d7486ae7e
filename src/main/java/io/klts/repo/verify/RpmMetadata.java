package io.klts.repo.verify;

import io.klts.repo.blob.Sha256;
import io.klts.repo.order.VersionOrder;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.source.BoundedInput;
import io.klts.repo.tree.Manifest;
import io.klts.repo.tree.TreePath;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;

/** One folder with {@code repodata/}: its root, its three documents, the packages they name. */
final class RpmMetadata {

  /** Tells zypper for how long the index holds; not every index has it. */
  private static final String EXPIRY = "suseinfo";

  /** Advisories; trees that are older than these have none. */
  private static final String ADVISORIES = "updateinfo";

  private static final Set<String> KINDS = Set.of("primary", "filelists", "other");

  /** Deflate cannot do better than 1 to 1032. */
  private static final long BEST_RATIO = 1100;

  private final PublishedFiles files;
  private final Problems problems;
  private final String folder;
  private final String repomd;

  RpmMetadata(PublishedFiles files, String folder) {
    this.files = files;
    this.problems = files.problems();
    this.folder = folder;
    this.repomd = folder + "/repodata/repomd.xml";
  }

  /** What {@code repomd.xml} says of a document. */
  private static final class Data {
    private final Map<String, String> values = new TreeMap<>();

    String get(String name) throws IOException {
      String value = values.get(name);
      if (value == null) {
        throw new IOException("a <data> without " + name);
      }
      return value;
    }

    long number(String name) throws IOException {
      return RpmMetadata.number(get(name));
    }
  }

  private static long number(String text) throws IOException {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IOException("\"" + text + "\" in place of a number", e);
    }
  }

  /** Checks the channel and says what is in it. */
  Channel check(Signatures signatures) {
    Optional<byte[]> root = files.read(repomd);
    Optional<byte[]> signature = files.read(repomd + ".asc");
    if (root.isPresent() && signature.isPresent()) {
      signatures.detached(repomd, root.get(), repomd + ".asc", signature.get());
    }
    files.read(repomd + ".key").ifPresent(key -> checkKey(key, signatures));
    if (!files.entries().containsKey(folder + "/media.1/media")) {
      problems.fault(folder + "/media.1/media", "the file that zypper asks for", "none", "reindex");
    }
    List<ListedPackage> packages = List.of();
    if (root.isPresent()) {
      try {
        packages = documents(data(root.get()));
      } catch (IOException e) {
        problems.unreadable(repomd, "a list of documents", e);
      }
    }
    return new Channel(folder, VersionOrder.RPM, packages);
  }

  private void checkKey(byte[] bytes, Signatures signatures) {
    try {
      String found = PublicKey.read(bytes).fingerprint();
      if (!signatures.isPrimary(found)) {
        problems.fault(repomd + ".key", "the key that signed " + repomd, found, "reindex the tree");
      }
    } catch (IOException e) {
      problems.unreadable(repomd + ".key", "a public key", e);
    }
  }

  private static Map<String, Data> data(byte[] root) throws IOException {
    Map<String, Data> documents = new TreeMap<>();
    XmlReader.read(
        PublishedFiles.open(root),
        new XmlReader.Visitor() {
          private Data current = new Data();

          @Override
          public void begin(String path, Map<String, String> attributes) throws IOException {
            if (path.equals("repomd/data")) {
              current = new Data();
              String type = attributes.getOrDefault("type", "");
              if (documents.put(type, current) != null) {
                throw new IOException("two <data> of type " + type);
              }
            } else if (path.startsWith("repomd/data/")) {
              String name = path.substring("repomd/data/".length());
              boolean checksum = name.endsWith("checksum");
              if (checksum && !"sha256".equals(attributes.get("type"))) {
                throw new IOException("a " + name + " other than SHA-256");
              }
              if (attributes.containsKey("href")) {
                current.values.put(name, attributes.get("href"));
              }
            }
          }

          @Override
          public void end(String path, String text) throws IOException {
            if (path.startsWith("repomd/data/") && !text.isEmpty()) {
              String name = path.substring("repomd/data/".length());
              if (current.values.put(name, text) != null) {
                throw new IOException("two " + name + " in one <data>");
              }
            }
          }
        });
    Set<String> kinds = new TreeSet<>(documents.keySet());
    kinds.remove(EXPIRY);
    kinds.remove(ADVISORIES);
    if (!kinds.equals(KINDS)) {
      throw new IOException("the documents " + documents.keySet() + " in place of " + KINDS);
    }
    return documents;
  }

  private List<ListedPackage> documents(Map<String, Data> documents) throws IOException {
    List<ListedPackage> packages = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    read("primary", documents.get("primary"), new Primary(packages, ids));
    if (documents.containsKey(EXPIRY)) {
      read(EXPIRY, documents.get(EXPIRY), new Expiry());
    }
    if (documents.containsKey(ADVISORIES)) {
      read(ADVISORIES, documents.get(ADVISORIES), new AdvisoryReader(packages));
    }
    for (String kind : List.of("filelists", "other")) {
      Set<String> found = new HashSet<>();
      String path = read(kind, documents.get(kind), new Ids(found));
      if (!found.equals(ids)) {
        problems.fault(
            path,
            "the " + ids.size() + " packages of primary",
            found.size() + " that are not the same",
            "reindex the tree");
      }
    }
    return packages;
  }

  /**
   * Reads a document.
   *
   * @return its path
   */
  private String read(String kind, Data data, XmlReader.Visitor visitor) throws IOException {
    String path = inTree(data.get("location"));
    long size = data.number("size");
    if (!files.refer(repomd, path, size, data.get("checksum"))) {
      return path;
    }
    long openSize = data.number("open-size");
    if (openSize < 0 || openSize / BEST_RATIO > size) {
      throw new IOException("open-size " + openSize + " of " + kind + ", which gzip cannot reach");
    }
    try (InputStream compressed = files.open(path).orElse(null)) {
      if (compressed == null) {
        return path;
      }
      BoundedInput text = new BoundedInput(new GZIPInputStream(compressed), openSize, "<>");
      XmlReader.read(text, visitor);
      text.drain();
      Sha256 found = text.sha256();
      if (text.count() != openSize || !found.hex().equals(data.get("open-checksum"))) {
        problems.fault(
            path,
            openSize + " bytes with SHA-256 " + data.get("open-checksum") + " inside",
            text.count() + " bytes with " + found,
            "reindex the tree");
      }
      if (visitor instanceof Counting packages && packages.announced != packages.count) {
        problems.fault(
            path, packages.announced + " packages", packages.count + "", "reindex the tree");
      }
    } catch (IOException e) {
      problems.unreadable(path, "the " + kind + " of " + folder, e);
    }
    return path;
  }

  private String inTree(String href) throws IOException {
    try {
      return TreePath.check(folder + "/" + href);
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Counts packages and compares with what the document announces. */
  private abstract class Counting implements XmlReader.Visitor {
    private long announced = -1;
    private long count;

    @Override
    public void begin(String path, Map<String, String> attributes) throws IOException {
      if (path.indexOf('/') < 0) {
        announced = number(attributes.getOrDefault("packages", ""));
      } else if (path.endsWith("/package") && path.indexOf('/') == path.lastIndexOf('/')) {
        // There cannot be more packages than files: so much and no more is kept in memory.
        if (++count > files.count()) {
          throw new IOException("more packages than the tree has files");
        }
        beginPackage(attributes);
      }
    }

    abstract void beginPackage(Map<String, String> attributes) throws IOException;

    @Override
    public void end(String path, String text) throws IOException {}
  }

  /** The packages of {@code filelists} and {@code other}. */
  private final class Ids extends Counting {
    private final Set<String> ids;

    Ids(Set<String> ids) {
      this.ids = ids;
    }

    @Override
    void beginPackage(Map<String, String> attributes) throws IOException {
      String id = attributes.getOrDefault("pkgid", "");
      if (!ids.add(id)) {
        throw new IOException("package " + id + " twice");
      }
    }
  }

  private final class Primary extends Counting {
    private static final String PACKAGE = "metadata/package/";
    private static final int MOST_DEPENDENCIES = 4096;

    private final List<ListedPackage> packages;
    private final Set<String> ids;
    private final Set<String> identities = new HashSet<>();
    private final Map<String, String> values = new TreeMap<>();
    private List<Capability> provides = new ArrayList<>();
    private List<List<Capability>> needs = new ArrayList<>();

    Primary(List<ListedPackage> packages, Set<String> ids) {
      this.packages = packages;
      this.ids = ids;
    }

    @Override
    void beginPackage(Map<String, String> attributes) {
      values.clear();
      provides = new ArrayList<>();
      needs = new ArrayList<>();
    }

    @Override
    public void begin(String path, Map<String, String> attributes) throws IOException {
      super.begin(path, attributes);
      switch (path) {
        case PACKAGE + "version" -> {
          values.put("ver", attributes.getOrDefault("ver", ""));
          values.put("rel", attributes.getOrDefault("rel", ""));
          values.put("version", evr(attributes));
        }
        case PACKAGE + "checksum" -> values.put("type", attributes.getOrDefault("type", ""));
        case PACKAGE + "size" -> values.put("size", attributes.getOrDefault("package", ""));
        case PACKAGE + "location" -> {
          if (attributes.containsKey("base")) {
            throw new IOException("a package with a location outside of the tree");
          }
          values.put("href", attributes.getOrDefault("href", ""));
        }
        case PACKAGE + "format/provides/entry" -> add(provides, capability(attributes));
        case PACKAGE + "format/requires/entry" -> add(needs, List.of(capability(attributes)));
        default -> {
          // Texts for people.
        }
      }
    }

    private static <T> void add(List<T> list, T element) throws IOException {
      if (list.size() >= MOST_DEPENDENCIES) {
        throw new IOException("a package with too many dependencies");
      }
      list.add(element);
    }

    @Override
    public void end(String path, String text) throws IOException {
      if (path.equals("metadata/package")) {
        endPackage();
      } else if (path.equals(PACKAGE + "name")
          || path.equals(PACKAGE + "arch")
          || path.equals(PACKAGE + "checksum")) {
        values.put(path.substring(PACKAGE.length()), text);
      }
    }

    private void endPackage() throws IOException {
      String href = get("href");
      String path = inTree(href);
      String name = get("name");
      if (!get("type").equals("sha256")) {
        throw new IOException(href + " with a checksum other than SHA-256");
      }
      if (!ids.add(get("checksum"))) {
        throw new IOException("package " + get("checksum") + " twice");
      }
      files.refer(folder + "/repodata", path, number(get("size")), get("checksum"));
      provides.add(new Capability(name, "=", get("version")));
      ListedPackage listed =
          new ListedPackage(
              name,
              get("version"),
              get("arch"),
              path,
              get("checksum"),
              List.copyOf(provides),
              List.copyOf(needs));
      String file = name + "-" + get("ver") + "-" + get("rel") + "." + get("arch") + ".rpm";
      if (!path.endsWith("/" + file) || !identities.add(listed.identity())) {
        problems.fault(
            folder + "/repodata",
            "one file with the name of " + listed.identity(),
            path,
            "reindex the tree");
      }
      packages.add(listed);
    }

    private String get(String name) throws IOException {
      String value = values.getOrDefault(name, "");
      if (value.isEmpty()) {
        throw new IOException("package " + values.getOrDefault("href", "?") + " without " + name);
      }
      return value;
    }

    private Capability capability(Map<String, String> attributes) throws IOException {
      String name = attributes.getOrDefault("name", "");
      String flags = attributes.getOrDefault("flags", "");
      String comparison =
          switch (flags) {
            case "" -> "";
            case "LT" -> "<";
            case "LE" -> "<=";
            case "EQ" -> "=";
            case "GE" -> ">=";
            case "GT" -> ">";
            default -> throw new IOException("a dependency with the comparison " + flags);
          };
      return new Capability(name, comparison, comparison.isEmpty() ? "" : evr(attributes));
    }

    private static String evr(Map<String, String> attributes) {
      String epoch = attributes.getOrDefault("epoch", "0");
      String release = attributes.getOrDefault("rel", "");
      return epoch
          + ":"
          + attributes.getOrDefault("ver", "")
          + (release.isEmpty() ? "" : "-" + release);
    }
  }

  /** The folders that have, or should have, such metadata. */
  static Set<String> folders(Map<String, Manifest.Entry> entries) {
    Set<String> folders = new java.util.TreeSet<>();
    for (String path : entries.keySet()) {
      int repodata = path.indexOf("/repodata/");
      if (repodata > 0) {
        folders.add(path.substring(0, repodata));
      } else if (Layout.of(path).filter(kind -> kind == Layout.RPM).isPresent()) {
        // What only the channel with everything lists lies in a folder that is no channel.
        String folder = path.substring(0, path.indexOf('/', "rpm/".length()));
        folders.add(folder.equals("rpm/all") ? "rpm" : folder);
        folders.add("rpm");
      }
    }
    return folders;
  }

  /** Looks whether there is an end; it lists no packages. */
  private static final class Expiry implements XmlReader.Visitor {

    @Override
    public void begin(String path, Map<String, String> attributes) throws IOException {
      if (!path.startsWith("suseinfo")) {
        throw new IOException(path + " in " + EXPIRY);
      }
    }

    @Override
    public void end(String path, String text) throws IOException {
      if (path.equals("suseinfo/expire") && !text.matches("[1-9][0-9]{0,9}")) {
        throw new IOException("<expire> of \"" + text + "\" seconds");
      }
    }
  }
}
