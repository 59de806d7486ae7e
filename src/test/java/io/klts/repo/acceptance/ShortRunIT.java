package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What makes a short run quick is what it does not do. */
class ShortRunIT {

  /** Each is the first class of something large, and what an innocent change brings back. */
  private static final List<String> LARGE =
      List.of(
          // Data binding: finds out of each class what we know.
          "com.fasterxml.jackson.databind.ObjectMapper",
          // Languages: for %d in a format, and for names of days and months in a pattern.
          "sun.util.locale.provider.LocaleProviderAdapter",
          // The jar: for a class or resource that is not there, or not in the archive.
          "jdk.internal.loader.URLClassPath$JarLoader");

  private final Path folder = Lab.folder("short-run");

  ShortRunIT() throws IOException {}

  @AfterEach
  void remove() throws IOException {
    Lab.remove(folder);
  }

  @Test
  void indexesNeedNoneOfTheLargePartsOfJavaAndItsLibraries() throws IOException {
    Path tree = folder.resolve("tree");
    Path binaries = Product.binaries(folder.resolve("binaries"), "v1.28.15-lts.2");
    run("publish", "v1.28.15-lts.2", "--binaries=" + binaries, "--tree=" + tree, at(8));
    Path loaded = folder.resolve("loaded");

    // With another address it has everything to write.
    run(loaded, "reindex", "--tree=" + tree, at(9));

    List<String> lines = Files.readAllLines(loaded);
    assertThat(lines).anyMatch(line -> line.contains(" io.klts.repo.gate.Gate "));
    for (String name : LARGE) {
      assertThat(lines).noneMatch(line -> line.contains(" " + name + " "));
    }
  }

  @BeforeAll
  static void awaitClassData() {
    Product.awaitClassData();
  }

  private static String at(int port) {
    return "--base-url=http://127.0.0.1:" + port;
  }

  private void run(String... arguments) throws IOException {
    run(folder.resolve("unread"), arguments);
  }

  private static void run(Path loaded, String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--unsigned-for-test");
    Product.launched(all.toArray(String[]::new))
        .with("KLTS_JAVA_OPTS", "-Xlog:class+load:file=" + loaded)
        .run()
        .assertOk();
  }
}
