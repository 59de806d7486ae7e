package io.klts.repo.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.acceptance.HostileServer.Fault;
import io.klts.repo.blob.Blob;
import io.klts.repo.blob.Sha256;
import io.klts.repo.signature.Armor;
import io.klts.repo.signature.SecretKey;
import io.klts.repo.signature.Signer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.io.function.IOConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Attacks on clients by whoever is between them and the publisher: what docs/security.md says in
 * its table that each client does, it does. The names of the attacks are those of The Update
 * Framework.
 */
class AttacksIT {

  private static final String OLDER = "v1.28.15-lts.1";
  private static final String NEWER = "v1.28.15-lts.2";
  private static final String RPM = "rpm/v1.28/";
  private static final String REPOMD = RPM + "repodata/repomd.xml";
  private static final String APT = "apt/dists/v1.28/";

  /** A row of the table: attack, then what apt, dnf, zypper and pull do. */
  private static final Pattern ROW =
      Pattern.compile("\\| `([a-z -]+)` \\| ([^|]+) \\| ([^|]+) \\| ([^|]+) \\| ([^|]+) \\|.*");

  /** A client that is still at it then has no defence of its own. */
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  /** More than all files of the tree together have. */
  private static final long MUCH = 64 << 20;

  private static final Path RETIRED =
      Path.of("src/test/resources/keys/passphrase.asc").toAbsolutePath();

  private static Sandbox box;
  private static HostileServer server;
  private static Path older;
  private static Path newer;
  private static Signer key;
  private static Signer retired;
  private static final List<Client> CLIENTS = new ArrayList<>();

  /** A machine, or a mirror, that has the newer tree and comes again. */
  private interface Client extends AutoCloseable {

    /** As if it came for the first time, but for what it remembers of the last good state. */
    void reset() throws IOException;

    /** Reads the tree again, and takes what is new. */
    Outcome use() throws IOException;

    /** What it has of kubectl, or would install: {@code lts.2}; empty for nothing. */
    String has() throws IOException;

    @Override
    void close() throws IOException;
  }

  @BeforeAll
  static void publish() throws IOException {
    box = new Sandbox();
    Lab.remove(box.binaries.resolve("arm64"));
    key = SecretKey.load(Product.KEY, new char[0], Instant.now());
    retired = SecretKey.load(RETIRED, "correct horse".toCharArray(), Instant.now());
    server = new HostileServer(box.tree);
    publish(OLDER);
    older = keep("older");
    publish(NEWER);
    newer = keep("newer");
    server.serve(newer);
    CLIENTS.add(new Apt());
    CLIENTS.add(new Dnf());
    CLIENTS.add(new Zypper());
    CLIENTS.add(new Pull());
    // What is refused later is not refused for another reason.
    for (Client client : CLIENTS) {
      client.use().assertOk();
      assertThat(client.has()).as(client.toString()).isEqualTo("lts.2");
    }
  }

  private static void publish(String release) throws IOException {
    box.program(
            "publish",
            release,
            "--binaries=" + box.binaries,
            "--tree=" + box.tree,
            "--base-url=" + server.url())
        .run()
        .assertOk();
  }

  private static Path keep(String name) throws IOException {
    Path copy = box.folder.resolve(name);
    Program.of("cp", "-a", box.tree.toString(), copy.toString()).run().assertOk();
    return copy;
  }

  @AfterAll
  static void close() throws IOException {
    server.close();
    for (Client client : CLIENTS) {
      client.close();
    }
    box.close();
  }

  @TestFactory
  Stream<DynamicTest> eachClientDoesWhatTheTableSays() throws IOException {
    Map<String, IOConsumer<Map<String, String>>> attacks = attacks();
    List<Matcher> rows =
        Files.readAllLines(Path.of("docs/security.md")).stream()
            .map(ROW::matcher)
            .filter(Matcher::matches)
            .toList();
    assertThat(rows.stream().map(row -> row.group(1)).toList())
        .containsExactlyElementsOf(attacks.keySet());
    return rows.stream()
        .map(
            row ->
                DynamicTest.dynamicTest(
                    row.group(1),
                    () -> {
                      Map<String, String> seen = new LinkedHashMap<>();
                      attacks.get(row.group(1)).accept(seen);
                      assertThat(seen.values())
                          .as(row.group(1) + " " + seen.keySet())
                          .containsExactly(
                              row.group(2).strip(),
                              row.group(3).strip(),
                              row.group(4).strip(),
                              row.group(5).strip());
                    }));
  }

