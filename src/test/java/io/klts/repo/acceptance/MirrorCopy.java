package io.klts.repo.acceptance;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A copy of a tree on a server of its own, at an address of its own. */
final class MirrorCopy implements AutoCloseable {

  private final int host;
  private final Path folder = Lab.folder("mirror");
  private final WebServer server = WebServer.serving(folder);

  /**
   * @param host 1, 2 or 3: clients judge a server by its address
   */
  MirrorCopy(int host) throws IOException {
    this.host = host;
  }

  /** The copy as a folder. */
  Path folder() {
    return folder;
  }

  /** Becomes a copy of a tree, with links: no test changes a file in place. */
  void sync(Path tree) throws IOException {
    Program.of(
            "sh", "-c", "rm -rf \"$1\"/* && cp -rl \"$2\"/* \"$1\"", "sh", "" + folder, "" + tree)
        .run()
        .assertOk();
  }

  /** Where clients find the copy, without a slash at the end. */
  String url() {
    return server.uri(host).toString().replaceFirst("/$", "");
  }

  /** Downloads a text of the copy. */
  String download(String path) throws IOException {
    URI address = server.uri(host).resolve(path);
    return Program.of("curl", "-fsS", address.toString()).run().assertOk().out();
  }

  /** Flips a bit of a file. */
  void spoil(String path) throws IOException {
    Path file = folder.resolve(path);
    Path fresh = file.resolveSibling("spoilt");
    Files.copy(file, fresh);
    Lab.spoil(fresh);
    Files.delete(file);
    Files.move(fresh, file);
  }

  /** All requests so far. */
  List<String> requests() throws IOException {
    return server.requests();
  }

  /** Ends the server; the address stays with nobody behind it. */
  void stop() throws IOException {
    server.close();
  }

  @Override
  public void close() throws IOException {
    server.close();
    Lab.remove(folder);
  }
}
