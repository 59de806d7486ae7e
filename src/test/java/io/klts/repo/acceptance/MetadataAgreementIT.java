package io.klts.repo.acceptance;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.blob.Sha256;
import io.klts.repo.elf.TinyElf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the indexes say of the packages is what the field's own tools say: createrepo_c,
 * apt-ftparchive and libsolv, from the same files; and what dnf, zypper and apt understand of the
 * indexes is what rpm and dpkg say of the files. Every difference has its reason here.
 */
@ExtendWith(PublishedTree.Shared.class)
class MetadataAgreementIT {

  /** The relations of a package, with rpm's names of the tags that list them. */
  private static final Map<String, String> RELATIONS =
      Map.of(
          "provides", "PROVIDENEVRS",
          "requires", "REQUIRENEVRS",
          "conflicts", "CONFLICTNEVRS",
          "obsoletes", "OBSOLETENEVRS",
          "recommends", "RECOMMENDNEVRS",
          "suggests", "SUGGESTNEVRS",
          "supplements", "SUPPLEMENTNEVRS",
          "enhances", "ENHANCENEVRS");

  /** Texts and numbers that dnf and rpm print alike, by dnf's names. */
  private static final Map<String, String> SINGLE =
      Map.of(
          "epoch", "EPOCHNUM",
          "summary", "SUMMARY",
          "description", "DESCRIPTION",
          "license", "LICENSE",
          "url", "URL",
          "vendor", "VENDOR",
          "packager", "PACKAGER",
          "group", "GROUP",
          "sourcerpm", "SOURCERPM",
          "installsize", "LONGSIZE");

  private static final String NEVRA = "%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}";

  /** Nobody reads these sums: apt takes the strongest, which is in all Packages files. */
  private static final Set<String> WEAKER_OR_NEWER_SUMS = Set.of("MD5sum", "SHA1", "SHA512");

  /** Marks a requirement that libsolv knows to be needed before the package is installed. */
  private static final String BEFORE = "before: ";

  private Path folder;

  @BeforeEach
  void make() throws IOException {
    folder = Lab.folder("metadata");
  }

