package io.klts.repo.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.mirror.Mirror.Kind;
import io.klts.repo.mirror.MirrorReader.Patience;
import io.klts.repo.publish.TinyTree;
import io.klts.repo.source.BadServer;
import io.klts.repo.source.BadServer.Fault;
import io.klts.repo.source.HttpSource;
import io.klts.repo.source.MirrorServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Every fault of a mirror is named, and only that one. */
@Timeout(60)
class ExaminationTest {

  private static final Patience SHORT =
      new Patience(Duration.ofSeconds(2), Duration.ofSeconds(3), Duration.ofSeconds(20));

  private static final String REPOMD = "rpm/v1.28/repodata/repomd.xml";
  private static final String PACKAGE = "apt/pool/main/k/kubelet/kubelet_1.28.15-lts.2_amd64.deb";

  @TempDir private static Path folder;
  private static Path older;
  private static Path tree;
  private static Instant now;
  private static Reference reference;

  @BeforeAll
  static void publish() throws IOException {
    TinyTree tiny = new TinyTree(folder);
    tiny.publish("v1.28.15-lts.1");
    tree = tiny.root();
    older = folder.resolve("older");
    FileUtils.copyDirectory(tree.toFile(), older.toFile());
    tiny.publish("v1.28.15-lts.2");
    reference = Reference.of(tree);
    now = Instant.now();
  }

  private static Mirror mirror(String url, Kind kind, Map<String, String> paths) {
    return new Mirror(
        "here",
        kind,
        url,
        Optional.empty(),
        Optional.empty(),
        50,
        Duration.ofHours(24),
        Optional.empty(),
        paths,
        false,
        "");
  }

  private static Health look(MirrorServer server, Depth depth) {
    return look(mirror(server.url(), Kind.COPY, Map.of()), depth);
  }

  private static Health look(Mirror mirror, Depth depth) {
    return Examination.of(mirror, reference, depth, now, Duration.ofHours(24), SHORT);
  }

  private static byte[] bytes(Path root, String path) throws IOException {
    return Files.readAllBytes(root.resolve(path));
  }

  /** Exactly one problem is a fault. */
  private static Problem only(Health health) {
    List<Problem> faults = health.problems().stream().filter(Problem::fault).toList();
    assertThat(faults).as(health.problems().toString()).hasSize(1);
    assertThat(health.isHealthy()).isFalse();
    return faults.get(0);
  }

  @ParameterizedTest
  @EnumSource
  void aGoodMirrorIsGood(Depth depth) throws IOException {
    try (MirrorServer server = new MirrorServer(tree)) {
      Health health = look(server, depth);
      assertThat(health.problems()).isEmpty();
      assertThat(health.isHealthy()).isTrue();
      assertThat(health.reachable()).isTrue();
      assertThat(health.signed()).isTrue();
      assertThat(health.serial()).isEqualTo(reference.manifest().serial());
      assertThat(health.behind()).isZero();
      assertThat(health.date()).isEqualTo(reference.date()).isPresent();
      assertThat(health.latency()).isPositive();
      assertThat(health.bytesPerSecond()).isPositive();
      assertThat(health.certificateDays()).isEmpty();
    }
  }

  @Test
  void eachDepthReadsMore() throws IOException {
    try (MirrorServer server = new MirrorServer(tree)) {
      Health quick = look(server, Depth.QUICK);
      Health pushed = look(server, Depth.PUSHED);
      Health deep = look(server, Depth.DEEP);
      assertThat(quick.files()).isLessThan(pushed.files());
      assertThat(pushed.files()).isLessThan(deep.files());
      assertThat(server.asked()).containsAll(encoded(reference));
    }
  }

  private static List<String> encoded(Reference reference) {
    return reference.manifest().entries().keySet().stream()
        .map(path -> path.replace("^", "%5E"))
        .toList();
  }

  @Test
  void aTreeWhoseEndIsPastIsNamed() throws IOException {
    TinyTree ended = new TinyTree(Files.createDirectory(folder.resolve("ended")));
    ended.publish("v1.28.15-lts.1");
    ended.refresh(now.minus(Duration.ofDays(14)), 14);
    Reference same = Reference.of(ended.root());
    try (MirrorServer server = new MirrorServer(ended.root())) {
      Mirror mirror = mirror(server.url(), Kind.COPY, Map.of());
      Instant before = now.minusSeconds(1);
      assertThat(Examination.of(mirror, same, Depth.QUICK, before).problems()).isEmpty();
      Problem problem = only(Examination.of(mirror, same, Depth.QUICK, now));
      assertThat(problem.kind()).isEqualTo(Problem.Kind.STALE);
      assertThat(problem.found()).contains("ended on ");
    }
  }

