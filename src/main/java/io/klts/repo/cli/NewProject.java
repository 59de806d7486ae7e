package io.klts.repo.cli;

import io.klts.repo.catalogue.Identity;
import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.document.Documents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The files of a project for other packages, as templates have them.
 *
 * @param url where clients will find its tree
 * @param packages their names
 * @param today from which the first release dates
 */
record NewProject(Identity identity, String url, List<String> packages, LocalDate today) {

  /** A flavour is at most that long. */
  private static final int LONGEST_FLAVOUR = 16;

  /** The release that the catalogue begins with. */
  LtsVersion release() {
    String letters = identity.id().replaceAll("[^a-z]", "");
    String flavour = letters.substring(0, Math.min(letters.length(), LONGEST_FLAVOUR));
    return new LtsVersion(1, 0, 0, flavour, 1);
  }

  /** Where a shell finds the secret key: outside of the project. */
  String secretKey() {
    return "~/" + identity.id() + "-secret.asc";
  }

  /** The owner of the key, as a shell reads it. */
  String owner() {
    String who = identity.maintainer();
    return word(who.substring(0, who.indexOf('<')).strip());
  }

  /** The owner's address, as a shell reads it. */
  String email() {
    String who = identity.maintainer();
    return word(who.substring(who.indexOf('<') + 1, who.length() - 1));
  }

  /** One word of a shell, whatever is in it. */
  static String word(String text) {
    return text.matches("[A-Za-z0-9@%+=:,./_-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }

  /**
   * Writes all files.
   *
   * @param templates those that came with the program
   * @param folder of the project; it is made if it is missing
   */
  void write(Path templates, Path folder) throws IOException {
    Path project = templates.resolve("project");
    Path data = folder.resolve("repo-templates");
    write(project, folder, "README.md", "README.md");
    write(project, folder, "gitignore", ".gitignore");
    for (String name : List.of("mirrors.conf", "keys/README.md")) {
      write(project, folder, name, name);
    }
    Path source = project.resolve("repo-templates");
    for (String name : List.of("identity.yaml", "releases.yaml")) {
      write(source, data, name, name);
    }
    Files.copy(templates.resolve("shlibs.yaml"), data.resolve("shlibs.yaml"));
    for (String one : packages) {
      Path recipe = data.resolve("packages").resolve(one);
      NewProject only = new NewProject(identity, url, List.of(one), today);
      for (String name : List.of("package.yaml", "copyright")) {
        only.write(source.resolve("package"), recipe, name, name);
      }
    }
  }

  private void write(Path templates, Path folder, String template, String name) throws IOException {
    Path target = folder.resolve(name);
    Files.createDirectories(target.getParent());
    String text = Files.readString(templates.resolve(template));
    for (Map.Entry<String, String> word : words().entrySet()) {
      text = text.replace("@" + word.getKey() + "@", word.getValue());
    }
    Files.writeString(target, text);
  }

  private Map<String, String> words() throws IOException {
    LtsVersion release = release();
    Map<String, String> words = new LinkedHashMap<>();
    words.put("ID", identity.id());
    words.put("NAME", identity.name());
    words.put("\"NAME\"", quoted(identity.name()));
    words.put("\"MAINTAINER\"", quoted(identity.maintainer()));
    words.put("OWNER", owner());
    words.put("EMAIL", email());
    words.put("URL", url);
    words.put("PACKAGE", packages.get(0));
    words.put("VERSION", release.toString());
    words.put("RELEASE", release.tag());
    words.put("FLAVOUR", release.flavour());
    words.put("MINOR", release.minor().toString());
    words.put("CHANNEL", release.minor().channel());
    words.put("TODAY", today.toString());
    words.put("NEXT_YEAR", today.plusYears(1).toString());
    return words;
  }

  /** As a string of JSON, which is one of YAML. */
  private static String quoted(String text) throws IOException {
    return Documents.jsonLine(text);
  }
}
