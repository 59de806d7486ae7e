package io.klts.repo.catalogue;

import io.klts.repo.document.Documents;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Who publishes: constant for the life of a repository, because clients stop updating when it
 * changes (apt asks about a changed Origin or Label, zypper refuses another Vendor).
 *
 * @param id lower-case word that names the repository in file names: {@code klts}
 * @param name what people read: {@code KLTS}; also apt's Origin and Label
 * @param product what its releases are of, in one word: {@code Kubernetes}; the name without it
 * @param vendor the Vendor of every rpm
 * @param maintainer name and address of the packager: {@code KLTS <klts@example.org>}
 * @param homepage where people find the project
 * @param supersededVendors vendors whose packages ours replace: zypper must be told
 */
public record Identity(
    String id,
    String name,
    String product,
    String vendor,
    String maintainer,
    String homepage,
    List<String> supersededVendors) {

  public Identity {
    require(id != null && id.matches("[a-z][a-z0-9-]*"), "id", "a lower-case word");
    require(isLine(name), "name", "one line of text");
    product = product == null ? name.replaceAll("[^A-Za-z0-9.-]+", "-") : product;
    require(product.matches("[A-Za-z0-9][A-Za-z0-9.-]*"), "product", "one word");
    require(isLine(vendor), "vendor", "one line of text");
    require(
        maintainer != null && maintainer.matches("[^<>\\n]+ <[^<>@\\s]+@[^<>@\\s]+>"),
        "maintainer",
        "the form Name <address>");
    require(homepage != null && homepage.matches("https?://\\S+"), "homepage", "a web address");
    supersededVendors = supersededVendors == null ? List.of() : List.copyOf(supersededVendors);
  }

  /** Reads {@code identity.yaml} in a folder of templates. */
  public static Identity load(Path templates) throws IOException {
    return Documents.yaml(templates.resolve("identity.yaml"), Identity.class);
  }

  private static boolean isLine(String text) {
    return text != null && !text.isBlank() && text.indexOf('\n') < 0;
  }

  private static void require(boolean good, String key, String expected) {
    if (!good) {
      throw new IllegalArgumentException("\"" + key + "\" must be " + expected);
    }
  }
}