  private static Map<String, IOConsumer<Map<String, String>>> attacks() {
    Map<String, IOConsumer<Map<String, String>>> attacks = new LinkedHashMap<>();
    attacks.put("arbitrary package", seen -> attack(seen, AttacksIT::arbitraryPackage));
    attacks.put("wrong software", seen -> attack(seen, AttacksIT::wrongSoftware));
    attacks.put("extraneous dependency", seen -> attack(seen, AttacksIT::extraneousDependency));
    attacks.put("mix-and-match", seen -> attack(seen, AttacksIT::mixAndMatch));
    attacks.put("rollback", AttacksIT::rollback);
    attacks.put("freeze", AttacksIT::freeze);
    attacks.put("fast-forward", AttacksIT::fastForward);
    attacks.put("endless data", AttacksIT::endlessData);
    attacks.put("slow retrieval", AttacksIT::slowRetrieval);
    attacks.put("key compromise after rotation", seen -> attack(seen, AttacksIT::signedByRetired));
    return attacks;
  }

  /** Clients without anything but the key come to a tree that somebody changed. */
  private static void attack(Map<String, String> seen, IOConsumer<Path> change) throws IOException {
    Path bad = variant(newer);
    change.accept(bad);
    forEach(
        seen,
        client -> {
          client.reset();
          server.serve(bad);
          Outcome outcome = client.use();
          if (outcome.exit() == 0 && !client.has().isEmpty()) {
            return "takes it";
          }
          assertThat(client.has()).as(outcome.output()).isEmpty();
          assertThat(outcome.exit()).as(outcome.output()).isNotZero();
          return "refuses";
        });
  }

  private static void rollback(Map<String, String> seen) throws IOException {
    forEach(
        seen,
        client -> {
          client.reset();
          server.serve(newer);
          client.use().assertOk();
          assertThat(client.has()).isEqualTo("lts.2");
          server.serve(older);
          Outcome outcome = client.use();
          if (outcome.exit() != 0) {
            return "refuses";
          }
          return client.has().equals("lts.2") ? "keeps the newer" : "takes it";
        });
  }

  private static void freeze(Map<String, String> seen) throws IOException {
    Path old = variant(newer);
    Product.signing("refresh", "--tree=" + old, "--base-url=" + server.url()).run().assertOk();
    Duration age = Duration.ofDays(-60);
    moveDates(old, age.toSeconds());
    moveEnd(old, age);
    manifest(old, Optional.empty());
    forEach(
        seen,
        client -> {
          client.reset();
          server.serve(old);
          Outcome outcome = client.use();
          if (outcome.exit() != 0) {
            return "refuses";
          }
          return outcome.output().contains("outdated") ? "warns" : "takes it";
        });
  }

  private static void fastForward(Map<String, String> seen) throws IOException {
    Path ahead = variant(newer);
    moveDates(ahead, Duration.ofDays(3650).toSeconds());
    manifest(ahead, Optional.of(999999));
    forEach(
        seen,
        client -> {
          client.reset();
          server.serve(ahead);
          client.use();
          server.serve(newer);
          return client.use().exit() == 0 && client.has().equals("lts.2")
              ? "recovers"
              : "needs a hand";
        });
  }

  private static void endlessData(Map<String, String> seen) throws IOException {
    for (Client client : CLIENTS) {
      begin(List.of(client), Fault.ENDLESS);
      long before = server.endless();
      seen.putAll(withinPatience(List.of(client), () -> server.endless() - before > MUCH));
    }
  }

  private static void slowRetrieval(Map<String, String> seen) throws IOException {
    begin(CLIENTS, Fault.DRIPS);
    seen.putAll(withinPatience(CLIENTS, () -> false));
  }

  private static void begin(List<Client> clients, Fault fault) throws IOException {
    for (Client client : clients) {
      client.reset();
    }
    server.serve(newer);
    for (String path : List.of(APT + "InRelease", APT + "Release", REPOMD, "manifest")) {
      server.spoil(path, fault);
    }
  }

