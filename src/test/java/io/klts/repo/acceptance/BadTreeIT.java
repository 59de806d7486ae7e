package io.klts.repo.acceptance;

import static io.klts.repo.acceptance.Sandbox.KEYS;
import static io.klts.repo.acceptance.Sandbox.OLDER;
import static io.klts.repo.acceptance.Sandbox.RELEASE;
import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.blob.Sha256;
import io.klts.repo.elf.TinyElf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.io.function.IOConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What may be wrong with the tree that a release is published into: nothing of it is lost, whatever
 * happens.
 */
class BadTreeIT {

  private static Sandbox published;

  private Sandbox box;

  @BeforeAll
  static void publish() throws IOException {
    published = new Sandbox();
    published.publish(OLDER).run().assertOk();
  }

  @AfterAll
  static void removePublished() throws IOException {
    published.close();
  }

  @BeforeEach
  void open() throws IOException {
    box = new Sandbox();
  }

  @AfterEach
  void close() throws IOException {
    box.close();
  }

  private record Fault(String name, IOConsumer<Path> damage, String words) {}

  @TestFactory
  Stream<DynamicTest> aTreeThatIsNotAsItShouldBe() {
    return Stream.of(
            new Fault(
                "a manifest of a newer format",
                tree -> replace(tree.resolve("manifest"), "klts-manifest 1", "klts-manifest 2"),
                "manifest: the tree has format 2, this program knows format 1\n  nothing was changed;"
                    + " use the program version that wrote the tree, or a newer one"),
            new Fault(
                "a state of a newer format",
                tree ->
                    replace(
                        tree.resolve("packages.json"), "\"format\":1,", "\"format\":2,\"new\":[],"),
                "packages.json: the state has format 2, this program knows format 1\n  nothing was"
                    + " changed; use the program version that wrote the tree, or a newer one"),
            new Fault(
                "a state that was edited",
                tree ->
                    replace(
                        tree.resolve("packages.json"), "\"published\":\"20", "\"published\":\"19"),
                "packages.json has SHA-256 "),
            new Fault(
                "a state that was cut off",
                tree -> truncate(tree.resolve("packages.json"), 1000),
                "packages.json has SHA-256 "),
            new Fault(
                "a state that leads out of the tree",
                tree -> leadOut(tree),
                "\"../../etc/cron.d/x.rpm\" is not a path of a published tree"),
            new Fault(
                "a part of the state that was edited",
                tree -> replace(part(tree, ".json"), "\"releases\":[\"1", "\"releases\":[\"2"),
                ".json is damaged: packages.json says that it has the SHA-256 of its name"),
            new Fault(
                "a part of the state that was spoilt",
                tree -> Lab.spoil(part(tree, ".gz")),
                ".gz is damaged: packages.json says that it has the SHA-256 of its name"),
            new Fault(
                "a part of the state that is missing",
                tree -> Files.delete(part(tree, ".xz")),
                ".xz is missing: packages.json says that it has the SHA-256 of its name"),
            new Fault(
                "a state that is no document",
                tree -> Files.writeString(tree.resolve("packages.json"), "<html>"),
                "packages.json: it is damaged: it does not begin with {\"format\":1"),
            new Fault(
                "no state",
                tree -> Files.delete(tree.resolve("packages.json")),
                "packages.json is missing; the manifest lists it\n  nothing was changed; restore"),
            new Fault(
                "no manifest",
                tree -> Files.delete(tree.resolve("manifest")),
                "packages.json is not in the manifest\n  nothing was changed; restore the tree"),
            new Fault(
                "an empty manifest",
                tree -> truncate(tree.resolve("manifest"), 0),
                "manifest: this is not a manifest; expected \"klts-manifest 1\""),
            new Fault(
                "a manifest that was cut off",
                tree -> {
                  Path manifest = tree.resolve("manifest");
                  truncate(manifest, Files.readString(manifest).indexOf('\n', 1000) + 70);
                },
                "is not a line of a manifest\n  nothing was changed; restore the tree"),
            new Fault(
                "a manifest that leads out of the tree",
                tree -> replace(tree.resolve("manifest"), " INDEX apt/", " INDEX ../apt/"),
                "is not a path of a published tree"),
            new Fault(
                "a manifest with a file twice",
                tree -> {
                  String line = Files.readAllLines(tree.resolve("manifest")).get(5) + "\n";
                  replace(tree.resolve("manifest"), line, line + line);
                },
                "is listed twice"),
            new Fault(
                "a manifest in another order",
                tree ->
                    Files.writeString(
                        tree.resolve("manifest"),
                        Files.readAllLines(tree.resolve("manifest")).get(5) + "\n",
                        java.nio.file.StandardOpenOption.APPEND),
                " stands behind timestamp.asc\n  nothing was changed; restore the tree"),
            new Fault(
                "a manifest that was changed by somebody who knows its form",
                tree -> replace(tree.resolve("manifest"), "\nserial 1\n", "\nserial 7\n"),
                "manifest is not signed by a known key: expected "),
            new Fault(
                "a manifest without its signature",
                tree -> Files.delete(tree.resolve("manifest.asc")),
                "manifest is not signed\n  nothing was changed: the new signatures would also be for"),
            new Fault(
                "a folder of something else",
                tree -> {
                  Lab.remove(tree);
                  Files.createDirectory(tree);
                  Files.writeString(tree.resolve("thesis.txt"), "years of work");
                },
                "tree is neither empty nor a tree of this program; give a new folder"),
            new Fault(
                "a file",
                tree -> {
                  Lab.remove(tree);
                  Files.writeString(tree, "no folder");
                },
                "is not a folder that this user may write to"),
            new Fault(
                "a link to nowhere",
                tree -> {
                  Lab.remove(tree);
                  Files.createSymbolicLink(tree, Path.of("nowhere"));
                },
                "tree is a symbolic link that leads nowhere"))
        .map(
            fault ->
                DynamicTest.dynamicTest(
                    fault.name,
                    () -> {
                      try (Sandbox sandbox = new Sandbox().withTreeOf(published)) {
                        fault.damage.accept(sandbox.tree);
                        sandbox.assertRefused(sandbox.publish(RELEASE), fault.words);
                      }
                    }));
  }

