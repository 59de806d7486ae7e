package io.klts.repo.acceptance;

import io.klts.repo.build.BuildPlan;
import io.klts.repo.build.PackageBuild;
import io.klts.repo.build.Project;
import io.klts.repo.catalogue.LtsVersion;
import io.klts.repo.catalogue.Release;
import io.klts.repo.compress.BlockCache;
import io.klts.repo.compress.Compressor;
import io.klts.repo.publish.Publication;
import io.klts.repo.publish.TinyTree;
import io.klts.repo.serve.StaticServer;
import io.klts.repo.signature.Signer;
import io.klts.repo.tree.ListedMirror;
import io.klts.repo.tree.LocalTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.commons.io.function.IOConsumer;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A tree with every release of the catalogue, of tiny programs, as the product serves it: at its
 * address and at that of a mirror. Its texts are as bad as they may be, and a release that fixes
 * something was withdrawn. It is made once for all tests, which only read it.
 */
final class PageTree implements AutoCloseable {

  static final String OLD = "1.18.20-lts.3";
  static final String NEW = "1.28.15-lts.2";
  static final String WITHDRAWN = "1.20.15-lts.3";
  static final String REASON =
      "</td><img src=x onerror=\"document.title='bad'\"> & 'quoted' <b>bold</b> {{name}}";

  /** A mirror that is one, and one that would like to be something else. */
  static final String MIRROR = "second";

  /** One that was too old when somebody looked. */
  static final String STALE = "university";

  static final String EVIL = "\"><script>document.title='bad'</script>";

  /** Lends the tree to the tests of a class, as a parameter. */
  static final class Shared implements ParameterResolver {

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == PageTree.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return context
          .getRoot()
          .getStore(Namespace.GLOBAL)
          .getOrComputeIfAbsent(PageTree.class, type -> made(), PageTree.class);
    }

    private static PageTree made() {
      try {
        return new PageTree();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private final Path top = Lab.folder("page");
  private final StaticServer origin = StaticServer.start(make(folder()), "127.0.0.1", 0);
  private final StaticServer mirror = StaticServer.start(folder(), "127.0.0.2", 0);
  private final Project project = Project.load(Path.of("repo-templates"));

  private PageTree() throws IOException {
    // A release whose add-ons others have, too, comes by itself.
    change(publication -> add(publication, version -> !version.equals(NEW)));
    change(publication -> add(publication, version -> version.equals(NEW)));
    change(
        publication -> {
          publication.withdraw(LtsVersion.parse(WITHDRAWN), REASON);
          publication.list(
              List.of(
                  listed(MIRROR, mirrorUrl(), null),
                  listed(EVIL, evilUrl(), null),
                  listed(STALE, "https://stale.example.org", ListedMirror.Fault.STALE)));
        });
  }

  private static Path make(Path folder) throws IOException {
    return Files.createDirectory(folder);
  }

  private static ListedMirror listed(String name, String url, ListedMirror.Fault fault) {
    return new ListedMirror(name, "copy", url, "cn", 10, url + "/rpm", url + "/apt", fault);
  }

  private void change(IOConsumer<Publication> change) throws IOException {
    try (LocalTree tree = LocalTree.open(folder(), Duration.ZERO, holder -> {})) {
      Publication publication =
          new Publication(
              tree, project.catalogue().identity(), TinyTree.site(url()), List.of(TinyTree.key()));
      publication.guide(Path.of("repo-templates"), Optional.empty());
      change.accept(publication);
      publication.commit();
    }
  }

  private void add(Publication publication, Predicate<String> wanted) throws IOException {
    Optional<Signer> signer = Optional.of(TinyTree.key());
    try (Compressor compressor =
        new Compressor(
            BlockCache.at(top.resolve("cache"), Long.MAX_VALUE), 1, (bytes, known) -> {})) {
      PackageBuild build = new PackageBuild(project, compressor, signer, 1, () -> {});
      for (Release release : releases()) {
        LtsVersion version = release.version();
        if (wanted.test(version.toString())) {
          Path target = top.resolve("packages").resolve(version.tag());
          BuildPlan plan = plan(version);
          publication.add(plan, build.run(plan, target));
        }
      }
    }
  }

  /** Those that are installed have what they need. */
  private BuildPlan plan(LtsVersion version) throws IOException {
    Path binaries = InstallerTree.programs(top, version.toString());
    if (Set.of(OLD, NEW).contains(version.toString())) {
      InstallerTree.addAddons(binaries);
    }
    return BuildPlan.of(project, version, binaries, Set.of(), top.resolve("scratch"));
  }

  List<Release> releases() {
    return project.catalogue().releases();
  }

  Path folder() {
    return top.resolve("tree");
  }

  /** Where the tree is, without a slash at the end. */
  String url() {
    return without(origin);
  }

  /** Downloads a text of the tree, as a person who sets up a machine does. */
  String download(String path) throws IOException {
    return Program.of("curl", "-fsS", url() + "/" + path).run().assertOk().out();
  }

  String mirrorUrl() {
    return without(mirror);
  }

  private static String evilUrl() {
    return "javascript:document.title='bad'//\"><img src=x>";
  }

  private static String without(StaticServer server) {
    return server.uri().toString().replaceFirst("/$", "");
  }

  @Override
  public void close() throws IOException {
    origin.close();
    mirror.close();
    Lab.remove(top);
  }
}