  /** Which clients end by themselves, and soon; then they must not have taken anything. */
  private static Map<String, String> withinPatience(List<Client> clients, BooleanSupplier tooMuch)
      throws IOException {
    Map<Client, Future<Outcome>> runs = new LinkedHashMap<>();
    Map<String, String> verdicts = new LinkedHashMap<>();
    ExecutorService threads = Executors.newFixedThreadPool(clients.size());
    try {
      clients.forEach(client -> runs.put(client, threads.submit(client::use)));
      long limit = System.nanoTime() + PATIENCE.toNanos();
      while (runs.values().stream().anyMatch(run -> !run.isDone())
          && System.nanoTime() < limit
          && !tooMuch.getAsBoolean()) {
        Lab.pause();
      }
      List<Client> ended = clients.stream().filter(client -> runs.get(client).isDone()).toList();
      server.serve(newer);
      server.cut();
      for (Client client : clients) {
        Outcome outcome = runs.get(client).get();
        if (ended.contains(client)) {
          assertThat(outcome.exit()).as(outcome.output()).isNotZero();
        }
        verdicts.put(client.toString(), ended.contains(client) ? "gives up" : "goes on");
      }
      return verdicts;
    } catch (InterruptedException | ExecutionException e) {
      throw new IOException("a client's run", e);
    } finally {
      threads.shutdownNow();
    }
  }

  private static void forEach(Map<String, String> seen, IOVerdict verdict) throws IOException {
    for (Client client : CLIENTS) {
      seen.put(client.toString(), verdict.of(client));
    }
  }

  /** What a client does. */
  private interface IOVerdict {
    String of(Client client) throws IOException;
  }

  private static Path variant(Path tree) throws IOException {
    Path copy = Files.createTempDirectory(box.folder, "variant-");
    Program.of("cp", "-a", tree + "/.", copy.toString()).run().assertOk();
    return copy;
  }