  private static void replace(Path file, String from, String to) throws IOException {
    String text = Files.readString(file);
    assertThat(text).contains(from);
    Files.writeString(file, text.replaceFirst(java.util.regex.Pattern.quote(from), to));
  }

  private static void truncate(Path file, int size) throws IOException {
    Files.write(file, java.util.Arrays.copyOf(Files.readAllBytes(file), size));
  }

  /** A file of the part of the only minor. */
  private static Path part(Path tree, String suffix) throws IOException {
    try (Stream<Path> files = Files.list(tree.resolve("packages"))) {
      return files
          .filter(file -> file.getFileName().toString().matches("v1\\.28-.*\\" + suffix))
          .findFirst()
          .orElseThrow();
    }
  }

  /** A state that the manifest agrees with: somebody who can do that may still not lead us out. */
  private static void leadOut(Path tree) throws IOException {
    Path state = tree.resolve("packages.json");
    Sha256 before = Sha256.of(state);
    String text = Files.readString(state);
    Files.writeString(
        state, text.replaceFirst("\"gz\":\"rpm/[^\"]*\"", "\"gz\":\"../../etc/cron.d/x.rpm\""));
    replace(tree.resolve("manifest"), before.hex(), Sha256.of(state).hex());
  }

  @Test
  void aTreeThatMayNotBeWritten() throws IOException {
    Program.of("chmod", "555", box.folder.toString()).run().assertOk();
    box.assertRefused(
        box.publishWithoutPrivileges(RELEASE),
        "tree cannot be written: " + box.folder + " is not a folder that this user may write to",
        "nothing was published");
    Program.of("chmod", "755", box.folder.toString()).run().assertOk();
    box.withTreeOf(published);
    Program.of("chmod", "555", box.tree.toString()).run().assertOk();
    box.assertRefused(
        box.publishWithoutPrivileges(RELEASE),
        "is not a folder that this user may write to",
        "nothing was published; " + box.tree + " is as it was");
  }

  @Test
  void aTreeThatIsTooLargeForTheMemoryOfJava() throws IOException {
    Path tree = Files.createDirectory(box.folder.resolve("large"));
    String line = "ab".repeat(32) + " 1 PAYLOAD ";
    Files.write(
        tree.resolve("manifest"),
        Stream.concat(
                Stream.of("klts-manifest 1", "serial 1"),
                IntStream.range(100_000, 200_000).mapToObj(number -> line + number))
            .toList());
    Outcome run =
        Product.launched("status", "--tree", tree.toString())
            .with("KLTS_JAVA_OPTS", "-Xmx16m")
            .run()
            .assertExit(1);
    assertThat(run.err())
        .startsWith("error: Java has too little memory: its limit is 1")
        .endsWith(" MiB\n  allow more, for example: KLTS_JAVA_OPTS=-Xmx2g klts-repo status\n");
  }

  @Test
  void aFolderForPackagesThatMayNotBeWritten() throws IOException {
    Path out = Files.createDirectory(box.folder.resolve("out"));
    Program.of("chmod", "555", out.toString()).run().assertOk();
    Program run =
        box.withoutPrivileges("build", RELEASE, "--binaries=" + box.binaries, "--out=" + out);
    box.assertRefused(run, "cannot make " + out + "/kube", ": permission denied");
    assertThat(out).isEmptyDirectory();
  }

