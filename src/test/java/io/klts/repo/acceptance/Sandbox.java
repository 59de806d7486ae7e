package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.blob.Sha256;
import io.klts.repo.elf.TinyElf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A folder for runs that shall fail: binaries of a few hundred bytes, a place for a tree, and a
 * cache and a folder for temporary files that nobody else uses. The program runs from its jar, in a
 * process of its own, so that environment, exit code and streams are real.
 */
final class Sandbox implements AutoCloseable {

  static final Path KEYS = Path.of("src/test/resources/keys").toAbsolutePath();

  static final String RELEASE = "v1.28.15-lts.2";
  static final String OLDER = "v1.28.15-lts.1";

  /** Where the definitions of the tree say that it is. */
  static final String BASE_URL = "http://klts.example";

  private static final List<String> PROGRAMS = List.of("kubeadm", "kubelet", "kubectl");

  final Path folder;
  final Path binaries;
  final Path tree;
  final Path cache;
  final Path temporary;

  Sandbox() throws IOException {
    folder = Lab.folder("sandbox");
    binaries = folder.resolve("binaries");
    tree = folder.resolve("tree");
    cache = folder.resolve("cache");
    temporary = Files.createDirectory(folder.resolve("temporary"));
    for (String program : PROGRAMS) {
      put("amd64", program, TinyElf.amd64());
      put("arm64", program, TinyElf.arm64());
    }
  }

  /** Puts a program in place of what is there. */
  Path put(String arch, String program, TinyElf elf) throws IOException {
    Path file = binary(arch, program);
    Files.createDirectories(file.getParent());
    Files.deleteIfExists(file);
    return elf.write(file);
  }

  /** Makes all programs so large that they take that many bytes in any package. */
  void inflate(int bytes) throws IOException {
    Random random = new Random(bytes);
    for (String arch : List.of("amd64", "arm64")) {
      for (String program : PROGRAMS) {
        byte[] content = new byte[bytes];
        random.nextBytes(content);
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.write(Files.readAllBytes(binary(arch, program)));
        whole.write(content);
        Files.write(binary(arch, program), whole.toByteArray());
      }
    }
  }

  Path binary(String arch, String program) {
    return binaries.resolve(arch).resolve(program);
  }

  /** Publishes a release into the tree, signed. */
  Program publish(String release, String... more) {
    return program(publication(release, more));
  }

  /** As {@link #publish}, {@linkplain #withoutPrivileges without privileges}. */
  Program publishWithoutPrivileges(String release, String... more) {
    return withoutPrivileges(publication(release, more));
  }

  private String[] publication(String release, String... more) {
    List<String> arguments = new ArrayList<>(List.of("publish", release));
    arguments.addAll(List.of("--binaries=" + binaries, "--tree=" + tree, "--base-url=" + BASE_URL));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  /** Any command, with the good key in the environment. */
  Program program(String... arguments) {
    return program(List.of(), arguments);
  }

  /**
   * Any command, by a user for whom permissions count: root without its privileges, because another
   * user could not read this checkout everywhere.
   */
  Program withoutPrivileges(String... arguments) {
    return program(List.of("setpriv", "--bounding-set=-all", "--inh-caps=-all"), arguments);
  }

  private Program program(List<String> wrapper, String... arguments) {
    List<String> command = new ArrayList<>(wrapper);
    List<String> options = List.of("-Djava.io.tmpdir=" + temporary);
    command.addAll(Product.command(options, List.of(arguments)));
    return Program.of(command)
        .within(Duration.ofMinutes(3))
        .with("XDG_CACHE_HOME", cache)
        .with("KLTS_SIGNING_KEY", KEYS.resolve("good.asc"));
  }

  /** Fails if a run left temporary files behind, in their own folder or in the tree's. */
  void assertNothingLeft() throws IOException {
    try (Stream<Path> left = Files.list(temporary)) {
      assertThat(left).as("temporary files").isEmpty();
    }
    Path work = tree.resolve(".klts");
    if (Files.isDirectory(work)) {
      try (Stream<Path> left = Files.list(work)) {
        assertThat(left)
            .as("work in the tree, besides the lock and what it was before")
            .allMatch(p -> p.endsWith("lock") || p.endsWith("generations"));
      }
    }
  }

  /** Takes a copy of another sandbox's tree. */
  Sandbox withTreeOf(Sandbox other) throws IOException {
    Program.of("cp", "-a", other.tree.toString(), tree.toString()).run().assertOk();
    return this;
  }

  /**
   * The whole contract of a failure: exit code 1, an error with these words and without a stack
   * trace, the tree the same byte for byte, and no temporary file left.
   */
  Outcome assertRefused(Program program, List<String> words) throws IOException {
    Map<String, String> before = snapshot(tree);
    Outcome outcome = program.run().assertExit(1);
    assertThat(outcome.err()).startsWith("error: ").doesNotContain("\tat ", "null", "Exception");
    assertThat(outcome.err()).contains(words);
    assertThat(snapshot(tree)).isEqualTo(before);
    assertNothingLeft();
    return outcome;
  }

  Outcome assertRefused(Program program, String... words) throws IOException {
    return assertRefused(program, List.of(words));
  }

  /** Every file of a folder with its digest, links and empty folders too, but not the lock. */
  static Map<String, String> snapshot(Path folder) throws IOException {
    Map<String, String> files = new TreeMap<>();
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return files;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.toList()) {
        String name = folder.relativize(file).toString();
        if (!name.startsWith(".klts")) {
          files.put(
              name,
              Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                  ? Sha256.of(file).hex()
                  : Files.isSymbolicLink(file) ? "link" : "folder");
        }
      }
    }
    return files;
  }

  @Override
  public void close() throws IOException {
    Lab.remove(folder);
  }
}
