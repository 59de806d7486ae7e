package io.klts.repo.acceptance;

import io.klts.repo.store.Limits;
import io.klts.repo.store.Store;
import io.klts.repo.store.Stores;
import io.klts.repo.store.Target;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A place to which a tree can be copied: a folder and the real server before it, which asks for a
 * password or a key. It can be stopped and started again, then at another port.
 */
abstract class StoreServer implements AutoCloseable {

  /** The kinds of store that are a folder in the end. */
  enum Kind {
    FOLDER,
    RSYNC,
    RSYNC_SSH,
    SFTP,
    WEBDAV;

    /** A server that runs. */
    StoreServer server() throws IOException {
      StoreServer server =
          switch (this) {
            case FOLDER -> new Folder();
            case RSYNC -> new RsyncDaemon();
            case RSYNC_SSH -> new SshServer("rsync+ssh");
            case SFTP -> new SshServer("sftp");
            case WEBDAV -> new Dav();
          };
      server.start();
      return server;
    }
  }

  /** The begin of the variables with the credentials. */
  static final String NAME = "KLTS_TEST";

  static final String SECRET = "s3cret-Of-The-Test";

  final Path work = Lab.folder("server");

  StoreServer() throws IOException {}

  /** Where the copy lies, which is not there at first. */
  Path copy() {
    return work.resolve("served/klts");
  }

  abstract void start() throws IOException;

  /** Ends the server and each connection at once. */
  abstract void stop() throws IOException;

  abstract URI upload();

  /** Credentials that are good. */
  Map<String, String> environment() {
    Map<String, String> all = new HashMap<>();
    all.put("PATH", System.getenv("PATH"));
    all.put("HOME", work.toString());
    all.put(NAME + "_USER", "up");
    all.put(NAME + "_SECRET", SECRET);
    return all;
  }

  /** Credentials that the server does not take. */
  Map<String, String> wrongEnvironment() throws IOException {
    Map<String, String> all = environment();
    all.put(NAME + "_SECRET", "wrong");
    return all;
  }

  Target target() {
    return new Target(upload(), Optional.empty(), "", Target.Style.VIRTUAL, Optional.of(NAME));
  }

  Store open() throws IOException {
    return open(0);
  }

  Store open(long bytesPerSecond) throws IOException {
    return Stores.open(target(), new Limits(4, 1, bytesPerSecond), environment());
  }

  /** What readers of the copy find, by its paths; nothing hidden. */
  Map<String, byte[]> visible() throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    for (String name : names()) {
      if (!("/" + name).contains("/.") && Files.isRegularFile(copy().resolve(name))) {
        files.put(name, Files.readAllBytes(copy().resolve(name)));
      }
    }
    return files;
  }

  /** All files, and folders that are empty, hidden ones too. */
  List<String> names() throws IOException {
    if (!Files.exists(copy())) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(copy())) {
      return all.filter(p -> !p.equals(copy()) && (!Files.isDirectory(p) || isEmpty(p)))
          .map(p -> copy().relativize(p).toString())
          .sorted()
          .toList();
    }
  }

  private static boolean isEmpty(Path folder) {
    String[] names = folder.toFile().list();
    return names != null && names.length == 0;
  }

  /** How much of files is there that nobody may see yet. */
  long bytesOfUploads() throws IOException {
    long bytes = 0;
    for (String name : names()) {
      Path file = copy().resolve(name);
      bytes += ("/" + name).contains("/.") && Files.isRegularFile(file) ? Files.size(file) : 0;
    }
    return bytes;
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** Starts a server and waits until it takes connections. */
  static Process started(Program program, Path log, int port) throws IOException {
    Process process = program.start(log, log);
    while (process.isAlive()) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
        return process;
      } catch (IOException notYet) {
        Lab.pause();
      }
    }
    throw new IOException("the server did not start: " + Files.readString(log));
  }

  static Path secret(Path file, String text) throws IOException {
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.writeString(file, text);
  }

  @Override
  public void close() throws IOException {
    stop();
    Lab.remove(work);
  }

  private static final class Folder extends StoreServer {

    Folder() throws IOException {}

    @Override
    void start() {
      // A folder is there.
    }

    @Override
    void stop() {
      // And stays.
    }

    @Override
    URI upload() {
      return copy().toUri();
    }
  }

  private static final class Dav extends StoreServer {

    private WebServer nginx;

    Dav() throws IOException {}

    @Override
    void start() throws IOException {
      Path passwords = Files.writeString(work.resolve("passwords"), "up:{PLAIN}" + SECRET + "\n");
      nginx =
          WebServer.serving(
              Files.createDirectories(work.resolve("served")),
              """
              dav_methods PUT DELETE MKCOL MOVE;
              dav_access user:rw group:r all:r;
              client_max_body_size 0;
              auth_basic klts;
              auth_basic_user_file %s;
              """
                  .formatted(passwords));
    }

    @Override
    void stop() throws IOException {
      nginx.close();
    }

    @Override
    long bytesOfUploads() throws IOException {
      return nginx.bytesOfBodies();
    }

    @Override
    URI upload() {
      return URI.create("webdav+" + nginx.uri() + "klts");
    }
  }
}
