package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A copy of the published tree that a test may damage, on a server of its own: a bad mirror. */
final class TreeCopy implements AutoCloseable {

  private final PublishedTree original;
  private final Path folder = Lab.folder("copy");
  private final WebServer server;

  TreeCopy(PublishedTree original) throws IOException {
    this.original = original;
    // Links, because no test changes a file in place: it is always replaced.
    Program.of("cp", "-rl", original.tree() + "/.", folder.toString()).run().assertOk();
    this.server = WebServer.serving(folder);
  }

  /** The copy as a folder. */
  Path folder() {
    return folder;
  }

  /** Where clients find the copy, without a slash at the end. */
  String address() {
    return server.uri().toString().replaceFirst("/$", "");
  }

  /** Flips a bit of each file that a path with an asterisk in its last part means. */
  void spoil(String pattern) throws IOException {
    for (Path file : files(pattern)) {
      Path fresh = file.resolveSibling("spoilt");
      Files.copy(file, fresh);
      Lab.spoil(fresh);
      Files.delete(file);
      Files.move(fresh, file);
    }
  }

  /** Takes away each file that a path with an asterisk in its last part means. */
  void delete(String pattern) throws IOException {
    for (Path file : files(pattern)) {
      Files.delete(file);
    }
  }

  private List<Path> files(String pattern) throws IOException {
    int slash = pattern.lastIndexOf('/');
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> found =
        Files.newDirectoryStream(
            folder.resolve(pattern.substring(0, slash)), pattern.substring(slash + 1))) {
      found.forEach(files::add);
    }
    assertThat(files).as(pattern).isNotEmpty();
    return files;
  }

  /** A definition file of the tree, moved to this copy. */
  String definition(String path) throws IOException {
    return original.download(path).replace(original.uri().toString(), server.uri().toString());
  }

  @Override
  public void close() throws IOException {
    server.close();
    Lab.remove(folder);
  }
}
