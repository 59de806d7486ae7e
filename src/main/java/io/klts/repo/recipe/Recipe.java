package io.klts.repo.recipe;

import io.klts.repo.binaries.Binary;
import io.klts.repo.blob.Blob;
import io.klts.repo.catalogue.Arch;
import io.klts.repo.catalogue.Identity;
import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.catalogue.Release;
import io.klts.repo.document.Documents;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** How one package is made, for all versions, architectures and formats. */
public final class Recipe {

  /** Files of a recipe are read into memory, so that both packages have the same. */
  private static final long MAX_SOURCE_BYTES = 64 << 20;

  private final String name;
  private final Path folder;
  private final RecipeFile file;
  private final Map<String, byte[]> sources;

  private Recipe(String name, Path folder, RecipeFile file, Map<String, byte[]> sources) {
    this.name = name;
    this.folder = folder;
    this.file = file;
    this.sources = sources;
  }

  /**
   * Reads all recipes of a folder, by name.
   *
   * @param packages has a folder for each package with a {@code package.yaml} in it
   * @throws IOException with file and line, if a recipe does not say what it should
   */
  public static SortedMap<String, Recipe> loadAll(Path packages) throws IOException {
    SortedMap<String, Recipe> recipes = new TreeMap<>();
    try (Stream<Path> folders = Files.list(packages)) {
      for (Path folder : folders.filter(Files::isDirectory).toList()) {
        Recipe recipe = load(folder);
        recipes.put(recipe.name, recipe);
      }
    } catch (java.nio.file.NoSuchFileException e) {
      throw new IOException(packages + ": no such folder; the recipes are expected there", e);
    }
    if (recipes.isEmpty()) {
      throw new IOException(packages + ": no recipe; expected <name>/package.yaml");
    }
    return recipes;
  }

  private static Recipe load(Path folder) throws IOException {
    String name = folder.getFileName().toString();
    Path yaml = folder.resolve("package.yaml");
    if (!name.matches("[a-z0-9][a-z0-9+.-]+")) {
      throw new IOException(
          folder + ": the folder's name is the package's; expected lower-case letters and digits");
    }
    RecipeFile file = Documents.yaml(yaml, RecipeFile.class);
    Map<String, byte[]> sources = new HashMap<>();
    for (RecipeFile.FileEntry entry : file.files()) {
      if (entry.source() != null) {
        sources.put(entry.source(), source(yaml, folder.resolve(entry.source())));
      }
    }
    for (Map<String, String> scripts : file.scripts().values()) {
      for (String script : scripts.values()) {
        sources.put(script, source(yaml, folder.resolve(script)));
      }
    }
    return new Recipe(name, folder, file, sources);
  }

  private static byte[] source(Path yaml, Path source) throws IOException {
    if (!Files.isRegularFile(source) || Files.size(source) > MAX_SOURCE_BYTES) {
      throw new IOException(
          yaml + ": " + source + " is not a file of at most " + MAX_SOURCE_BYTES + " bytes");
    }
    return Files.readAllBytes(source);
  }

  /** The name of the package. */
  public String name() {
    return name;
  }

  /** Whether it has a version of its own and is left out when its binaries are not given. */
  public boolean isAddon() {
    return file.role().equals("addon");
  }

  /** The names of the binaries that a version of it installs, in either format. */
  public SortedSet<String> binaries(LtsVersion version) {
    SortedSet<String> names = new TreeSet<>();
    for (Format format : Format.values()) {
      for (RecipeFile.FileEntry entry : file.files()) {
        if (entry.binary() != null && entry.holds(format, version)) {
          names.add(entry.binary());
        }
      }
    }
    return names;
  }

  /**
   * The package of one release.
   *
   * @param history the releases of the changelog, newest first; the first is the one to make
   * @param binaries by name, all of {@link #binaries}
   */
  public PackageSpec bind(
      List<Release> history,
      Arch arch,
      Format format,
      Identity identity,
      Map<String, Binary> binaries) {
    LtsVersion version = history.get(0).version();
    return new PackageSpec(
        name,
        Optional.of(arch),
        format,
        identity,
        file.summary(),
        file.description().strip(),
        file.homepage(),
        file.license(),
        file.section(),
        contents(format, version, binaries),
        relations(format, version),
        scripts(format),
        history);
  }

  private List<Content> contents(Format format, LtsVersion version, Map<String, Binary> binaries) {
    List<Content> contents = new ArrayList<>();
    for (RecipeFile.DirectoryEntry entry : file.directories()) {
      if (entry.holds(format, version)) {
        contents.add(new Content.Directory(entry.path(), entry.modeBits()));
      }
    }
    for (RecipeFile.FileEntry entry : file.files()) {
      if (!entry.holds(format, version)) {
        continue;
      }
      contents.add(
          entry.binary() != null
              ? new Content.Program(entry.path(), binaries.get(entry.binary()))
              : new Content.Text(
                  entry.path(),
                  entry.modeBits(),
                  entry.role(),
                  Blob.of(sources.get(entry.source()))));
    }
    contents.sort(Comparator.comparing(Content::path));
    checkEachPathOnce(contents, format, version);
    return List.copyOf(contents);
  }

  private void checkEachPathOnce(List<Content> contents, Format format, LtsVersion version) {
    for (int i = 1; i < contents.size(); i++) {
      if (contents.get(i).path().equals(contents.get(i - 1).path())) {
        throw new IllegalArgumentException(
            folder.resolve("package.yaml")
                + ": "
                + contents.get(i).path()
                + " is installed twice for "
                + version
                + " as "
                + format);
      }
    }
  }

  private List<Relation> relations(Format format, LtsVersion version) {
    return file.relations().stream()
        .filter(r -> r.holds(format, version))
        .map(r -> r.bind(version))
        .toList();
  }

  private Map<Hook, String> scripts(Format format) {
    Map<Hook, String> scripts = new EnumMap<>(Hook.class);
    String key = format == Format.RPM ? "rpm" : "deb";
    file.scripts()
        .getOrDefault(key, Map.of())
        .forEach(
            (id, source) ->
                scripts.put(
                    RecipeFile.hook(key, id),
                    new String(sources.get(source), StandardCharsets.UTF_8)));
    return scripts;
  }
}