  private static Path only(Path folder, String glob) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, glob)) {
      return files.iterator().next();
    }
  }

  private static Path rpm(Path tree, String name) throws IOException {
    return only(tree.resolve(RPM + "x86_64"), name + "-*lts.2-*.rpm");
  }

  private static Path deb(Path tree, String name) throws IOException {
    return only(tree.resolve("apt/pool/main/k/" + name), "*lts.2_*.deb");
  }

  /** The list of packages that clients read now: those of earlier generations lie beside it. */
  private static Path primary(Path tree) throws IOException {
    String repomd = Files.readString(tree.resolve(REPOMD));
    Matcher name = Pattern.compile("repodata/[0-9a-f]{64}-primary.xml.gz").matcher(repomd);
    assertThat(name.find()).isTrue();
    return tree.resolve(RPM + name.group());
  }

  /** A package of the attacker in the place of ours. */
  private static void arbitraryPackage(Path tree) throws IOException {
    Path evil = Files.createTempDirectory(box.folder, "evil-");
    Path rpm =
        RpmBuild.build(
            """
            Name: kubectl
            Version: 1.28.15.lts.2
            Release: 1
            Summary: Not what it says
            License: none
            %description
            Not what it says.
            %files
            """,
            evil);
    Path deb =
        DebBuild.build(
            """
            Package: kubectl
            Version: 1.28.15-lts.2
            Architecture: amd64
            Maintainer: nobody <nobody@example.org>
            Description: not what it says
            """,
            Map.of("usr/bin/kubectl", "#!/bin/sh\n"),
            evil);
    replace(rpm(tree, "kubectl"), Files.readAllBytes(rpm));
    replace(deb(tree, "kubectl"), Files.readAllBytes(deb));
  }

  /** Another package of ours, rightly signed. */
  private static void wrongSoftware(Path tree) throws IOException {
    replace(rpm(tree, "kubectl"), Files.readAllBytes(rpm(tree, "kubeadm")));
    replace(deb(tree, "kubectl"), Files.readAllBytes(deb(tree, "kubeadm")));
  }

  /** The indexes say that kubectl needs something else, and fit together but for the signature. */
  private static void extraneousDependency(Path tree) throws IOException {
    Path primary = primary(tree);
    String xml = unzip(Files.readAllBytes(primary));
    byte[] more =
        zip(
            xml.replace(
                "<rpm:provides>",
                "<rpm:requires><rpm:entry name=\"evil\"/></rpm:requires><rpm:provides>"));
    replace(primary, more);
    Path repomd = tree.resolve(REPOMD);
    String before = primary.getFileName().toString().substring(0, 64);
    replace(
        repomd,
        Files.readString(repomd)
            .replace(">" + before, ">" + Sha256.of(more).hex())
            .getBytes(UTF_8));
    Path packages = tree.resolve(APT + "main/binary-amd64/Packages.xz");
    String digest = Sha256.of(packages).hex();
    Path inRelease = tree.resolve(APT + "InRelease");
    String evil = Sha256.of("Package: kubectl\nDepends: evil\n".getBytes(UTF_8)).hex();
    replace(inRelease, Files.readString(inRelease).replace(digest, evil).getBytes(UTF_8));
  }

  /** Indexes of the older state under the names of the newer one. */
  private static void mixAndMatch(Path tree) throws IOException {
    replace(primary(tree), Files.readAllBytes(primary(older)));
    for (String form : List.of("", ".gz", ".xz")) {
      Path packages = tree.resolve(APT + "main/binary-amd64/Packages" + form);
      byte[] old = Files.readAllBytes(older.resolve(APT + "main/binary-amd64/Packages" + form));
      Path byHash = packages.resolveSibling("by-hash/SHA256/" + Sha256.of(packages).hex());
      replace(byHash, old);
      replace(packages, old);
    }
  }

  /** The tree as it is, signed by a key that machines do not hold any more. */
  private static void signedByRetired(Path tree) throws IOException {
    detached(tree.resolve(REPOMD), ".asc", retired);
    detached(tree.resolve(APT + "Release"), ".gpg", retired);
    clearsigned(tree, retired);
    detached(tree.resolve("manifest"), ".asc", retired);
  }

  /** Moves the dates of the indexes, and signs them again with the right key. */
  private static void moveDates(Path tree, long seconds) throws IOException {
    Path repomd = tree.resolve(REPOMD);
    Matcher times = Pattern.compile("<timestamp>(\\d+)").matcher(Files.readString(repomd));
    replace(
        repomd,
        times
            .replaceAll(m -> "<timestamp>" + (Long.parseLong(m.group(1)) + seconds))
            .getBytes(UTF_8));
    detached(repomd, ".asc", key);
    Path release = tree.resolve(APT + "Release");
    Matcher dates = Pattern.compile("(Date|Valid-Until): (.*)").matcher(Files.readString(release));
    DateTimeFormatter form = DateTimeFormatter.RFC_1123_DATE_TIME;
    replace(
        release,
        dates
            .replaceAll(
                m ->
                    m.group(1)
                        + ": "
                        + form.format(
                                ZonedDateTime.parse(m.group(2).replace("UTC", "GMT"), form)
                                    .plusSeconds(seconds)
                                    .withZoneSameInstant(ZoneOffset.UTC))
                            .replace("GMT", "UTC"))
            .getBytes(UTF_8));
    detached(release, ".gpg", key);
    clearsigned(tree, key);
  }

  /** Moves the end in the manifest, which has to be signed again then. */
  private static void moveEnd(Path tree, Duration by) throws IOException {
    Path manifest = tree.resolve("manifest");
    Matcher end = Pattern.compile("(?m)^valid-until (.*)$").matcher(Files.readString(manifest));
    assertThat(end.find()).isTrue();
    Instant moved = Instant.parse(end.group(1)).plus(by);
    replace(manifest, end.replaceFirst("valid-until " + moved).getBytes(UTF_8));
  }

  /** Lets the manifest say what the files with moved dates are now, and signs it. */
  private static void manifest(Path tree, Optional<Integer> serial) throws IOException {
    Path manifest = tree.resolve("manifest");
    String text = Files.readString(manifest);
    for (String path :
        List.of(REPOMD, REPOMD + ".asc", APT + "Release", APT + "Release.gpg", APT + "InRelease")) {
      Path file = tree.resolve(path);
      Matcher line =
          Pattern.compile("(?m)^\\S+ \\d+ (ROOT " + Pattern.quote(path) + ")$").matcher(text);
      assertThat(line.find()).as(path).isTrue();
      text = line.replaceFirst(Sha256.of(file).hex() + " " + Files.size(file) + " $1");
    }
    if (serial.isPresent()) {
      text = text.replaceFirst("serial \\d+", "serial " + serial.get());
    }
    replace(manifest, text.getBytes(UTF_8));
    detached(manifest, ".asc", key);
  }

  private static void detached(Path file, String suffix, Signer signer) throws IOException {
    byte[] signature = signer.detached(Blob.of(file), Instant.now());
    replace(file.resolveSibling(file.getFileName() + suffix), Armor.encode(signature));
  }

  private static void clearsigned(Path tree, Signer signer) throws IOException {
    byte[] text = Files.readAllBytes(tree.resolve(APT + "Release"));
    replace(tree.resolve(APT + "InRelease"), signer.clearsigned(text, Instant.now()));
  }

  /** In a new file: copies of a tree share theirs. */
  private static void replace(Path file, byte[] bytes) throws IOException {
    Files.delete(file);
    Files.write(file, bytes);
  }

  private static String unzip(byte[] bytes) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  private static byte[] zip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }

  private static String lts(String version) {
    Matcher m = Pattern.compile("lts\\.\\d+").matcher(version);
    return m.find() ? m.group() : "";
  }

  private static final class Apt implements Client {
    private final AptRoot root = new AptRoot();

    Apt() throws IOException {
      root.copyIn(newer.resolve("keys/klts.gpg"), "/usr/share/keyrings/klts-archive-keyring.gpg");
      root.addSource("klts.sources", Files.readString(newer.resolve("apt/v1.28.sources")));
    }

    @Override
    public void reset() throws IOException {
      root.forgetIndexes();
      root.apt("clean").assertOk();
      if (root.has("kubectl")) {
        root.apt("purge", "kubectl").assertOk();
      }
    }

    @Override
    public Outcome use() throws IOException {
      Outcome update = root.apt("update");
      return update.exit() == 0 ? root.apt("install", "--allow-downgrades", "kubectl") : update;
    }

    @Override
    public String has() throws IOException {
      return root.has("kubectl") ? lts(root.installed("kubectl")) : "";
    }

    @Override
    public void close() throws IOException {
      root.close();
    }

    @Override
    public String toString() {
      return "apt";
    }
  }

  /** What dnf and zypper have in common: the key comes from the machine's own disk. */
  private abstract static class Rpm implements Client {
    final RpmRoot root;

    Rpm(RpmRoot root) throws IOException {
      this.root = root;
      root.rpm("--import", newer.resolve("keys/klts.asc").toString()).assertOk();
    }

    static String definition(String path) throws IOException {
      return Files.readString(newer.resolve(path))
          .replaceAll("gpgkey=.*", "gpgkey=file://" + newer.resolve("keys/klts.asc"));
    }

    void remove() throws IOException {
      if (root.has("kubectl")) {
        root.rpm("-e", "kubectl").assertOk();
      }
    }

    @Override
    public String has() throws IOException {
      return root.has("kubectl") ? lts(root.installed("kubectl")) : "";
    }

    @Override
    public void close() throws IOException {
      root.close();
    }
  }

  private static final class Dnf extends Rpm {
    private final DnfRoot dnf;

    Dnf() throws IOException {
      this(new DnfRoot());
    }

    private Dnf(DnfRoot root) throws IOException {
      super(root);
      this.dnf = root;
      root.addRepo("klts.repo", definition(RPM + "klts.repo"));
    }

    @Override
    public void reset() throws IOException {
      Lab.remove(root.path("/var/cache/dnf"));
      remove();
    }

    @Override
    public Outcome use() throws IOException {
      Outcome read = dnf.dnf("makecache", "--refresh");
      if (read.exit() != 0) {
        return read;
      }
      remove();
      return dnf.dnf("install", "kubectl");
    }

    @Override
    public String toString() {
      return "dnf";
    }
  }

  private static final class Zypper extends Rpm {
    private final ZypperRoot zypper;

    Zypper() throws IOException {
      this(new ZypperRoot());
    }

    private Zypper(ZypperRoot root) throws IOException {
      super(root);
      this.zypper = root;
      root.addRepo("klts.repo", definition(RPM + "klts-zypper.repo"));
    }

    @Override
    public void reset() throws IOException {
      Lab.remove(root.path("/var/cache/zypp"));
      remove();
    }

    @Override
    public Outcome use() throws IOException {
      Outcome read = zypper.zypper("refresh", "--force");
      if (read.exit() != 0) {
        return read;
      }
      remove();
      Outcome install = zypper.zypper("--no-refresh", "install", "kubectl");
      return new Outcome(
          install.command(),
          install.exit(),
          read.out() + install.out(),
          read.err() + install.err());
    }

    @Override
    public String toString() {
      return "zypper";
    }
  }

  private static final class Pull implements Client {
    private final Path folder = box.folder.resolve("pulled");

    @Override
    public void reset() throws IOException {
      Lab.remove(folder);
    }

    @Override
    public Outcome use() throws IOException {
      return Product.unsigned(
              "mirror",
              "pull",
              "--from=" + server.url(),
              "--key=" + newer.resolve("keys/klts.asc"),
              folder.toString())
          .run();
    }

    /** What a client of this mirror would install. */
    @Override
    public String has() throws IOException {
      Path packages = folder.resolve(APT + "main/binary-amd64/Packages");
      if (!Files.exists(packages)) {
        return "";
      }
      return Files.readString(packages).contains("lts.2") ? "lts.2" : "lts.1";
    }

    @Override
    public void close() {
      // Only files.
    }

    @Override
    public String toString() {
      return "pull";
    }
  }
}