  @Test
  void aMirrorThatIsBehindIsStaleWithinOrBeyondWhatIsAllowed() throws IOException {
    try (MirrorServer server = new MirrorServer(older)) {
      Health health = look(server, Depth.DEEP);
      assertThat(health.isHealthy()).isTrue();
      assertThat(health.behind()).isEqualTo(1);
      assertThat(health.serial()).isEqualTo(1);
      assertThat(health.problems()).singleElement().matches(p -> p.kind() == Problem.Kind.STALE);
      assertThat(only(look(server, Depth.PUSHED)).kind()).isEqualTo(Problem.Kind.STALE);

      Instant later = now.plus(Duration.ofHours(30));
      Mirror mirror = mirror(server.url(), Kind.COPY, Map.of());
      Health old = Examination.of(mirror, reference, Depth.QUICK, later);
      assertThat(old.lag()).isBetween(Duration.ofHours(30), Duration.ofHours(31));
      assertThat(only(old).found()).contains("serial 1, behind for 30 h of 24 h allowed");
    }
  }

  /** Without the folder of the origin, only dates tell how old a mirror is. */
  @Test
  void theOriginOverHttpIsAReferenceToo() throws IOException {
    try (MirrorServer origin = new MirrorServer(tree);
        MirrorServer server = new MirrorServer(older);
        HttpSource source = new HttpSource(origin.url())) {
      Reference remote = Reference.of(source, List.of(TinyTree.key().key()));
      assertThat(remote.manifest()).isEqualTo(reference.manifest());
      Health health =
          Examination.of(mirror(server.url(), Kind.COPY, Map.of()), remote, Depth.QUICK, now);
      assertThat(health.behind()).isEqualTo(1);
      assertThat(health.date()).isPresent();
      assertThat(health.lag())
          .isEqualTo(Duration.between(health.date().get(), remote.date().orElseThrow()));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "v1.28/repodata/repomd.xml.asc, MISSING, repomd.xml.asc, reposync",
    "v1.28/repodata/repomd.xml, MISSING, repomd.xml, copy the file",
  })
  void aMissingFileIsNamed(String path, Problem.Kind kind, String where, String remedy)
      throws IOException {
    try (MirrorServer server = new MirrorServer(tree)) {
      server.refuses("rpm/" + path, 404);
      Problem problem = only(look(server, Depth.QUICK));
      assertThat(problem.kind()).isEqualTo(kind);
      assertThat(problem.path()).endsWith(where);
      assertThat(problem.remedy()).contains(remedy);
    }
  }

  @Test
  void theKeyBesideTheIndexIsMissed() throws IOException {
    try (MirrorServer server = new MirrorServer(tree)) {
      server.refuses(REPOMD + ".key", 404);
      Problem problem = only(look(server, Depth.PUSHED));
      assertThat(problem.kind()).isEqualTo(Problem.Kind.MISSING);
      assertThat(problem.path()).isEqualTo(REPOMD + ".key");
    }
  }

  @ParameterizedTest
  @CsvSource({"500, STATUS", "403, STATUS", "429, STATUS", "503, STATUS", "304, REDIRECT"})
  void aWrongStatusIsNamed(int status, Problem.Kind kind) throws IOException {
    try (MirrorServer server = new MirrorServer(tree)) {
      server.refuses(REPOMD, status);
      Problem problem = only(look(server, Depth.QUICK));
      assertThat(problem.kind()).isEqualTo(kind);
      assertThat(problem.found()).contains("" + status);
    }
    try (MirrorServer server = new MirrorServer(tree)) {
      server.refuses("manifest", status);
      assertThat(only(look(server, Depth.QUICK)).kind()).isEqualTo(kind);
    }
  }

  @Test
  void aRedirectionIsAFaultOnlyIfOtherBytesComeFromThere() throws IOException {
    try (MirrorServer server = new MirrorServer(tree);
        MirrorServer other = new MirrorServer(tree)) {
      String host = other.url().replace("127.0.0.1", "localhost") + "/";
      server.sendsOn(REPOMD, host + REPOMD);
      Health health = look(server, Depth.QUICK);
      assertThat(health.isHealthy()).isTrue();
      assertThat(health.problems())
          .singleElement()
          .matches(p -> p.kind() == Problem.Kind.REDIRECT && p.found().contains("localhost"));
      server.sendsOn(REPOMD, host + "login");
      other.sends("login", "<html>Welcome to our network</html>".getBytes(StandardCharsets.UTF_8));
      assertThat(look(server, Depth.QUICK).problems())
          .anyMatch(p -> p.fault() && p.path().equals(REPOMD) && p.found().contains("localhost"));
    }
  }

