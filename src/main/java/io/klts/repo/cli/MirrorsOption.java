package io.klts.repo.cli;

import io.klts.repo.mirror.Mirrors;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The file that says where mirrors are. */
final class MirrorsOption {

  @Option(
      names = "--mirrors",
      paramLabel = "FILE",
      description = "Another mirrors.conf than that of this project.")
  private Path file = Home.mirrorsFile();

  Path file() {
    return file;
  }

  Mirrors load() throws IOException {
    return Mirrors.load(file);
  }
}
