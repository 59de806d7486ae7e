package io.klts.repo.cli;

import io.klts.repo.catalogue.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Begins a project for other packages. */
@Command(
    name = "init",
    description = {
      "Begins a project for another set of packages: who publishes, which releases there are, and a"
          + " recipe for each package, all with comments.",
      "Run in the folder of such a project, the other commands take its files in the place of those"
          + " that came with the program."
    },
    mixinStandardHelpOptions = true)
final class InitCommand implements Callable<Integer>, Failure.Writing {

  @Spec private CommandSpec spec;

  @Mixin private Console console;

  @Parameters(paramLabel = "DIR", description = "A folder that is empty or not there yet.")
  private Path folder;

  @Option(
      names = "--id",
      paramLabel = "ID",
      description =
          "A lower-case word that names the repository in file names; without it the folder's name.")
  private String id;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "What people read; without it the id.")
  private String name;

  @Option(
      names = "--maintainer",
      paramLabel = "WHO",
      description = "Name and address, in the form: Name <name@example.org>.")
  private String maintainer;

  @Option(
      names = "--base-url",
      paramLabel = "URL",
      description = "Where clients will find the tree; without it an example.",
      converter = TreeOptions.UrlConverter.class)
  private String url;

  @Option(
      names = "--package",
      split = ",",
      paramLabel = "NAME",
      description = "The packages; without it one that is named as the id.",
      converter = PackageConverter.class)
  private Set<String> packages = new LinkedHashSet<>();

  /**
   * What was begun.
   *
   * @param project its folder
   * @param release the tag of its first release
   */
  private record Result(String project, String release) {}

  @Override
  public Integer call() throws IOException {
    NewProject project = project();
    requireEmpty();
    project.write(Home.ownTemplates(), folder);
    console.result("made       the project " + project.identity().id() + " in " + folder);
    String first = project.packages().get(0);
    console.result(
        """

        Describe the packages in %s, put the programs into %s (or arm64 …), then:
          %s"""
            .formatted(
                folder.resolve("repo-templates/packages"),
                folder.resolve("output/amd64").resolve(first),
                String.join("\n  ", commands(project))));
    console.json(new Result(folder.toString(), project.release().tag()));
    return 0;
  }

  private NewProject project() {
    String word = id == null ? name(folder) : id;
    String title = name == null ? word : name;
    String who =
        maintainer == null
            ? title.replaceAll("[<>]", "") + " <" + word + "@example.org>"
            : maintainer;
    String address = url == null ? "https://packages.example.org/" + word : url;
    Identity identity;
    try {
      identity = new Identity(word, title, null, title, who, address, List.of());
    } catch (IllegalArgumentException e) {
      String hint = id == null ? "; give --id, for the folder's name may be none" : "";
      throw new ParameterException(spec.commandLine(), e.getMessage() + hint);
    }
    List<String> names = packages.isEmpty() ? List.of(word) : List.copyOf(packages);
    return new NewProject(identity, address, names, LocalDate.now(ZoneOffset.UTC));
  }

  private static String name(Path folder) {
    Path name = folder.toAbsolutePath().normalize().getFileName();
    return name == null ? "" : name.toString();
  }

  private void requireEmpty() throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!Files.isDirectory(folder)) {
      throw new IOException(folder + " is not a folder; nothing was written");
    }
    try (Stream<Path> files = Files.list(folder)) {
      if (files.findAny().isPresent()) {
        throw new IOException(
            folder
                + " is not empty; nothing was written\n  give a folder that is empty or not there");
      }
    }
  }

  /** As a shell reads them, in the order in which they are run. */
  private List<String> commands(NewProject project) throws IOException {
    String program = NewProject.word(Home.launcher());
    return List.of(
        "cd " + NewProject.word(folder.toString()),
        program
            + " key generate --secret %s --public keys/%s.asc --name %s --email %s"
                .formatted(
                    project.secretKey(), project.identity().id(), project.owner(), project.email()),
        "KLTS_SIGNING_KEY="
            + project.secretKey()
            + " "
            + program
            + " publish "
            + project.release().tag()
            + " --binaries output --tree public");
  }

  @Override
  public String untouched() {
    return "what is in " + folder + " is not a whole project; take it away and run again";
  }

  /** A name that is a package's in both worlds, a program's and a part of an address. */
  static final class PackageConverter implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
      if (!text.matches("[a-z0-9][a-z0-9.-]+")) {
        throw new TypeConversionException(
            "\""
                + text
                + "\" is not the name of a package; expected lower-case letters and digits");
      }
      return text;
    }
  }
}
