package io.klts.repo.gate;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;

/** What makes an advisory of no use to dnf or zypper; the first fault ends the reading. */
final class UpdateInfo implements PlainXml.Visitor {

  /** All that dnf knows, in its spelling. */
  private static final Set<String> SEVERITIES = Set.of("Critical", "Important", "Moderate", "Low");

  private final Supplier<Set<String>> present;
  private Set<String> files;
  private final Set<String> ids = new HashSet<>();
  private final Set<String> said = new HashSet<>();
  private String id = "";
  private String stem = "";

  private UpdateInfo(Supplier<Set<String>> present) {
    this.present = present;
  }

  /**
   * Reads a document.
   *
   * @param present names of the packages that the channel has; only asked for if there is an
   *     advisory
   * @throws IOException saying what is wrong
   */
  static void check(byte[] bytes, Supplier<Set<String>> present) throws IOException {
    PlainXml.read(bytes, new UpdateInfo(present));
  }

  @Override
  public void begin(String element) {
    if (element.equals("update")) {
      said.clear();
      id = "an advisory";
    } else if (element.equals("package")) {
      stem = "";
    }
  }

  @Override
  public void value(String name, String value) throws IOException {
    said.add(name);
    switch (name) {
      case "id" -> {
        id = value;
        require(ids.add(value), "is there twice");
      }
      case "update@type" -> require(value.equals("security"), "is of type " + value);
      case "severity" -> require(SEVERITIES.contains(value), "has the severity " + value);
      case "package@name", "package@version", "package@release" ->
          stem += (stem.isEmpty() ? "" : "-") + value;
      case "package@arch" -> stem += "." + value + ".rpm";
      case "filename" -> {
        require(value.equals(stem), "calls the file of " + stem + " " + value);
        files = files == null ? present.get() : files;
        require(files.contains(value), "has " + value + ", which is not there");
      }
      default -> {
        // For people.
      }
    }
  }

  @Override
  public void end(String element) throws IOException {
    if (element.equals("update")) {
      for (String needed : new String[] {"id", "update@type", "filename", "package@arch"}) {
        require(said.contains(needed), "has no " + needed);
      }
    }
  }

  private void require(boolean good, String found) throws IOException {
    if (!good) {
      throw new IOException(id + " " + found);
    }
  }
}