  @Test
  void aCacheThatMayNotBeWrittenIsDoneWithout() throws IOException {
    Files.createDirectory(box.cache);
    Program.of("chmod", "555", box.cache.toString()).run().assertOk();
    box.publishWithoutPrivileges(RELEASE)
        .run()
        .assertOk()
        .assertSays("warning    going on without the block cache: ");
    box.assertNothingLeft();
  }

  @Test
  void otherBytesUnderTheSameVersionAreRefused() throws IOException {
    box.withTreeOf(published);
    box.put("arm64", "kubelet", TinyElf.arm64().needs("libc.so.6", "GLIBC_2.17"));
    box.assertRefused(
        box.publish(OLDER),
        "kubelet-1.28.15.lts.1-1.aarch64.rpm is published with other bytes: content ",
        "nothing was changed; clients keep what they have under this version");
  }

  @Test
  void otherTemplatesUnderTheSameVersionAreRefused() throws IOException {
    box.withTreeOf(published);
    Path templates = box.folder.resolve("templates");
    Program.of("cp", "-a", "repo-templates", templates.toString()).run().assertOk();
    replace(templates.resolve("packages/kubectl/package.yaml"), "summary: ", "summary: New ");
    box.assertRefused(
        box.publish(OLDER, "--templates=" + templates),
        "kubectl-1.28.15.lts.1-1.",
        " is published with other bytes: content ");
  }

  @Test
  void theSamePackagesUnderAnotherKeyStayAsTheyAre() throws IOException {
    box.withTreeOf(published);
    Map<String, String> before = packages(box.tree);
    assertThat(before).isNotEmpty();
    box.assertRefused(
        publishWithAnotherKey(),
        "manifest is not signed by a known key: expected ",
        "or its public half with --signed-by");
    publishWithAnotherKey("--signed-by=" + KEYS.resolve("good-public.asc"))
        .run()
        .assertOk()
        .assertSays("serial 1 → 2");
    assertThat(packages(box.tree)).containsAllEntriesOf(before);
    assertThat(packages(box.tree).keySet())
        .filteredOn(path -> !before.containsKey(path))
        .as("packages with the new key")
        .hasSize(4)
        .allMatch(path -> path.contains("-keys.2_all.deb") || path.contains(".keys.2-1.noarch."));
  }

  private Program publishWithAnotherKey(String... more) {
    return box.publish(OLDER, more)
        .with("KLTS_SIGNING_KEY", KEYS.resolve("passphrase.asc"))
        .with("KLTS_SIGNING_PASSPHRASE", "correct horse");
  }

  private static Map<String, String> packages(Path tree) throws IOException {
    Map<String, String> files = new HashMap<>(Sandbox.snapshot(tree));
    files.keySet().removeIf(name -> !name.endsWith(".rpm") && !name.endsWith(".deb"));
    return files;
  }

  /** The first run has enough to do that the others come while it works. */
  @Test
  void twoRunsOneAfterTheOther() throws Exception {
    box.inflate(1 << 20);
    Path out = box.folder.resolve("first.out");
    Process first = box.publish(OLDER, "--threads=1").start(out, out);
    try {
      Path lock = box.tree.resolve(".klts/lock");
      while (!Files.exists(lock) || Files.size(lock) == 0) {
        assertThat(first.isAlive()).as(() -> read(out)).isTrue();
        Thread.sleep(5);
      }
      String holder = "process " + first.pid() + " on ";
      box.publish(RELEASE, "--lock-wait=0")
          .run()
          .assertExit(1)
          .assertSays("lock: another run is changing this tree (" + holder)
          .assertSays(" since 20")
          .assertSays("nothing was changed; wait for it to end and try again");
      box.publish(RELEASE)
          .run()
          .assertOk()
          .assertSays("waiting    another run changes the tree: " + holder)
          .assertSays("published  serial 1 → 2");
      assertThat(first.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(first.exitValue()).as(() -> read(out)).isZero();
    } finally {
      Program.kill(first.toHandle());
    }
    assertThat(Files.readString(box.tree.resolve("manifest")))
        .contains("kubelet_1.28.15-lts.1_arm64.deb", "kubelet_1.28.15-lts.2_arm64.deb");
    box.assertNothingLeft();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Test
  void ctrlCLeavesNothingBehind() throws Exception {
    box.inflate(2 << 20);
    Path out = box.folder.resolve("stopped.out");
    Process process = box.publish(RELEASE, "--threads=1").start(out, out);
    while (!Files.exists(box.tree.resolve(".klts/scratch"))) {
      assertThat(process.isAlive()).as(() -> read(out)).isTrue();
      Thread.sleep(5);
    }
    process.destroy();
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(box.temporary).isEmptyDirectory();
    assertThat(List.copyOf(Sandbox.snapshot(box.tree).keySet())).containsExactly("");
  }
}
