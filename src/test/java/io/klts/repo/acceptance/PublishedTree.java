package io.klts.repo.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A tree with {@link #RELEASES}, published by the program from real binaries and served by a real
 * web server. All tests only read it. It is published once for all processes that test, each of
 * which has a server of its own; so its files say that it is at {@link #ADDRESS}. The blocks that
 * the program compresses (300 MB) stay in the laboratory's cache, so that only the first run is
 * slow.
 */
final class PublishedTree implements AutoCloseable {

  /** Four lines, one of them with two releases. */
  static final List<String> RELEASES =
      List.of(
          "v1.10.13-lts.1", "v1.18.20-lts.3", "v1.28.15-lts.1", "v1.28.15-lts.2", "v1.32.13-lts.1");

  /** Where its files say that it is, with a slash at the end. */
  static final String ADDRESS = Sandbox.BASE_URL + "/";

  /** Lends the tree to the tests of a class, as a parameter. */
  static final class Shared implements ParameterResolver {

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == PublishedTree.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return context
          .getRoot()
          .getStore(Namespace.GLOBAL)
          .getOrComputeIfAbsent(PublishedTree.class, type -> made(), PublishedTree.class);
    }

    private static PublishedTree made() {
      try {
        return new PublishedTree();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Begins its name; each run of all tests makes its own. */
  private static final String NAME = "published-";

  /** When this run began, which its processes have in common. */
  private static final String RUN =
      System.getProperty("tests.run", Long.toString(ProcessHandle.current().pid()));

  private final Path tree = Lab.built(NAME + RUN, PublishedTree::publish);
  private final WebServer server = WebServer.serving(tree);

  private PublishedTree() throws IOException {}

  private static void publish(Path target) throws IOException {
    Path lab = target.getParent().getParent();
    try (DirectoryStream<Path> old = Files.newDirectoryStream(lab, NAME + "*[0-9]")) {
      for (Path folder : old) {
        Lab.remove(folder);
      }
    }
    for (String release : RELEASES) {
      Product.signing(
              "publish",
              release,
              "--binaries=" + binaries(release, target.resolveSibling(release)),
              "--tree=" + target,
              "--base-url=" + Sandbox.BASE_URL,
              "--cache=" + Lab.blocks())
          .run()
          .assertOk();
    }
  }

  /** The tree as a folder; whoever changes something works on a {@link TreeCopy}. */
  Path tree() {
    return tree;
  }

  /** Where clients find the tree, with a slash at the end. */
  URI uri() {
    return server.uri();
  }

  /**
   * Downloads a text of the tree, as a person who sets up a machine does, and says in it where the
   * tree really is.
   */
  String download(String path) throws IOException {
    Program download = Program.of("curl", "-fsS", uri().resolve(path).toString());
    return download.run().assertOk().out().replace(ADDRESS, uri().toString());
  }

  /** A definition for apt, with the key where the tree has it: for an apt that has no root. */
  String sources(String path) throws IOException {
    return download(path)
        .replace(
            "/usr/share/keyrings/klts-archive-keyring.gpg",
            tree().resolve("keys/klts.gpg").toString());
  }

  /**
   * What Debian's programs are used for: kubectl is the real one, and in 1.28.15-lts.1 kubelet is
   * another program than in all others. Of the add-ons, arm64 has only some, to save time.
   */
  private static Path binaries(String release, Path target) throws IOException {
    Path programs = Binaries.withAddons();
    Path amd64 = Files.createDirectories(target.resolve("amd64"));
    try (var files = Files.newDirectoryStream(programs.resolve("amd64"))) {
      for (Path file : files) {
        Files.createLink(amd64.resolve(file.getFileName()), file);
      }
    }
    Path arm64 = Files.createDirectories(target.resolve("arm64"));
    for (String name : List.of("kubectl", "kubelet", "crictl", "runc")) {
      Files.createLink(arm64.resolve(name), programs.resolve("arm64").resolve(name));
    }
    for (Path folder : List.of(amd64, arm64)) {
      replace(folder.resolve("kubeadm"), folder.resolve("crictl"));
    }
    if (release.equals("v1.28.15-lts.1")) {
      replace(amd64.resolve("kubelet"), amd64.resolve("ctr"));
    }
    return target;
  }

  private static void replace(Path file, Path other) throws IOException {
    Files.deleteIfExists(file);
    Files.createLink(file, other);
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
