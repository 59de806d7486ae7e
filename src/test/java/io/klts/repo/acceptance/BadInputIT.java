package io.klts.repo.acceptance;

import static io.klts.repo.acceptance.Sandbox.KEYS;
import static io.klts.repo.acceptance.Sandbox.OLDER;
import static io.klts.repo.acceptance.Sandbox.RELEASE;
import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.elf.TinyElf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
 * What a maintainer may do wrong, and what may be wrong with the files: each gets a clear error and
 * exit code 1 (2 for the command line), nothing is written, and a tree that was there is the same
 * byte for byte.
 */
class BadInputIT {

  /** A tree with an older release, copied for each test. */
  private static Sandbox published;

  private Sandbox box;

  @BeforeAll
  static void publish() throws IOException {
    published = new Sandbox();
    published.publish(OLDER).run().assertOk();
    published.assertNothingLeft();
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

  /** A fault, and the words that the error must have. */
  private record Fault(String name, IOConsumer<Sandbox> damage, List<String> words) {}

  private static Fault fault(String name, IOConsumer<Sandbox> damage, String... words) {
    return new Fault(name, damage, List.of(words));
  }

  /** Runs each fault in a sandbox of its own, against a new tree and against one that is there. */
  private static Stream<DynamicTest> tests(Stream<Fault> faults) {
    return faults.map(
        fault ->
            DynamicTest.dynamicTest(
                fault.name,
                () -> {
                  try (Sandbox sandbox = new Sandbox()) {
                    fault.damage.accept(sandbox);
                    sandbox.assertRefused(sandbox.publish(RELEASE), fault.words);
                    assertThat(sandbox.tree).doesNotExist();
                    sandbox.withTreeOf(published);
                    sandbox.assertRefused(sandbox.publish(RELEASE), fault.words);
                  }
                }));
  }

  @TestFactory
  Stream<DynamicTest> aBadBinary() {
    String machine =
        "arm64/kubelet is an ELF file for x86-64 (e_machine 62); its folder says arm64 (183)";
    String hint =
        "nothing was written; put the arm64 build there or leave the architecture out with --arch amd64";
    return tests(
        Stream.of(
            fault(
                "of another machine",
                b -> b.put("arm64", "kubelet", TinyElf.amd64()),
                machine,
                hint),
            fault(
                "of 32 bit",
                b -> b.put("arm64", "kubelet", TinyElf.armhf()),
                "is an ELF file for 32-bit Arm (e_machine 40), 32-bit; its folder says arm64 (183, 64-bit)",
                hint),
            fault(
                "big-endian for ppc64le",
                b -> putAll(b, "ppc64le", TinyElf::ppc64),
                "is an ELF file for 64-bit PowerPC (e_machine 21), big-endian; its folder says ppc64le"
                    + " (21, little-endian)",
                "put the ppc64le build there or leave the architecture out with --arch amd64,arm64"),
            fault(
                "little-endian for s390x",
                b -> putAll(b, "s390x", TinyElf::ppc64le),
                "for 64-bit PowerPC (e_machine 21), little-endian; its folder says s390x (22, big-endian)"),
            fault(
                "empty",
                b -> Files.write(b.binary("arm64", "kubelet"), new byte[0]),
                "arm64/kubelet: expected an ELF program, but it is empty",
                hint),
            fault(
                "truncated",
                b -> truncate(b.binary("arm64", "kubelet"), 150),
                "arm64/kubelet: expected an ELF program, but it is cut off or damaged",
                hint),
            fault(
                "a script",
                b -> Files.writeString(b.binary("arm64", "kubelet"), "#!/bin/sh\nexec true\n"),
                "but it is a script: #!/bin/sh",
                hint),
            fault(
                "a text",
                b -> Files.writeString(b.binary("arm64", "kubelet"), "Not Found\n"),
                "but it begins with the bytes 4e 6f 74 20 and not with 7f 45 4c 46",
                hint),
            fault(
                "missing",
                b -> Files.delete(b.binary("arm64", "kubelet")),
                "kubelet for arm64 is missing in ",
                "arm64/kubelet/kubelet\n",
                "arm64/kubelet\n",
                hint),
            fault(
                "a folder",
                b -> {
                  Files.delete(b.binary("arm64", "kubelet"));
                  Files.createDirectory(b.binary("arm64", "kubelet"));
                },
                "kubelet for arm64 is missing in ",
                "arm64/kubelet (a folder)\n",
                hint),
            fault(
                "a link to itself",
                b -> link(b.binary("arm64", "kubelet"), "kubelet"),
                "arm64/kubelet is a symbolic link that cannot be followed: Too many levels",
                hint),
            fault(
                "a link to nowhere",
                b -> link(b.binary("arm64", "kubelet"), "nowhere"),
                "arm64/kubelet is a symbolic link that leads nowhere",
                hint),
            fault(
                "a pipe",
                b -> {
                  Files.delete(b.binary("arm64", "kubelet"));
                  Program.of("mkfifo", b.binary("arm64", "kubelet").toString()).run().assertOk();
                },
                "arm64/kubelet is not a file; expected an ELF program",
                hint)));
  }

  @TestFactory
  Stream<DynamicTest> aBadFolderOfBinaries() {
    return tests(
        Stream.of(
            fault(
                "empty",
                b -> {
                  Lab.remove(b.binaries);
                  Files.createDirectory(b.binaries);
                },
                "binaries has no binaries; expected one of"),
            fault("missing", b -> Lab.remove(b.binaries), "binaries is not a folder"),
            fault(
                "a file",
                b -> {
                  Lab.remove(b.binaries);
                  Files.createFile(b.binaries);
                },
                "binaries is not a folder; give the one that holds the built binaries"),
            fault(
                "an architecture that is a link to itself",
                b -> {
                  Lab.remove(b.binaries.resolve("arm64"));
                  link(b.binaries.resolve("arm64"), "arm64");
                },
                "binaries/arm64 is a symbolic link that does not lead to a folder"),
            fault(
                "an archive that is cut off",
                b -> truncate(archive(b, "s390x", "kubernetes/server/bin/"), 200),
                "kubernetes-server-linux-s390x.tar.gz cannot be unpacked into"),
            fault(
                "an archive of another machine",
                b -> archive(b, "s390x", "kubernetes/server/bin/"),
                "kubernetes-server-linux-s390x.tar.gz: kubernetes/server/bin/kubeadm is an ELF file for"
                    + " x86-64 (e_machine 62)",
                "its folder says s390x (22"),
            fault(
                "an archive whose names lead out of it",
                b -> archive(b, "s390x", "kubernetes/server/bin/../../../../"),
                "kubeadm for s390x is missing in",
                "kubernetes-server-linux-s390x.tar.gz: kubernetes/server/bin/kubeadm")));
  }

  private static void putAll(Sandbox sandbox, String arch, java.util.function.Supplier<TinyElf> elf)
      throws IOException {
    for (String program : List.of("kubeadm", "kubelet", "kubectl")) {
      sandbox.put(arch, program, elf.get());
    }
  }

  private static void truncate(Path file, int size) throws IOException {
    Files.write(file, java.util.Arrays.copyOf(Files.readAllBytes(file), size));
  }

  private static void link(Path link, String target) throws IOException {
    Files.deleteIfExists(link);
    Files.createSymbolicLink(link, Path.of(target));
  }

  /** An archive of programs for amd64 under another architecture's name. */
  private static Path archive(Sandbox sandbox, String arch, String prefix) throws IOException {
    Path archive = sandbox.binaries.resolve("kubernetes-server-linux-" + arch + ".tar.gz");
    Program.of(
            "tar",
            "-czPf",
            archive.toString(),
            "--transform=s,^," + prefix + ",",
            "-C",
            sandbox.binaries.resolve("amd64").toString(),
            "kubeadm",
            "kubelet",
            "kubectl")
        .run()
        .assertOk();
    return archive;
  }

  @Test
  void anArchitectureWithoutBinaries() throws IOException {
    box.assertRefused(
        box.publish(RELEASE, "--arch=s390x"),
        "binaries has no binaries for s390x, only for amd64,arm64",
        "binaries/s390x, or leave s390x out of --arch");
  }

  @Test
  void aBinaryThatMayNotBeRead() throws IOException {
    box.withTreeOf(published);
    Program.of("chmod", "000", box.binary("arm64", "kubelet").toString()).run().assertOk();
    box.assertRefused(
        box.publishWithoutPrivileges(RELEASE), "arm64/kubelet cannot be read by this user");
    Program.of("chmod", "000", box.binaries.resolve("arm64").toString()).run().assertOk();
    box.assertRefused(box.publishWithoutPrivileges(RELEASE), "arm64 cannot be read by this user");
  }

  @Test
  void aBinaryThatGrowsWhileItIsRead() throws Exception {
    box.withTreeOf(published);
    box.inflate(1 << 20);
    Path growing = box.binary("arm64", "kubelet");
    Thread writer = new Thread(() -> grow(growing), "writer");
    writer.start();
    try {
      box.assertRefused(box.publish(RELEASE), "arm64/kubelet changed while it was");
    } finally {
      writer.interrupt();
      writer.join();
    }
  }

  private static void grow(Path file) {
    try {
      while (true) {
        Files.write(file, new byte[1], java.nio.file.StandardOpenOption.APPEND);
        Thread.sleep(5);
      }
    } catch (InterruptedException e) {
      // The run is over.
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @TestFactory
  Stream<DynamicTest> aWrongCommandLine() {
    return Stream.of(
            List.of("publish 1.28 --binaries=b --tree=t", "\"1.28\" is not an LTS version"),
            List.of("publish ../1.28.15-lts.2 --binaries=b --tree=t", "is not an LTS version"),
            List.of("publish v1.28.15-lts.2 --binaries=b", "Missing required option: '--tree=DIR'"),
            List.of("publish --binaries=b --tree=t", "Missing required parameter: 'RELEASE'"),
            List.of("publish R --tre=t", "Unknown option: '--tre=t'\nPossible solutions: --tree"),
            List.of(
                "publsh X", "'publsh'", "Did you mean: klts-repo publish or klts-repo refresh?"),
            List.of("-q", "Unknown option: '-q'"),
            List.of("", "a command is missing", "see: klts-repo --help"),
            List.of("key", "give one of: generate, check"),
            List.of("publish R --arch=sparc", "\"sparc\" is not an architecture; expected one of"),
            List.of("publish R --arch=../amd64", "\"../amd64\" is not an architecture"),
            List.of("publish R --threads=0", "\"0\" is not a whole number from 1 to 1024"),
            List.of("publish R --threads=-2", "\"-2\" is not a whole number from 1 to 1024"),
            List.of("publish R --threads=two", "\"two\" is not a whole number from 1 to 1024"),
            List.of("publish R --cache-size=-1", "\"-1\" is not a whole number from 0 to"),
            List.of("publish R --lock-wait=-1", "\"-1\" is not a whole number from 0 to"),
            List.of("publish R --base-url=ftp://x", "expected a form such as https://"),
            List.of("publish R --base-url=https://x/?y", "expected a form such as https://"),
            List.of(
                "serve --tree=t --port=70000", "\"70000\" is not a whole number from 0 to 65535"),
            List.of(
                "key generate --secret=s --public=p --name=n --email=e --years=0", "\"0\" is not"))
        .map(
            words ->
                DynamicTest.dynamicTest(
                    words.get(0).isEmpty() ? "nothing" : words.get(0),
                    () -> {
                      String line =
                          words
                              .get(0)
                              .replace(
                                  "publish R", "publish " + RELEASE + " --binaries=b --tree=t");
                      Outcome outcome =
                          box.program(line.isEmpty() ? new String[0] : line.split(" "))
                              .in(box.folder)
                              .run()
                              .assertExit(2);
                      assertThat(outcome.out()).isEmpty();
                      assertThat(outcome.err())
                          .startsWith("error: ")
                          .contains(words.subList(1, words.size()))
                          .contains("--help")
                          .doesNotContain("\tat ");
                      assertThat(outcome.err().lines().count()).isLessThan(6);
                    }));
  }

  @TestFactory
  Stream<DynamicTest> aBadKey() {
    String nothing = "nothing was ";
    return Stream.of(
            List.of("none.asc", "none.asc: there is no such file", "nothing was published"),
            List.of("text", "text: it is not a usable OpenPGP key", "nothing was published"),
            List.of("good-public.asc", "expected a secret key, found a public one", nothing),
            List.of("two.asc", "expected one secret key, found 2", nothing),
            List.of("expired.asc", "the key expired at 2025-01-01", "--quick-set-expire", nothing),
            List.of("revoked.asc", "the key is revoked", nothing),
            List.of("sha1.asc", "a self-signature or subkey binding with SHA-1", nothing),
            List.of("sha1-subkey.asc", "a self-signature or subkey binding with SHA-1", nothing),
            List.of("subkey.asc", "only a subkey may sign, the primary key must", nothing),
            List.of("stub-signs.asc", "the secret part of the primary key is not in it", nothing),
            List.of("rsa2048.asc", "an RSA key of 2048 bits, expected 3072 or 4096", nothing),
            List.of("passphrase.asc", "it is protected and no passphrase was given", nothing))
        .map(
            words ->
                DynamicTest.dynamicTest(
                    words.get(0),
                    () -> {
                      try (Sandbox sandbox = new Sandbox().withTreeOf(published)) {
                        Program run =
                            sandbox
                                .publish(RELEASE)
                                .with("KLTS_SIGNING_KEY", KEYS.resolve(words.get(0)));
                        sandbox.assertRefused(run, words.subList(1, words.size()));
                      }
                    }));
  }

  @Test
  void noKey() throws IOException {
    box.assertRefused(
        box.publish(RELEASE).with("KLTS_SIGNING_KEY", ""),
        "no signing key; set KLTS_SIGNING_KEY to the file of the secret key",
        "--unsigned-for-test",
        "nothing was published");
    assertThat(box.tree).doesNotExist();
  }

  @Test
  void aWrongPassphraseIsNotRepeated() throws IOException {
    Program run =
        box.publish(RELEASE)
            .with("KLTS_SIGNING_KEY", KEYS.resolve("passphrase.asc"))
            .with("KLTS_SIGNING_PASSPHRASE", "swordfish-4711");
    Outcome outcome = box.assertRefused(run, "the passphrase does not fit");
    assertThat(outcome.output()).doesNotContain("swordfish");
  }

  @TestFactory
  Stream<DynamicTest> aBadPassphraseFile() throws IOException {
    Path folder = Files.createDirectory(box.folder.resolve("passphrases"));
    Files.writeString(folder.resolve("wrong"), "swordfish-4711\n");
    Files.write(folder.resolve("no text"), new byte[] {(byte) 0xff, (byte) 0xfe, 'x'});
    Files.createDirectory(folder.resolve("a folder"));
    Files.createFile(folder.resolve("empty"));
    return Stream.of(
            List.of("missing", "missing: no such file or folder"),
            List.of("wrong", "the passphrase does not fit"),
            List.of("no text", "no text, which KLTS_SIGNING_PASSPHRASE_FILE names: it is not text"),
            List.of(
                "a folder", "a folder, which KLTS_SIGNING_PASSPHRASE_FILE names: Is a directory"),
            List.of("empty", "no passphrase was given"))
        .map(
            words ->
                DynamicTest.dynamicTest(
                    words.get(0),
                    () -> {
                      Program run =
                          box.publish(RELEASE)
                              .with("KLTS_SIGNING_KEY", KEYS.resolve("passphrase.asc"))
                              .with("KLTS_SIGNING_PASSPHRASE_FILE", folder.resolve(words.get(0)));
                      Outcome outcome = box.assertRefused(run, words.get(1));
                      assertThat(outcome.output()).doesNotContain("swordfish");
                    }));
  }

  @Test
  void aRightPassphraseIsNowhereInTheOutput() throws IOException {
    Outcome outcome =
        box.publish(RELEASE)
            .with("KLTS_SIGNING_KEY", KEYS.resolve("passphrase.asc"))
            .with("KLTS_SIGNING_PASSPHRASE", "correct horse")
            .run()
            .assertOk();
    assertThat(outcome.output()).doesNotContain("correct horse");
  }

  /**
   * Every fault of a document has a unit test; here, that it comes up before anything is written.
   */
  @TestFactory
  Stream<DynamicTest> aBadTemplate() {
    return Stream.of(
            List.of(
                "packages/kubelet/package.yaml",
                "section: admin",
                "sektion: admin",
                "packages/kubelet/package.yaml:",
                "sektion: unknown key \"sektion\"; allowed here: description,"),
            List.of(
                "packages/kubelet/package.yaml",
                "section: admin",
                "section: admin\nsection: admin",
                "Duplicate field 'section'"),
            List.of(
                "packages/kubelet/package.yaml",
                "post: kubelet.post",
                "post: ../../../../../etc/hostname",
                "scripts.rpm.post: \"../../../../../etc/hostname\" is neither a file beside"),
            List.of(
                "packages/kubelet/package.yaml",
                "path: /usr/bin/kubelet,",
                "path: /usr/bin/../../etc/shadow,",
                "\"/usr/bin/../../etc/shadow\" is not an absolute path of plain names"),
            List.of(
                "releases.yaml",
                "version: 1.28.15-lts.2",
                "version: 1.28.15-lts.1",
                "1.28.15-lts.1 is listed twice"),
            List.of(
                "releases.yaml",
                "version: 1.28.15-lts.2",
                "verson: 1.28.15-lts.2",
                "verson: unknown key \"verson\"; allowed here: fixes, published, version"),
            List.of("identity.yaml", "vendor:", "vender:", "identity.yaml:4: vender: unknown key"),
            List.of(
                "shlibs.yaml",
                "deb: libc6,",
                "dep: libc6,",
                "dep: unknown key \"dep\"; allowed here:"))
        .map(
            words ->
                DynamicTest.dynamicTest(
                    words.get(0) + " with " + words.get(2),
                    () -> {
                      try (Sandbox sandbox = new Sandbox().withTreeOf(published)) {
                        Path templates = sandbox.folder.resolve("templates");
                        Program.of("cp", "-a", "repo-templates", templates.toString())
                            .run()
                            .assertOk();
                        replace(templates.resolve(words.get(0)), words.get(1), words.get(2));
                        sandbox.assertRefused(
                            sandbox.publish(RELEASE, "--templates=" + templates),
                            words.subList(3, words.size()));
                      }
                    }));
  }

  private static void replace(Path file, String from, String to) throws IOException {
    String text = Files.readString(file);
    assertThat(text).contains(from);
    Files.writeString(file, text.replace(from, to));
  }

  @Test
  void anUnknownRelease() throws IOException {
    box.withTreeOf(published);
    box.assertRefused(
        box.publish("v1.28.99-lts.2"),
        "v1.28.99-lts.2 is not in the catalogue; known of 1.28: v1.28.15-lts.0 v1.28.15-lts.1",
        "add it to releases.yaml");
    box.assertRefused(box.publish("v1.99.0-lts.1"), "known minors: 1.10 1.11");
  }

  @Test
  void withJsonTheErrorIsOnStandardErrorAndTheOutputIsEmpty() throws IOException {
    Files.delete(box.binary("arm64", "kubelet"));
    Outcome outcome =
        box.assertRefused(box.publish(RELEASE, "--json"), "kubelet for arm64 is missing");
    assertThat(outcome.out()).isEmpty();
  }
}