  @Test
  void otherBytesOfTheSameLengthAreTampering() throws IOException {
    try (MirrorServer server = new MirrorServer(tree)) {
      byte[] bytes = bytes(tree, PACKAGE);
      bytes[bytes.length / 2] ^= 1;
      server.sends(PACKAGE, bytes);
      assertThat(look(server, Depth.QUICK).isHealthy()).isTrue();
      Problem problem = only(look(server, Depth.DEEP));
      assertThat(problem.kind()).isEqualTo(Problem.Kind.TAMPERED);
      assertThat(problem.path()).isEqualTo(PACKAGE);
    }
  }

  @Test
  void shorterAndLongerFilesAreNamed() throws IOException {
    byte[] bytes = bytes(tree, PACKAGE);
    try (MirrorServer server = new MirrorServer(tree)) {
      server.sends(PACKAGE, Arrays.copyOf(bytes, bytes.length - 1));
      assertThat(only(look(server, Depth.DEEP)).kind()).isEqualTo(Problem.Kind.TRUNCATED);
      server.sends(PACKAGE, Arrays.copyOf(bytes, bytes.length + 1));
      assertThat(only(look(server, Depth.DEEP)).kind()).isEqualTo(Problem.Kind.LONGER);
    }
  }

  @Test
  void filesOfTwoGenerationsAreAMixture() throws IOException {
    try (MirrorServer server = new MirrorServer(tree)) {
      server
          .sends(REPOMD, bytes(older, REPOMD))
          .sends(REPOMD + ".asc", bytes(older, REPOMD + ".asc"));
      List<Problem> problems = look(server, Depth.QUICK).problems();
      assertThat(problems).hasSize(2);
      assertThat(problems)
          .allMatch(
              p ->
                  p.kind() == Problem.Kind.MIXED
                      && p.found().equals("the file of serial 1")
                      && p.expected().endsWith("of serial 2"));
    }
  }

  @Test
  void aSignatureOfAnotherGenerationDoesNotBelongToItsFile() throws IOException {
    try (MirrorServer server = new MirrorServer(tree)) {
      server.sends(REPOMD + ".asc", bytes(older, REPOMD + ".asc"));
      List<Problem> problems = look(server, Depth.QUICK).problems();
      assertThat(problems.get(0).kind()).isEqualTo(Problem.Kind.SIGNATURE);
      assertThat(problems.get(0).path()).isEqualTo(REPOMD + ".asc");
      assertThat(problems.get(0).expected()).contains("over repomd.xml");
      assertThat(problems.get(1).kind()).isEqualTo(Problem.Kind.MIXED);
    }
  }

  @Test
  void anIndexThatSomebodyMadeAnewIsTold() throws IOException {
    String repomd = new String(bytes(tree, REPOMD), StandardCharsets.UTF_8);
    String anew =
        repomd.replaceAll("[0-9a-f]{64}", "0".repeat(63) + "7").replace("</repomd>", "\n</repomd>");
    try (MirrorServer server = new MirrorServer(tree)) {
      server.sends(REPOMD, anew.getBytes(StandardCharsets.UTF_8)).refuses(REPOMD + ".asc", 404);
      assertThat(look(server, Depth.QUICK).problems())
          .extracting(Problem::kind)
          .containsExactly(Problem.Kind.RECREATED, Problem.Kind.MISSING);
    }
  }

  @Test
  void theSignatureOfTheManifestHasToBeOverIt() throws IOException {
    try (MirrorServer server = new MirrorServer(tree)) {
      server.sends("manifest.asc", bytes(older, "manifest.asc"));
      Health health = look(server, Depth.QUICK);
      assertThat(only(health).kind()).isEqualTo(Problem.Kind.SIGNATURE);
      assertThat(health.signed()).isFalse();
    }
    try (MirrorServer server = new MirrorServer(tree)) {
      byte[] bytes = bytes(tree, "manifest");
      bytes[bytes.length - 3] ^= 1;
      server.sends("manifest", bytes);
      assertThat(only(look(server, Depth.QUICK)).kind()).isEqualTo(Problem.Kind.TAMPERED);
    }
    try (MirrorServer server = new MirrorServer(tree)) {
      server.refuses("manifest.asc", 404);
      assertThat(look(server, Depth.QUICK).problems().get(0).path()).isEqualTo("manifest.asc");
    }
  }

