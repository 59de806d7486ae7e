package io.klts.repo.acceptance;

import io.klts.repo.blob.Blob;
import io.klts.repo.blob.Sha256;
import io.klts.repo.store.Limits;
import io.klts.repo.store.Store;
import io.klts.repo.store.Stores;
import io.klts.repo.store.Target;
import io.klts.repo.tree.Stage;
import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A program that writes a folder of files to a store, slowly, so that it can be killed meanwhile.
 */
final class StoreWriter {

  private StoreWriter() {}

  /** Writes the files of a folder, whose paths are their names. */
  public static void main(String[] args) throws IOException {
    List<TreeFile> files = new ArrayList<>();
    try (Stream<Path> all = Files.list(Path.of(args[1]))) {
      for (Path file : all.toList()) {
        files.add(
            new TreeFile("a/" + file.getFileName(), Stage.PAYLOAD, Blob.of(file), Sha256.of(file)));
      }
    }
    Target target =
        new Target(
            URI.create(args[0]),
            Optional.empty(),
            "",
            Target.Style.VIRTUAL,
            Optional.of(StoreServer.NAME));
    try (Store store = Stores.open(target, new Limits(2, 1, 1 << 19), System.getenv())) {
      System.out.println("begin");
      store.put(files, file -> System.out.println(file.path()));
    }
  }
}
