package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.publish.TinyTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** install.sh as a file: what shells make of it, of parts of it, and what it decides by itself. */
class InstallerFileIT {

  private static final Path SCRIPT = Path.of("install.sh").toAbsolutePath();
  private static final Path SYSTEMS = Path.of("src/test/resources/os-release");
  private static final Path ORDER = Path.of("src/test/resources/mirrors/order.txt");

  private Path folder;

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Lab.folder("stub");
  }

  @AfterEach
  void removeFolder() throws IOException {
    Lab.remove(folder);
  }

  @Test
  void shellcheckHasNothingToSay() throws IOException {
    Program.of("shellcheck", "-s", "sh", SCRIPT.toString()).run().assertOk();
  }

  @ParameterizedTest
  @ValueSource(strings = {"dash", "bash", "bash --posix", "busybox ash", "mksh", "yash"})
  void everyShellCanReadIt(String shell) throws IOException {
    List<String> command = new ArrayList<>(List.of(shell.split(" ")));
    command.addAll(List.of("-n", SCRIPT.toString()));
    assertThat(Program.of(command).run().assertOk().output()).isEmpty();
  }

  /**
   * A download may stop after any byte, and the shell takes what came: some prefixes and all that
   * lack little, or every one in dash with {@code -Dprefix.step=1}. Whatever ran would show in the
   * machine, in what was said, or among the calls of its programs. The file without its last line's
   * end is whole.
   */
  @ParameterizedTest
  @ValueSource(strings = {"dash", "bash", "busybox ash", "mksh", "yash"})
  void noPrefixDoesAnything(String shell) throws IOException {
    TinyTree tiny = new TinyTree(folder);
    tiny.publish("v1.28.15-lts.2");
    Path script = tiny.root().resolve("install.sh");
    StubMachine machine = StubMachine.with(folder.resolve("machine"), "apt");
    machine.serve(tiny.root(), TinyTree.URL);
    SortedMap<String, String> before = machine.snapshot();

    int size = (int) Files.size(script);
    // A step that is a prime falls on every kind of place.
    int step = shell.equals("dash") ? Integer.getInteger("prefix.step", 61) : 499;
    int near = size - 100;
    List<List<Integer>> halves = List.of(new ArrayList<>(), new ArrayList<>());
    for (int length = 0; length < size - 1; length += length < near ? step : 1) {
      halves.get(length % 2).add(length);
    }
    List<Process> runs = new ArrayList<>();
    for (List<Integer> lengths : halves) {
      runs.add(feed(machine, shell, script, lengths));
    }
    for (Process run : runs) {
      assertThat(StubMachine.exit(run, Duration.ofMinutes(15))).isZero();
    }
    assertThat(machine.calls()).isEmpty();
    assertThat(machine.snapshot()).isEqualTo(before);
    assertThat(Files.readString(machine.home().resolve("said"))).isEmpty();

    // What ran would be seen: the whole file, fed in the same way, does run.
    Process whole = feed(machine, shell, script, List.of(size));
    assertThat(StubMachine.exit(whole, Duration.ofMinutes(1))).isZero();
    assertThat(machine.calls()).isNotEmpty();
    assertThat(Files.readString(machine.home().resolve("said"))).contains("DONE");
  }

  /** Pipes prefixes of a file into a shell, one after the other, with few processes for each. */
  private static Process feed(StubMachine machine, String shell, Path script, List<Integer> lengths)
      throws IOException {
    Path list = Files.createTempFile(machine.home(), "lengths", "");
    Files.writeString(
        list, lengths.stream().map(String::valueOf).collect(Collectors.joining("\n")) + "\n");
    return machine.start(
        """
        text=$(cat "$1"; printf x)
        text=${text%x}
        while read -r length; do
          printf %s "${text:0:length}" | LC_ALL=C.UTF-8 /usr/bin/$3 -s -- --quiet >>said 2>/dev/null
        done <"$2"
        exit 0
        """,
        script.toString(), list.toString(), shell);
  }

  // --- systems

  static List<String> systems() throws IOException {
    return Files.readAllLines(SYSTEMS.resolve("decisions.txt")).stream()
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("systems")
  void systemsAreKnownByWhatOwnsThem(String line) throws IOException {
    String[] words = line.split("\\s+");
    Map<String, String> evidence = new LinkedHashMap<>();
    for (String word : List.of(words).subList(4, words.length)) {
      String[] pair = word.split("=", 2);
      evidence.put(pair[0], pair.length > 1 ? pair[1] : "");
    }
    String programs = evidence.getOrDefault("programs", "-");
    StubMachine machine =
        new StubMachine(
            folder, words[1], programs.equals("-") ? List.of() : List.of(programs.split(",")));
    machine.write("/etc/os-release", Files.readString(SYSTEMS.resolve(words[0])));
    if (evidence.containsKey("ro")) {
      machine.write("/proc/mounts", "/dev/sda1 / btrfs ro,relatime 0 0\n");
    }
    if (evidence.containsKey("transactional")) {
      machine.write("/usr/sbin/transactional-update", "");
      machine.root().resolve("usr/sbin/transactional-update").toFile().setExecutable(true);
    }
    if (evidence.containsKey("ostree")) {
      machine.write("/run/ostree-booted", "");
    }
    machine.set("STUB_APT", evidence.getOrDefault("apt", "2.6.1"));
    machine.set("STUB_ARCH", evidence.getOrDefault("arch", "x86_64"));
    String said = machine.pipe(SCRIPT, "dash", "--print-os").assertOk().out();
    assertThat(said).contains("manager=" + words[2] + "\n", "supported=" + words[3] + "\n");
    machine.set("KLTS_DRY_RUN", "yes");
    machine
        .pipe(SCRIPT, "dash")
        .assertExit(words[3].equals("yes") ? 2 : 3) // 2: it has no settings, and gets that far
        .assertSays(words[3].equals("yes") ? "no settings yet" : "");
  }

  @Test
  void theTableHasEveryFileAndEnoughOfThem() throws IOException {
    try (var files = Files.list(SYSTEMS)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .filteredOn(name -> !name.equals("decisions.txt"))
          .hasSizeGreaterThan(40)
          .containsExactlyInAnyOrderElementsOf(
              systems().stream().map(line -> line.substring(0, line.indexOf(' '))).toList());
    }
  }

  // --- mirrors

  /** The same cases that the program keeps to, see RankingTest. */
  @ParameterizedTest
  @ValueSource(strings = {"dash", "bash", "busybox ash", "mksh", "yash"})
  void mirrorsComeInTheOrderOfTheTable(String shell) throws IOException {
    String text = Files.readString(SCRIPT);
    assertThat(text).endsWith("\nmain \"$@\"; }\n");
    Path functions = folder.resolve("functions");
    Files.writeString(functions, text.replace("\nmain \"$@\"; }\n", "\n}\n"));
    int cases = 0;
    StringBuilder mirrors = new StringBuilder();
    String name = "";
    for (String line : Files.readAllLines(ORDER)) {
      String[] words = line.split("\\s+", 2);
      switch (words[0]) {
        case "case" -> {
          name = words[1];
          mirrors.setLength(0);
        }
        case "mirror" -> mirrors.append(words[1]).append('\n');
        case "order" -> {
          cases++;
          assertThat(order(shell, functions, mirrors.toString())).as(name).isEqualTo(words[1]);
        }
        default -> {}
      }
    }
    assertThat(cases).isGreaterThan(8);
  }

  private static String order(String shell, Path functions, String mirrors) throws IOException {
    List<String> command = new ArrayList<>(List.of(shell.split(" ")));
    command.addAll(
        List.of(
            "-c",
            ". \"$1\"; printf '%s' \"$2\" | order_mirrors",
            "sh",
            functions.toString(),
            mirrors));
    String order = Program.of(command).run().assertOk().out().strip().replace('\n', ' ');
    return order.isEmpty() ? "-" : order;
  }
}