  @Test
  void aTreeThatIsAheadIsAnotherTree() throws IOException {
    Reference before = Reference.of(older);
    try (MirrorServer server = new MirrorServer(tree)) {
      Mirror mirror = mirror(server.url(), Kind.COPY, Map.of());
      Health health = Examination.of(mirror, before, Depth.QUICK, now);
      assertThat(only(health).kind()).isEqualTo(Problem.Kind.AHEAD);
      assertThat(only(health).found()).isEqualTo("serial 2");
    }
  }

  /** The keys of the tests were made before, so a clock that is behind shows it. */
  @Test
  void aDateInTheFutureIsNamed() throws IOException {
    try (MirrorServer server = new MirrorServer(tree)) {
      Mirror mirror = mirror(server.url(), Kind.COPY, Map.of());
      Instant early = reference.date().orElseThrow().minus(Duration.ofDays(1));
      assertThat(Examination.of(mirror, reference, Depth.QUICK, early).problems())
          .isNotEmpty()
          .allMatch(p -> p.fault() && p.kind() == Problem.Kind.FUTURE)
          .anyMatch(p -> p.path().equals("lastupdate"));
    }
  }

  @Test
  void cachesMustNotKeepWhatChanges() throws IOException {
    try (MirrorServer server = new MirrorServer(tree)) {
      server.caches(REPOMD, "public, max-age=31536000, immutable");
      assertThat(only(look(server, Depth.QUICK)).kind()).isEqualTo(Problem.Kind.CACHE);
      server.caches(REPOMD, "max-age=86400");
      assertThat(only(look(server, Depth.QUICK)).kind()).isEqualTo(Problem.Kind.CACHE);
      server.caches(REPOMD, "max-age=60");
      assertThat(look(server, Depth.QUICK).problems()).isEmpty();
      server.caches(REPOMD, "").caches(PACKAGE, "");
      Health health = look(server, Depth.DEEP);
      assertThat(health.isHealthy()).isTrue();
      assertThat(health.problems())
          .extracting(Problem::path)
          .containsExactlyInAnyOrder(REPOMD, PACKAGE);
    }
  }

  /** A second slash within the address is part of it. */
  @Test
  void aPrefixHasTheAddressOfTheOriginWithin() throws IOException {
    try (MirrorServer server = new MirrorServer(tree, "/https://packages.example.org/gold")) {
      Health health = look(mirror(server.url(), Kind.PREFIX, Map.of()), Depth.DEEP);
      assertThat(health.problems()).isEmpty();
      assertThat(health.serial()).isEqualTo(2);
    }
  }

  @Test
  void aTreeThatIsLaidOutAnewIsJudgedByOurDigests() throws IOException {
    Map<String, String> paths = Map.of("rpm", "core/stable/rpm", "apt", "core/stable/deb");
    for (Path root : List.of(tree, older)) {
      Path copy = Files.createTempDirectory(folder, "anew");
      Files.createDirectories(copy.resolve("core/stable"));
      FileUtils.copyDirectory(
          root.resolve("rpm").toFile(), copy.resolve("core/stable/rpm").toFile());
      FileUtils.copyDirectory(
          root.resolve("apt").toFile(), copy.resolve("core/stable/deb").toFile());
      try (MirrorServer server = new MirrorServer(copy)) {
        Mirror mirror = mirror(server.url(), Kind.COPY, paths);
        Health health = look(mirror, Depth.DEEP);
        assertThat(health.isHealthy()).isTrue();
        assertThat(health.serial()).isEqualTo(root.equals(tree) ? 2 : 1);
        server.sends("core/stable/rpm/v1.28/repodata/repomd.xml", new byte[] {1});
        assertThat(look(mirror, Depth.QUICK).problems())
            .anyMatch(p -> p.fault() && p.path().equals(REPOMD));
      }
    }
  }

