package io.klts.repo.verify;

import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code updateinfo}: each advisory has an id of its own that ends in the version of its packages,
 * names what it fixes, and has packages that the channel lists.
 */
final class AdvisoryReader implements XmlReader.Visitor {

  private static final String UPDATE = "updates/update";
  private static final String PACKAGE = UPDATE + "/pkglist/collection/package";

  /** {@code KLTS-1.28.15-lts.2}, {@code KLTS-containerd-1.3.10-lts.1}. */
  private static final Pattern ID =
      Pattern.compile("[A-Z][A-Z0-9-]*-(?:[a-z][a-z0-9-]*-)?(\\d+\\.\\d+\\.\\d+)-([a-z]+\\.\\d+)");

  private static final Pattern CVE = Pattern.compile("CVE-\\d{4}-\\d{4,19}");
  private static final Set<String> SEVERITIES = Set.of("Critical", "Important", "Moderate", "Low");

  /** One line for each package that the channel lists. */
  private final Set<String> listed = new HashSet<>();

  private final Set<String> ids = new HashSet<>();
  private String id = "";
  private String version = "";
  private boolean fixes;
  private boolean hasPackages;
  private String current = "";

  AdvisoryReader(Collection<ListedPackage> packages) {
    for (ListedPackage one : packages) {
      String file = one.path().substring(one.path().lastIndexOf('/') + 1);
      listed.add(one.identity() + " " + file);
    }
  }

  @Override
  public void begin(String path, Map<String, String> attributes) throws IOException {
    switch (path) {
      case UPDATE -> {
        id = "";
        version = "";
        fixes = false;
        hasPackages = false;
        require("security".equals(attributes.get("type")), "of another type than security");
      }
      case UPDATE + "/references/reference" -> {
        String cve = attributes.getOrDefault("id", "");
        require(
            "cve".equals(attributes.get("type")) && CVE.matcher(cve).matches(),
            "with the reference \"" + cve + "\"");
        fixes = true;
      }
      case PACKAGE -> {
        require(attributes.getOrDefault("version", "").equals(version), "with packages of another");
        current =
            "%s %s:%s-%s %s "
                .formatted(
                    attributes.get("name"),
                    attributes.get("epoch"),
                    version,
                    attributes.get("release"),
                    attributes.get("arch"));
      }
      default -> require(path.startsWith("updates"), "in another document");
    }
  }

  @Override
  public void end(String path, String text) throws IOException {
    switch (path) {
      case UPDATE + "/id" -> id(text);
      case UPDATE + "/severity" -> require(SEVERITIES.contains(text), "of severity " + text);
      case PACKAGE + "/filename" -> {
        require(listed.contains(current + text), "with " + text + ", which the channel lacks");
        hasPackages = true;
      }
      case UPDATE -> {
        require(fixes, "that fixes nothing");
        require(hasPackages, "without packages");
      }
      default -> {
        // Texts for people.
      }
    }
  }

  private void id(String text) throws IOException {
    Matcher words = ID.matcher(text);
    require(words.matches(), "called " + text);
    id = text;
    version = words.group(1) + "." + words.group(2);
    // There cannot be more builds than packages: so many and no more are kept in memory.
    require(ids.add(text) && ids.size() <= listed.size(), "twice");
  }

  private void require(boolean good, String found) throws IOException {
    if (!good) {
      throw new IOException("an advisory " + (id.isEmpty() ? found : id + " " + found));
    }
  }
}
