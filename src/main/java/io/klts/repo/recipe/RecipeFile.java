package io.klts.repo.recipe;

import io.klts.repo.catalogue.LtsVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * {@code package.yaml} as it is written.
 *
 * @param role {@code release} for a package that has the version of the release, {@code addon} for
 *     one with a version of its own
 * @param summary one line of less than 80 characters: a capital first, no full stop, no article,
 *     not the name
 * @param description what it is for; paragraphs have an empty line between them
 * @param homepage web address of the program
 * @param license SPDX name of the licence
 * @param section Debian's section, such as {@code admin}
 * @param files what it holds
 * @param directories folders that it makes and owns
 * @param relations what it needs, conflicts with and provides
 * @param scripts by format, {@code rpm} or {@code deb}, and name of the script, the file beside the
 *     recipe
 */
record RecipeFile(
    String role,
    String summary,
    String description,
    String homepage,
    String license,
    String section,
    List<FileEntry> files,
    List<DirectoryEntry> directories,
    List<RelationEntry> relations,
    Map<String, Map<String, String>> scripts) {

  RecipeFile {
    require(
        Objects.equals(role, "release") || Objects.equals(role, "addon"),
        "\"role\" must be release or addon");
    require(
        isLine(summary) && summary.length() < 80,
        "\"summary\" must be one line of less than 80 characters");
    require(description != null && !description.isBlank(), "\"description\" is missing");
    require(
        homepage != null && homepage.matches("https?://\\S+"),
        "\"homepage\" must be a web address");
    require(isLine(license), "\"license\" must be one line of text");
    require(section != null && section.matches("[a-z]+"), "\"section\" must be a lower-case word");
    require(files != null && !files.isEmpty(), "\"files\" is missing or empty");
    directories = directories == null ? List.of() : directories;
    relations = relations == null ? List.of() : relations;
    scripts = scripts == null ? Map.of() : scripts;
    for (Map.Entry<String, Map<String, String>> format : scripts.entrySet()) {
      require(
          format.getKey().equals("rpm") || format.getKey().equals("deb"),
          "\"scripts\" has " + format.getKey() + "; allowed: rpm, deb");
      format
          .getValue()
          .forEach(
              (id, source) -> {
                Hook.of(format(format.getKey()), id);
                checkSource("scripts." + format.getKey() + "." + id, source);
              });
    }
  }

  private static boolean isLine(String text) {
    return text != null && !text.isBlank() && text.indexOf('\n') < 0;
  }

  private static void checkSource(String key, String source) {
    require(
        source.matches("(\\.\\./)?[A-Za-z0-9][A-Za-z0-9._@-]*"),
        key
            + ": \""
            + source
            + "\" is neither a file beside package.yaml nor, after ../, one beside its folder");
  }

  /** A line that may hold for one format or for some versions only. */
  interface Conditional {
    String format();

    String versions();

    default boolean holds(Format format, LtsVersion version) {
      return (format() == null || RecipeFile.format(format()) == format)
          && (versions() == null || VersionRange.parse(versions()).contains(version));
    }

    /** For constructors, in which the record's own methods do not see the values yet. */
    static void check(String format, String versions) {
      if (format != null) {
        RecipeFile.format(format);
      }
      if (versions != null) {
        VersionRange.parse(versions);
      }
    }
  }

  /**
   * A file: either a program or one that lies beside the recipe.
   *
   * @param path where it is installed
   * @param binary name of the program in the folder of binaries; installed with mode 0755
   * @param source file beside the recipe, or after {@code ../} beside its folder
   * @param mode of a source, such as {@code "0600"}; 0644 without it
   * @param config whether an operator may edit it: upgrades keep the edits
   * @param doc whether it is documentation
   * @param license whether it is the licence
   * @param format {@code rpm} or {@code deb}; for both without it
   * @param versions for which versions of the package this holds, such as {@code >= 1.18, < 1.32};
   *     for all without it
   */
  record FileEntry(
      String path,
      String binary,
      String source,
      String mode,
      Boolean config,
      Boolean doc,
      Boolean license,
      String format,
      String versions)
      implements Conditional {

    FileEntry {
      checkPath(path);
      require(
          (binary == null) != (source == null), path + ": give either \"binary\" or \"source\"");
      require(
          binary == null || binary.matches("[a-z0-9][a-z0-9._-]*"),
          path + ": \"binary\" must be a plain file name");
      if (source != null) {
        checkSource(path, source);
      }
      require(
          mode == null || mode.matches("0[0-7]{3}"),
          path + ": \"mode\" must have a form such as \"0644\"");
      config = config != null && config;
      doc = doc != null && doc;
      license = license != null && license;
      int roles = (config ? 1 : 0) + (doc ? 1 : 0) + (license ? 1 : 0);
      require(roles <= 1, path + ": only one of config, doc and license");
      require(
          binary == null || (roles == 0 && mode == null),
          path + ": a binary has no mode, config, doc or license");
      Conditional.check(format, versions);
    }

    Content.Role role() {
      return config
          ? Content.Role.CONFIG
          : doc ? Content.Role.DOC : license ? Content.Role.LICENSE : Content.Role.PLAIN;
    }

    int modeBits() {
      return mode == null ? 0644 : Integer.parseInt(mode, 8);
    }
  }

  /**
   * A folder.
   *
   * @param path where it is
   * @param mode such as {@code "0750"}; 0755 without it
   * @param format {@code rpm} or {@code deb}; for both without it
   * @param versions for which versions of the package this holds, such as {@code >= 1.18, < 1.32};
   *     for all without it
   */
  record DirectoryEntry(String path, String mode, String format, String versions)
      implements Conditional {

    DirectoryEntry {
      checkPath(path);
      require(
          mode == null || mode.matches("0[0-7]{3}"),
          path + ": \"mode\" must have a form such as \"0755\"");
      Conditional.check(format, versions);
    }

    int modeBits() {
      return mode == null ? 0755 : Integer.parseInt(mode, 8);
    }
  }

  /**
   * A relation to other packages, of exactly one kind.
   *
   * @param requires what must be installed, as {@code name} or {@code name >= version}; after
   *     {@code |} an alternative, for one format only
   * @param recommends what is installed too, unless somebody says no
   * @param suggests what goes well with it
   * @param conflicts what cannot be installed beside it
   * @param replaces what it takes the place of
   * @param provides what it can be called besides its name
   * @param format {@code rpm} or {@code deb}; for both without it
   * @param versions for which versions of the package this holds, such as {@code >= 1.18, < 1.32};
   *     for all without it
   */
  record RelationEntry(
      String requires,
      String recommends,
      String suggests,
      String conflicts,
      String replaces,
      String provides,
      String format,
      String versions)
      implements Conditional {

    RelationEntry {
      Conditional.check(format, versions);
      List<String> texts = new ArrayList<>();
      for (String text :
          new String[] {requires, recommends, suggests, conflicts, replaces, provides}) {
        if (text != null) {
          texts.add(text);
        }
      }
      require(
          texts.size() == 1,
          "a relation has exactly one of requires, recommends, suggests, conflicts, replaces, provides");
      Relation parsed =
          Relation.parse(
              Relation.Kind.REQUIRES, Placeholders.fill(texts.get(0), Placeholders.SAMPLE));
      require(
          parsed.alternatives().size() == 1
              || Objects.equals(format, "deb")
              || (Objects.equals(format, "rpm") && provides == null && replaces == null),
          "\"" + texts.get(0) + "\": a relation with alternatives is for one format only");
    }

    Relation bind(LtsVersion version) {
      for (Relation.Kind kind : Relation.Kind.values()) {
        String text = text(kind);
        if (text != null) {
          return Relation.parse(kind, Placeholders.fill(text, version));
        }
      }
      throw new AssertionError("the constructor found exactly one");
    }

    private String text(Relation.Kind kind) {
      return switch (kind) {
        case REQUIRES -> requires;
        case RECOMMENDS -> recommends;
        case SUGGESTS -> suggests;
        case CONFLICTS -> conflicts;
        case REPLACES -> replaces;
        case PROVIDES -> provides;
      };
    }
  }

  private static Format format(String text) {
    return switch (text) {
      case "rpm" -> Format.RPM;
      case "deb" -> Format.DEB;
      default ->
          throw new IllegalArgumentException("\"format\" is " + text + "; expected rpm or deb");
    };
  }

  private static void checkPath(String path) {
    require(path != null, "\"path\" is missing");
    require(
        path.matches("(/[A-Za-z0-9._@-]+)+") && !path.matches(".*/\\.{1,2}(/.*)?"),
        "\"" + path + "\" is not an absolute path of plain names");
  }

  private static void require(boolean good, String message) {
    if (!good) {
      throw new IllegalArgumentException(message);
    }
  }

  static Hook hook(String format, String id) {
    return Hook.of(format(format.toLowerCase(Locale.ROOT)), id);
  }
}