  @Test
  void aCopyWithoutManifestLacksIt() throws IOException {
    try (MirrorServer server = new MirrorServer(tree)) {
      server.refuses("manifest", 404);
      Problem problem = only(look(server, Depth.QUICK));
      assertThat(problem.path()).isEqualTo("manifest");
      assertThat(problem.remedy()).contains("reposync");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SILENT, SLOW",
    "STALLS, SLOW",
    "DRIPS, SLOW",
    "ENDLESS, LONGER",
    "ENDLESS_HEADER, UNREACHABLE",
    "ENDS_EARLY, TRUNCATED",
    "SAYS_LESS, TRUNCATED",
    "SAYS_MORE, TRUNCATED",
    "SAYS_NONSENSE, UNREACHABLE",
    "REDIRECTS_IN_A_LOOP, REDIRECT",
    "REDIRECTS_NOWHERE, UNREACHABLE",
    "REDIRECTS_WITHOUT_A_WORD, UNREACHABLE",
    "NO_HTTP, UNREACHABLE",
    "FAILS, STATUS"
  })
  void whateverAServerDoesItIsNamedAndItEnds(Fault fault, Problem.Kind kind) throws IOException {
    try (BadServer server = new BadServer(tree, PACKAGE, fault)) {
      String url = server.url().replaceFirst("/$", "");
      Problem problem = only(look(mirror(url, Kind.COPY, Map.of()), Depth.DEEP));
      assertThat(problem.kind()).as(problem.toString()).isEqualTo(kind);
      assertThat(problem.path()).isEqualTo(PACKAGE);
      assertThat(server.sent()).isLessThan(32 << 20);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"SILENT", "ENDLESS", "STALLS", "NO_HTTP", "FAILS", "ENDLESS_HEADER"})
  void aBadManifestIsTheOnlyThingThatIsSaid(Fault fault) throws IOException {
    try (BadServer server = new BadServer(tree, "manifest", fault)) {
      String url = server.url().replaceFirst("/$", "");
      Health health = look(mirror(url, Kind.COPY, Map.of()), Depth.QUICK);
      assertThat(only(health).kind())
          .isIn(
              Problem.Kind.SLOW,
              Problem.Kind.LONGER,
              Problem.Kind.UNREACHABLE,
              Problem.Kind.STATUS);
      assertThat(health.serial()).isZero();
    }
  }

  @Test
  void oneDeadMirrorHoldsNobodyUp() throws IOException {
    try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        MirrorServer server = new MirrorServer(tree)) {
      int port;
      try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        port = gone.getLocalPort();
      }
      List<Mirror> mirrors =
          List.of(
              mirror("http://127.0.0.1:" + port, Kind.COPY, Map.of()),
              mirror(server.url(), Kind.COPY, Map.of()),
              mirror("http://127.0.0.1:" + deaf.getLocalPort(), Kind.COPY, Map.of()));
      long begin = System.nanoTime();
      List<Health> all =
          Examination.all(mirrors, reference, Depth.QUICK, now, Optional.of(Duration.ofHours(1)));
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(25));
      assertThat(only(all.get(0)).kind()).isEqualTo(Problem.Kind.UNREACHABLE);
      assertThat(all.get(1).isHealthy()).isTrue();
      assertThat(only(all.get(2)).kind()).isEqualTo(Problem.Kind.SLOW);
      assertThat(all.get(0).reachable()).isFalse();
    }
  }

  @Test
  void aTreeThatNobodySignedIsComparedWithOurOwn() throws IOException {
    Reference unsigned =
        new Reference(reference.manifest(), List.of(), reference.date(), reference.earlier());
    try (MirrorServer server = new MirrorServer(tree);
        MirrorServer behind = new MirrorServer(older)) {
      Mirror mirror = mirror(server.url(), Kind.COPY, Map.of());
      Health health = Examination.of(mirror, unsigned, Depth.DEEP, now);
      assertThat(health.isHealthy()).isTrue();
      assertThat(health.signed()).isFalse();
      Health stale =
          Examination.of(mirror(behind.url(), Kind.COPY, Map.of()), unsigned, Depth.QUICK, now);
      assertThat(stale.serial()).isEqualTo(1);
      byte[] bytes = bytes(tree, "manifest");
      bytes[bytes.length - 3] ^= 1;
      server.sends("manifest", bytes);
      assertThat(only(Examination.of(mirror, unsigned, Depth.DEEP, now)).kind())
          .isEqualTo(Problem.Kind.TAMPERED);
    }
  }

  @Test
  void whenTheTimeIsOverNoMoreIsAskedFor() throws IOException {
    try (MirrorServer server = new MirrorServer(tree)) {
      Patience none = new Patience(SHORT.answer(), SHORT.body(), Duration.ZERO);
      Mirror mirror = mirror(server.url(), Kind.COPY, Map.of());
      Health health =
          Examination.of(mirror, reference, Depth.QUICK, now, Duration.ofHours(1), none);
      assertThat(only(health).kind()).isEqualTo(Problem.Kind.SLOW);
      assertThat(only(health).found()).startsWith("gave up, and did not look at ");
    }
  }
}
