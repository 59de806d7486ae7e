package io.klts.repo.repository;

import io.klts.repo.catalogue.Identity;
import io.klts.repo.catalogue.Minor;
import io.klts.repo.document.Documents;
import io.klts.repo.recipe.Format;
import io.klts.repo.tree.Stage;
import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What builds fix, as OpenVEX: a document for each minor version and for each add-on, with nothing
 * but {@code fixed}. Of what nobody recorded it has no word.
 */
final class OpenVex {

  private static final String CONTEXT = "https://openvex.dev/ns/v0.2.0";

  private final Identity identity;
  private final String baseUrl;
  private final State state;

  /**
   * @param baseUrl of the tree: a document is named by its address
   */
  OpenVex(Identity identity, String baseUrl, State state) {
    this.identity = identity;
    this.baseUrl = baseUrl;
    this.state = state;
  }

  /** Where the document of a minor version lies. */
  static String path(Identity identity, Minor minor) {
    return "openvex/" + identity.product().toLowerCase(Locale.ROOT) + "-" + minor + ".json";
  }

  /** The document of a minor version; absent if no build of it is known to fix anything. */
  Optional<TreeFile> file(Minor minor) throws IOException {
    List<ReleaseEntry> releases = state.releases(minor);
    long withdrawn = releases.stream().filter(release -> release.withdrawn() != null).count();
    return file(path(identity, minor), state.builds(Part.of(minor)), releases.size() + withdrawn);
  }

  /** The documents of the add-ons. */
  List<TreeFile> addons() throws IOException {
    Map<String, List<Build>> addons = new LinkedHashMap<>();
    for (Build build : state.builds(Part.ADDONS)) {
      addons.computeIfAbsent(build.source(), source -> new ArrayList<>()).add(build);
    }
    List<TreeFile> files = new ArrayList<>();
    for (Map.Entry<String, List<Build>> addon : addons.entrySet()) {
      List<Build> builds = addon.getValue();
      file("openvex/" + addon.getKey() + ".json", builds, builds.size()).ifPresent(files::add);
    }
    return files;
  }

  /**
   * A document.
   *
   * @param changes how often something was published or withdrawn: its version, which only grows
   */
  private Optional<TreeFile> file(String path, List<Build> builds, long changes)
      throws IOException {
    List<Build> announced = builds.stream().filter(Build::isAnnounced).toList();
    if (announced.isEmpty()) {
      return Optional.empty();
    }
    List<Object> statements = new ArrayList<>();
    for (Build build : announced) {
      build.fixes().forEach(cve -> statements.add(statement(build, cve)));
    }
    String newest = announced.stream().map(Build::published).max(String::compareTo).orElseThrow();
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("@context", CONTEXT);
    document.put("@id", baseUrl + "/" + path);
    document.put("author", identity.maintainer());
    document.put("timestamp", Advisories.time(newest));
    document.put("version", changes);
    document.put("statements", statements);
    return Optional.of(TreeFile.of(path, Stage.INDEX, Documents.prettyJson(document)));
  }

  private Map<String, Object> statement(Build build, String cve) {
    List<Object> products = new ArrayList<>();
    for (Format format : Format.values()) {
      Purl purl = new Purl(identity, format);
      for (String name : build.packages()) {
        String product = purl.of(name, build.version());
        Map<String, Object> identified = new LinkedHashMap<>();
        identified.put("@id", product);
        identified.put("identifiers", Map.of("purl", product));
        products.add(identified);
      }
    }
    Map<String, Object> vulnerability = new LinkedHashMap<>();
    vulnerability.put("@id", Advisories.url(cve));
    vulnerability.put("name", cve);
    Map<String, Object> statement = new LinkedHashMap<>();
    statement.put("vulnerability", vulnerability);
    statement.put("timestamp", Advisories.time(build.published()));
    statement.put("products", products);
    statement.put("status", "fixed");
    return statement;
  }
}