  @AfterEach
  void remove() throws IOException {
    Lab.remove(folder);
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1.10", "v1.18", "v1.28", "v1.32"})
  void createrepoSaysTheSameOfAChannel(String channel, PublishedTree tree) throws IOException {
    Path rpms = tree.tree().resolve("rpm").resolve(channel);
    new RpmMetadata(rpms).assertSameAs(RpmMetadata.byCreaterepo(rpms, folder));
  }

  /** The recipes of the golden files have everything that a recipe can say, and odd letters. */
  @Test
  void theToolsSayTheSameOfEverythingThatARecipeCanSay() throws IOException {
    try (Sandbox box = new Sandbox()) {
      box.put("amd64", "runc", TinyElf.amd64().needs("libc.so.6", "GLIBC_2.4", "GLIBC_2.34"));
      Path templates = Path.of("src/test/resources/golden/templates").toAbsolutePath();
      for (String release : List.of(Sandbox.OLDER, Sandbox.RELEASE, "v1.28.15-lts.11")) {
        box.publish(release, "--templates=" + templates).run().assertOk();
      }
      Path rpms = box.tree.resolve("rpm/v1.28");

      new RpmMetadata(rpms).assertSameAs(RpmMetadata.byCreaterepo(rpms, folder));
      assertAptFtparchiveSaysTheSame(box.tree.resolve("apt"), "amd64", List.of("v1.28"));
      assertLibsolvKnowsTheSame(rpms);
    }
  }

  /**
   * An add-on lies in the folder of each minor that needs it, and is listed once; what brings a
   * channel's definition is in that channel only.
   */
  @Test
  void createrepoSaysTheSameOfTheChannelWithEverything(PublishedTree tree) throws IOException {
    Path rpms = tree.tree().resolve("rpm");
    RpmMetadata ours = new RpmMetadata(rpms);
    List<String> listed = new ArrayList<>();
    for (List<String> lines : ours.packages("primary").values()) {
      listed.add(lines.stream().filter(l -> l.startsWith("/location ")).findFirst().orElseThrow());
    }
    Path list = folder.resolve("list");
    Files.write(list, listed.stream().map(l -> l.replaceAll("^.* href=|: $", "")).toList());

    ours.assertSameAs(RpmMetadata.byCreaterepo(rpms, folder, "--pkglist=" + list));
    Set<String> digests = new HashSet<>();
    for (String channel : List.of("v1.10", "v1.18", "v1.28", "v1.32")) {
      digests.addAll(new RpmMetadata(rpms.resolve(channel)).packages("primary").keySet());
    }
    Set<String> everything = new HashSet<>(ours.packages("primary").keySet());
    Set<String> definitions = new HashSet<>();
    try (Stream<Path> files = Files.walk(rpms)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".noarch.rpm")).toList()) {
        definitions.add(Sha256.of(file).hex());
      }
    }
    assertThat(definitions).hasSize(5);
    assertThat(everything).containsAnyElementsOf(definitions);
    everything.removeAll(definitions);
    assertThat(digests.removeAll(definitions)).isTrue();
    assertThat(everything).isEqualTo(digests);
  }

  /** createrepo_c's own reader, which checks nothing but the XML, reads and writes it again. */
  @Test
  void createrepoReadsTheIndexWithoutLoss(PublishedTree tree) throws IOException {
    Path rpms = tree.tree().resolve("rpm/v1.28");
    Outcome merge = merge(rpms).assertOk();

    // It says that it found advisories, which it does not merge.
    assertThat(merge.output().lines())
        .singleElement()
        .asString()
        .matches("type updateinfo added to list from path: \\S+-updateinfo\\.xml\\.gz *");
    new RpmMetadata(folder.resolve("merged")).assertSameAs(new RpmMetadata(rpms));
  }

  /** The test above would notice. */
  @Test
  void createrepoComplainsAboutABrokenIndex(PublishedTree tree) throws IOException {
    try (TreeCopy copy = new TreeCopy(tree)) {
      copy.spoil("rpm/v1.28/repodata/*-filelists.xml.gz");

      merge(copy.folder().resolve("rpm/v1.28")).assertSays("Cannot load repo");
    }
  }

  @Test
  void dnfKnowsOfThePackagesWhatRpmSaysOfTheFiles(PublishedTree tree) throws IOException {
    Path rpms = tree.tree().resolve("rpm/v1.28");
    List<String> repository = new ArrayList<>();
    List<String> files = new ArrayList<>();
    repository.add("@package\n%{name}-%{version}-%{release}.%{arch}");
    files.add("@package\n" + NEVRA);
    RELATIONS.forEach(
        (name, tag) -> {
          repository.add("@" + name + "\n%{" + name + "}");
          files.add("@" + name + "\n[%{" + tag + "}\n]");
        });
    SINGLE.forEach(
        (name, tag) -> {
          repository.add("@" + name + "\n%{" + name + "}");
          files.add("@" + name + "\n%{" + tag + "}");
        });
    repository.add("@files\n%{files}\n");
    files.add("@files\n[%{FILENAMES}\n]");
    Outcome dnf = dnf(rpms, "--qf", String.join("\n", repository)).assertOk();

    Map<String, Map<String, List<String>>> known = facts(dnf.out());
    Map<String, Map<String, List<String>>> said = facts(rpm(rpms, String.join("\n", files)).out());
    assertThat(known.keySet()).isEqualTo(said.keySet()).isNotEmpty();
    said.forEach(
        (nevra, fields) -> {
          Map<String, List<String>> repo = known.get(nevra);
          assertRequires(nevra, repo.remove("requires"), fields.remove("requires"), fields);
          fields.forEach(
              (field, lines) ->
                  assertThat(repo.get(field))
                      .as(nevra + " " + field)
                      .containsExactlyInAnyOrderElementsOf(lines));
        });
  }

  @Test
  void dnfKnowsTheChangelogs(PublishedTree tree) throws IOException {
    Path rpms = tree.tree().resolve("rpm/v1.28");
    String format =
        "Changelog for "
            + NEVRA
            + "\n[* %{CHANGELOGTIME:day} %{CHANGELOGNAME}\n%{CHANGELOGTEXT}\n]";

    String said = rpm(rpms, format).out();
    assertThat(entries(dnf(rpms, "--changelogs").assertOk().out()))
        .isEqualTo(entries(said))
        .hasSizeGreaterThan(10);
  }

  @Test
  void libsolvKnowsOfThePackagesWhatItSaysOfTheFiles(PublishedTree tree) throws IOException {
    assertLibsolvKnowsTheSame(tree.tree().resolve("rpm/v1.28"));
  }

  private void assertLibsolvKnowsTheSame(Path rpms) throws IOException {
    Map<String, Map<String, List<String>>> known =
        solvables("repo2solv -F -o \"$0\" .", rpms, "repository");
    Map<String, Map<String, List<String>>> said =
        solvables("rpms2solv $(find * -name '*.rpm') >\"$0\"", rpms, "files");

    // The repository has advisories, too.
    assertThat(known.keySet().removeIf(name -> name.startsWith("[patch:"))).isTrue();
    assertThat(known.keySet()).isEqualTo(said.keySet()).isNotEmpty();
    said.forEach(
        (nevra, fields) -> {
          Map<String, List<String>> repo = known.get(nevra);
          assertRequires(nevra, repo.remove("requires"), fields.remove("requires"), fields);
          // Only the files have the first, and only the repository has the second.
          fields.remove("diskusage");
          assertThat(repo.remove("checksum")).as(nevra).hasSize(1);
          assertThat(repo).as(nevra).isEqualTo(fields);
        });
  }

  @Test
  void zypperShowsTheRelationsThatRpmSays(PublishedTree tree) throws IOException {
    Path rpms = tree.tree().resolve("rpm/v1.28");
    List<String> files = new ArrayList<>(List.of("@package\n" + NEVRA));
    RELATIONS.forEach((name, tag) -> files.add("@" + name + "\n[%{" + tag + "}\n]"));
    Map<String, Map<String, List<String>>> said = facts(rpm(rpms, String.join("\n", files)).out());
    try (ZypperRoot root = new ZypperRoot()) {
      root.addUnsigned("klts", rpms);
      root.refresh().assertOk();
      List<String> command = new ArrayList<>(List.of("info"));
      List<String> relations = new ArrayList<>(RELATIONS.keySet());
      relations.remove("enhances"); // zypper does not show them
      relations.forEach(name -> command.add("--" + name));
      command.addAll(List.of("kubeadm", "kubelet", "kubectl", "containerd", "runc"));
      String info = root.zypper(command.toArray(String[]::new)).assertOk().out();
      String[] packages = info.split("Information for package ");
      assertThat(packages).hasSize(6);
      for (String one : List.of(packages).subList(1, 6)) {
        String nevra = item(one, "Name") + "-" + item(one, "Version") + "." + item(one, "Arch");
        Map<String, List<String>> fields = said.get(nevra);
        for (String relation : relations) {
          List<String> shown = items(one, relation);
          if (relation.equals("requires")) {
            assertRequires(nevra, shown, fields.get(relation), Map.of());
          } else {
            assertThat(shown)
                .as(nevra + " " + relation)
                .containsExactlyInAnyOrderElementsOf(fields.get(relation));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"amd64", "arm64"})
  void aptFtparchiveSaysTheSame(String architecture, PublishedTree tree) throws IOException {
    assertAptFtparchiveSaysTheSame(
        tree.tree().resolve("apt"), architecture, List.of("v1.10", "v1.18", "v1.28", "v1.32"));
  }

  private static void assertAptFtparchiveSaysTheSame(
      Path apt, String architecture, List<String> channels) throws IOException {
    Map<String, Map<String, String>> theirs =
        byFile(
            Program.of("apt-ftparchive", "--arch", architecture, "packages", "pool")
                .in(apt)
                .run()
                .assertOk()
                .out());
    theirs.values().forEach(stanza -> stanza.keySet().removeAll(WEAKER_OR_NEWER_SUMS));

    Map<String, Map<String, String>> everything = new HashMap<>(theirs);
    // What brings a channel's definition is in that channel only.
    everything.keySet().removeIf(file -> file.matches(".*-archive-keyring_[1-9].*"));
    assertThat(suite(apt, "stable", architecture)).isEqualTo(everything).isNotEmpty();
    for (String channel : channels) {
      Map<String, Map<String, String>> ours = suite(apt, channel, architecture);
      assertThat(ours).isNotEmpty();
      ours.forEach((file, stanza) -> assertThat(stanza).isEqualTo(theirs.get(file)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"amd64", "arm64"})
  void aptKnowsOfThePackagesWhatDpkgSaysOfTheFiles(String architecture, PublishedTree tree)
      throws IOException {
    Path apt = tree.tree().resolve("apt");
    MachineApt machine =
        MachineApt.withSource(folder, architecture, tree.sources("apt/stable.sources"));

    Map<String, Map<String, String>> known = byFile(machine.known());
    assertThat(known.keySet()).isEqualTo(suite(apt, "stable", architecture).keySet());
    for (Map.Entry<String, Map<String, String>> one : known.entrySet()) {
      Path deb = apt.resolve(one.getKey());
      Map<String, String> stanza = one.getValue();
      stanza.remove("SHA256");
      stanza.remove("Description-md5"); // apt's own
      assertThat(stanza.remove("Size")).isEqualTo(Long.toString(Files.size(deb)));
      stanza.remove("Filename");
      String control = Program.of("dpkg-deb", "-f", deb.toString()).run().assertOk().out();
      assertThat(stanza).isEqualTo(Stanzas.of(control).get(0));
    }
  }

  private Outcome merge(Path rpms) throws IOException {
    return Program.of(
            "mergerepo_c",
            "--all",
            "--no-database",
            "--omit-baseurl",
            "--noupdateinfo",
            "--repo=" + rpms,
            "--outputdir=" + folder.resolve("merged"))
        .run();
  }

  private Outcome dnf(Path rpms, String... query) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "dnf",
                "--quiet",
                "--noplugins",
                "--installroot=" + folder.resolve("root"),
                "--releasever=8",
                "--repofrompath=klts,file://" + rpms,
                "--repo=klts",
                "repoquery"));
    command.addAll(List.of(query));
    return Program.of(command).run();
  }

  private static Outcome rpm(Path rpms, String format) throws IOException {
    List<String> command = new ArrayList<>(List.of("rpm", "-qp", "--qf", format + "\n"));
    try (Stream<Path> files = Files.walk(rpms)) {
      files.filter(f -> f.toString().endsWith(".rpm")).forEach(f -> command.add(f.toString()));
    }
    return Program.of(command).run().assertOk();
  }

  /** By package and field, from lines between lines that begin with an at sign. */
  private static Map<String, Map<String, List<String>>> facts(String text) {
    Map<String, Map<String, List<String>>> packages = new TreeMap<>();
    for (String one : text.split("(?m)^@package\n", -1)) {
      String[] fields = one.split("(?m)^@");
      if (!one.isBlank()) {
        Map<String, List<String>> facts = new TreeMap<>();
        for (String field : List.of(fields).subList(1, fields.length)) {
          List<String> lines = field.lines().filter(l -> !l.isEmpty()).toList();
          facts.put(
              lines.get(0),
              lines.stream().skip(1).filter(l -> !l.equals("(none)")).distinct().toList());
        }
        packages.put(fields[0].strip(), facts);
      }
    }
    return packages;
  }

  /** Whole changelogs, sorted; dnf puts a blank line behind each entry, rpm does not. */
  private static List<String> entries(String changelogs) {
    return Stream.of(changelogs.split("(?m)^Changelog for "))
        .map(c -> c.lines().filter(l -> !l.isEmpty()).collect(joining("\n")))
        .sorted()
        .toList();
  }

  /**
   * As createrepo does, an index leaves out the requirements that rpm itself or the package
   * fulfils, and of the C library's symbol versions all but the newest, which is one of the
   * package's (and which one it is, createrepo has said above).
   */
  private static void assertRequires(
      String nevra, List<String> known, List<String> said, Map<String, List<String>> fields) {
    Set<String> own = new HashSet<>(fields.getOrDefault("files", List.of()));
    own.addAll(fields.getOrDefault("filelist", List.of()));
    own.addAll(fields.getOrDefault("provides", List.of()));
    Set<String> expected = new HashSet<>(said);
    expected.removeIf(r -> isLibc(r) || own.contains(r) || r.startsWith("rpmlib("));
    Set<String> others = new HashSet<>(known);
    others.removeIf(MetadataAgreementIT::isLibc);
    // libsolv: what is needed before and also later is needed before.
    Stream.of(expected, others).forEach(all -> all.removeIf(r -> all.contains(BEFORE + r)));
    assertThat(others).as(nevra + " requires").isEqualTo(expected);
    List<String> libc = known.stream().filter(MetadataAgreementIT::isLibc).toList();
    assertThat(libc).hasSize(said.stream().anyMatch(MetadataAgreementIT::isLibc) ? 1 : 0);
    assertThat(said).as(nevra + " requires").containsAll(libc);
  }

  private static boolean isLibc(String requirement) {
    return requirement.startsWith("libc.so.6");
  }

  /**
   * What libsolv knows, by package and field. Only the order of a description's lines matters, and
   * which requirements come before the package.
   *
   * @param script writes into a file, whose path it has as {@code $0}
   */
  private Map<String, Map<String, List<String>>> solvables(String script, Path rpms, String name)
      throws IOException {
    Path solv = folder.resolve(name + ".solv");
    Program.of("sh", "-c", script, solv.toString()).in(rpms).run().assertOk();
    String dump = Program.of("dumpsolv", solv.toString()).run().assertOk().out();
    Map<String, Map<String, List<String>>> solvables = new TreeMap<>();
    String[] texts = dump.split("(?m)^solvable \\d+ \\(\\d+\\):\n");
    for (String text : List.of(texts).subList(1, texts.length)) {
      Map<String, List<String>> fields = new TreeMap<>();
      fields.put("requires", List.of()); // when rpm itself fulfils all of them
      for (String field : text.split("(?m)^solvable:", -1)) {
        int colon = field.indexOf(':');
        if (colon > 0) {
          List<String> lines =
              field.substring(colon + 1).strip().lines().map(String::strip).toList();
          fields.put(field.substring(0, colon), field.startsWith("desc") ? lines : set(lines));
        }
      }
      solvables.put(
          fields.get("name") + "-" + fields.get("evr") + "." + fields.get("arch"), fields);
    }
    return solvables;
  }

  private static List<String> set(List<String> lines) {
    int marker = lines.indexOf("solvable:prereqmarker");
    List<String> marked = new ArrayList<>(lines.subList(0, marker < 0 ? lines.size() : marker));
    if (marker >= 0) {
      lines.subList(marker + 1, lines.size()).forEach(line -> marked.add(BEFORE + line));
    }
    return marked.stream().distinct().sorted().toList();
  }

  private static String item(String info, String name) {
    Matcher matcher = Pattern.compile("(?m)^" + name + " *: (.*)$").matcher(info);
    assertThat(matcher.find()).as(name + " in " + info).isTrue();
    return matcher.group(1);
  }

  /** zypper writes a dash for none, one behind the colon, and more below a count. */
  private static List<String> items(String info, String relation) {
    String name = relation.substring(0, 1).toUpperCase(Locale.ROOT) + relation.substring(1);
    String first = item(info, name);
    if (first.equals("---")) {
      return List.of();
    }
    if (!first.startsWith("[")) {
      return List.of(first);
    }
    int from = info.indexOf(first, info.indexOf("\n" + name)) + first.length() + 1;
    return info.substring(from)
        .lines()
        .takeWhile(l -> l.startsWith("  "))
        .map(String::strip)
        .toList();
  }

  private static Map<String, Map<String, String>> suite(Path apt, String suite, String architecture)
      throws IOException {
    return byFile(
        Files.readString(
            apt.resolve("dists/" + suite + "/main/binary-" + architecture + "/Packages")));
  }

  private static Map<String, Map<String, String>> byFile(String packages) {
    Map<String, Map<String, String>> stanzas = new TreeMap<>();
    Collection<Map<String, String>> all = Stanzas.of(packages);
    all.forEach(stanza -> stanzas.put(stanza.get("Filename"), stanza));
    assertThat(stanzas).hasSameSizeAs(all);
    return stanzas;
  }
}
