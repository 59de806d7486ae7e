package io.klts.repo.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.io.FileUtils;

/** A temporary folder that goes away with its user, also when a signal such as Ctrl-C ends it. */
final class Scratch implements AutoCloseable {

  private static boolean takesFiles;

  private final Path folder;
  private final Thread atEnd = new Thread(this::delete, "scratch");

  private Scratch(Path folder) {
    this.folder = folder;
  }

  /** A new folder where temporary files are. */
  static Scratch create() throws IOException {
    return of(Files.createTempDirectory("klts-repo"));
  }

  /** A new folder in another one, for files that move from here to a place beside it. */
  static Scratch in(Path parent) throws IOException {
    return of(Files.createTempDirectory(Files.createDirectories(parent), "klts-repo"));
  }

  private static Scratch of(Path folder) {
    Scratch scratch = new Scratch(folder);
    Runtime.getRuntime().addShutdownHook(scratch.atEnd);
    return scratch;
  }

  /**
   * Gives this program's libraries a folder of their own for temporary files, for as long as it
   * runs: jdeb forgets its archives when it fails. Called before packages are built, because Java
   * looks for the folder once, at the first of such files.
   */
  static synchronized void takeFilesOfLibraries() throws IOException {
    if (!takesFiles) {
      System.setProperty("java.io.tmpdir", create().folder.toString());
      takesFiles = true;
    }
  }

  Path folder() {
    return folder;
  }

  /** What cannot be deleted is left to the system, which clears such folders. */
  private void delete() {
    FileUtils.deleteQuietly(folder.toFile());
  }

  @Override
  public void close() {
    delete();
    try {
      Runtime.getRuntime().removeShutdownHook(atEnd);
    } catch (IllegalStateException e) {
      // The program is ending, and deletes the folder once more.
    }
  }
}
