package io.klts.repo.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.klts.repo.acceptance.Meddler.Fault;
import io.klts.repo.blob.Blob;
import io.klts.repo.blob.Sha256;
import io.klts.repo.publish.TinyTree;
import io.klts.repo.store.Limits;
import io.klts.repo.store.Store;
import io.klts.repo.store.Stores;
import io.klts.repo.store.Target;
import io.klts.repo.tree.Manifest;
import io.klts.repo.tree.Stage;
import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketCannedACL;
import software.amazon.awssdk.services.s3.model.ObjectCannedACL;

/** What arrives at servers of the S3 protocol, good, bad and old ones. */
class S3StoreIT {

  private static final Limits LIMITS = new Limits(4, 3, 0);
  private static final Meddler.Plan NO_FAULT = request -> new Fault.None();

  private static S3Server server;

  private final List<AutoCloseable> opened = new ArrayList<>();

  @BeforeAll
  static void start() throws IOException {
    server = S3Server.start();
  }

  @AfterAll
  static void end() throws IOException {
    server.close();
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable one : opened) {
      one.close();
    }
  }

  private Store store(Target target, Limits limits) throws IOException {
    Store store = Stores.open(target, limits, server.environment());
    opened.add(store);
    return store;
  }

  private Store store() throws IOException {
    return store(server.target(), LIMITS);
  }

  private Meddler meddler(Meddler.Plan plan) throws IOException {
    Meddler meddler = new Meddler(server.endpoint(), plan);
    opened.add(meddler);
    return meddler;
  }

  private Store through(Meddler meddler) throws IOException {
    return store(S3Server.target(meddler.uri(), S3Server.BUCKET), LIMITS);
  }

  /** A file of bytes that depend on its name and size alone. */
  private static TreeFile file(String path, int size) {
    byte[] bytes = new byte[size];
    new Random(path.hashCode()).nextBytes(bytes);
    return TreeFile.of(path, Stage.PAYLOAD, bytes);
  }

  private static void put(Store store, TreeFile... files) throws IOException {
    store.put(List.of(files), file -> {});
  }

  private static void assertThere(Store store, TreeFile file) throws IOException {
    assertThat(store.read(file.path(), (int) file.content().size()))
        .as(file.path())
        .hasValueSatisfying(bytes -> assertThat(Sha256.of(bytes)).isEqualTo(file.sha256()));
    assertThat(store.size(file.path())).hasValue(file.content().size());
  }

  /** Whether the bytes that a store gives back are those of a file. */
  private static boolean isRight(Store store, TreeFile file) throws IOException {
    Optional<byte[]> bytes = store.read(file.path(), 1 << 20);
    return bytes.isPresent() && Sha256.of(bytes.get()).equals(file.sha256());
  }

  private static HttpResponse<byte[]> get(URI uri) throws IOException {
    try {
      return HttpClient.newHttpClient()
          .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  @Test
  void everyFileArrivesAsItIsAndIsReportedOnce() throws IOException {
    List<TreeFile> files =
        List.of(
            file("rpm/kubelet-1.28.15~rc1^git1-1.x86_64.rpm", 3_000_000),
            file("apt/pool/kubelet_1.28.15-lts.2~deb1_amd64.deb", 70_000),
            file("rpm/repodata/repomd.xml", 1),
            file("empty", 0),
            file("a/b_c", 100));
    Set<String> done = new ConcurrentSkipListSet<>();
    AtomicInteger calls = new AtomicInteger();
    Store store = store();
    store.put(
        files,
        file -> {
          done.add(file.path());
          calls.incrementAndGet();
        });
    assertThat(done)
        .containsExactlyInAnyOrderElementsOf(files.stream().map(TreeFile::path).toList());
    assertThat(calls).hasValue(files.size());
    for (TreeFile file : files) {
      assertThere(store, file);
    }
    put(store, file("empty", 9));
    assertThere(store, file("empty", 9));
  }

  @Test
  void readersGetCacheRuleMediaTypeAndDigest() throws IOException {
    TreeFile rpm = file("rpm/kubelet-1.28.15-1.x86_64.rpm", 1000);
    TreeFile index = file("apt/dists/stable/InRelease", 500);
    Store store = store();
    put(store, rpm, index);
    try (S3Client owner = owner(server)) {
      owner.putBucketAcl(b -> b.bucket(S3Server.BUCKET).acl(BucketCannedACL.PUBLIC_READ));
      for (TreeFile file : List.of(rpm, index)) {
        owner.putObjectAcl(
            o ->
                o.bucket(S3Server.BUCKET)
                    .key("tree/" + file.path())
                    .acl(ObjectCannedACL.PUBLIC_READ));
      }
    }
    HttpResponse<byte[]> package1 = get(URI.create(server.endpoint() + "/klts/tree/" + rpm.path()));
    assertThat(package1.statusCode()).isEqualTo(200);
    assertThat(Sha256.of(package1.body())).isEqualTo(rpm.sha256());
    assertThat(package1.headers().map())
        .containsEntry("cache-control", List.of("public, max-age=31536000, immutable"))
        .containsEntry("x-amz-meta-sha256", List.of(rpm.sha256().hex()))
        .containsEntry("content-type", List.of("application/x-rpm"));
    HttpResponse<byte[]> root = get(URI.create(server.endpoint() + "/klts/tree/" + index.path()));
    assertThat(root.headers().map())
        .containsEntry("cache-control", List.of("no-cache"))
        .containsEntry("content-type", List.of("application/octet-stream"));
  }

  private static S3Client owner(S3Server of) {
    Map<String, String> who = of.environment();
    return S3Client.builder()
        .endpointOverride(of.endpoint())
        .region(Region.US_EAST_1)
        .forcePathStyle(true)
        .credentialsProvider(
            StaticCredentialsProvider.create(
                AwsBasicCredentials.create(
                    who.get(S3Server.CREDENTIALS + "_USER"),
                    who.get(S3Server.CREDENTIALS + "_SECRET"))))
        .build();
  }

  @Test
  void whatIsNotThereIsEmptyAndWhatIsTooLongIsRefused() throws IOException {
    Store store = store();
    assertThat(store.read("nowhere", 100)).isEmpty();
    assertThat(store.size("nowhere")).isEmpty();
    put(store, file("long", 200_000));
    assertThatThrownBy(() -> store.read("long", 199_999))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("long in s3://klts/tree")
        .hasMessageContaining("199999 bytes");
    assertThere(store, file("long", 200_000));
  }

  @Test
  void aWrongSecretIsToldAtOnceAndNeverShown() throws IOException {
    Meddler meddler = meddler(NO_FAULT);
    Map<String, String> wrong =
        Map.of("KLTS_TEST_USER", "klts-writer", "KLTS_TEST_SECRET", "the-wrong-secret");
    try (Store store =
        Stores.open(S3Server.target(meddler.uri(), S3Server.BUCKET), LIMITS, wrong)) {
      assertThatThrownBy(() -> store.read("manifest", 100))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot read manifest in s3://klts/tree")
          .hasMessageContaining("403 SignatureDoesNotMatch")
          .hasMessageContaining("check the access key")
          .satisfies(e -> assertThat(traceOf(e)).doesNotContain("the-wrong-secret"));
      assertThatThrownBy(() -> put(store, file("big.rpm", 3_000_000)))
          .hasMessageContaining("cannot write big.rpm")
          .hasMessageContaining("403")
          .satisfies(e -> assertThat(traceOf(e)).doesNotContain("the-wrong-secret"));
    }
    assertThat(meddler.requests()).hasSize(2);
  }

  private static String traceOf(Throwable e) {
    StringWriter text = new StringWriter();
    e.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  @Test
  void aBucketThatIsMissingIsToldAtOnce() throws IOException {
    Meddler meddler = meddler(NO_FAULT);
    Store store = store(S3Server.target(meddler.uri(), "not-there"), LIMITS);
    assertThatThrownBy(() -> put(store, file("manifest", 10)))
        .hasMessageContaining("cannot write manifest in s3://not-there/tree")
        .hasMessageContaining("404 NoSuchBucket")
        .hasMessageContaining("make the bucket");
    assertThatThrownBy(() -> store.read("manifest", 10)).hasMessageContaining("404 NoSuchBucket");
    assertThat(meddler.requests()).hasSize(2);
  }

  @Test
  void anotherEndpointIsNotFollowed() throws IOException {
    Meddler meddler =
        meddler(
            request ->
                new Fault.Answer(
                    301, "<Error><Code>PermanentRedirect</Code><Message>there</Message></Error>"));
    Store store = through(meddler);
    assertThatThrownBy(() -> put(store, file("manifest", 10)))
        .hasMessageContaining("301 PermanentRedirect there")
        .hasMessageContaining("correct \"endpoint\"");
    assertThat(meddler.requests()).hasSize(1);
  }

  @Test
  void aServerThatStumblesIsTriedAgain() throws IOException {
    AtomicInteger count = new AtomicInteger();
    Meddler meddler =
        meddler(
            request ->
                switch (count.incrementAndGet()) {
                  case 1 -> new Fault.Answer(500, "");
                  case 2 -> new Fault.Answer(503, "<Error><Code>SlowDown</Code></Error>");
                  default -> new Fault.None();
                });
    TreeFile file = file("stumbles.deb", 2_000_000);
    put(through(meddler), file);
    assertThat(meddler.requests()).hasSize(3);
    assertThere(store(), file);
  }

  @Test
  void aServerThatKeepsFailingIsTriedAsOftenAsSaid() throws IOException {
    Meddler meddler = meddler(request -> new Fault.Answer(503, "\u001b[31mno\nservice"));
    assertThatThrownBy(() -> through(meddler).read("manifest", 100))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot read manifest")
        .hasMessageContaining("the server says 503");
    assertThat(meddler.requests()).hasSize(LIMITS.attempts());
  }

  @Test
  void aBrokenConnectionLeavesWhatWasThereAndIsTriedAgain() throws IOException {
    TreeFile before = file("cut.rpm", 100);
    put(store(), before);
    TreeFile after = file("cut.rpm", 3_000_000);
    AtomicInteger count = new AtomicInteger();
    Store direct = store();
    List<Boolean> old = new ArrayList<>();
    Meddler meddler =
        meddler(
            request -> {
              if (count.incrementAndGet() == 1) {
                return new Fault.Cut(1_000_000);
              }
              try {
                old.add(isRight(direct, before));
              } catch (IOException e) {
                old.add(false);
              }
              return new Fault.None();
            });
    put(through(meddler), after);
    assertThat(old).containsExactly(true);
    assertThere(direct, after);
  }

  @Test
  void aFileThatChangesWhileItIsSentDoesNotArrive() throws IOException {
    TreeFile honest = file("changed.rpm", 100_000);
    byte[] other = honest.content().bytes();
    other[99_999] ^= 1;
    TreeFile changed = new TreeFile(honest.path(), honest.stage(), Blob.of(other), honest.sha256());
    Store store = store();
    assertThatThrownBy(() -> put(store, changed))
        .hasMessageContaining("changed.rpm changed after it was listed");
    assertThat(store.size(changed.path())).isEmpty();
  }

  @Test
  void bytesThatChangeOnTheirWayAreRefusedByTheServer() throws IOException {
    TreeFile file = file("changed-on-its-way.rpm", 1000);
    Meddler meddler =
        meddler(request -> request.startsWith("PUT") ? new Fault.Flip() : new Fault.None());
    assertThatThrownBy(() -> put(through(meddler), file))
        .hasMessageContaining("400 XAmzContentSHA256Mismatch");
    assertThat(store().size(file.path())).isEmpty();
  }

  @Test
  void filesInOrderGoOneAfterTheOtherOverOneConnection() throws IOException {
    Meddler meddler = meddler(NO_FAULT);
    List<TreeFile> files =
        List.of(file("z/InRelease", 10), file("b/repomd.xml.asc", 10), file("a/repomd.xml", 10));
    List<String> done = new ArrayList<>();
    through(meddler).putInOrder(List.of(files), file -> done.add(file.path()));
    assertThat(meddler.requests())
        .containsExactly(
            "PUT /klts/tree/z/InRelease",
            "PUT /klts/tree/b/repomd.xml.asc",
            "PUT /klts/tree/a/repomd.xml");
    assertThat(done).containsExactly("z/InRelease", "b/repomd.xml.asc", "a/repomd.xml");
    assertThat(meddler.connections()).isEqualTo(1);
  }

  @Test
  void manyFilesGoOverFewConnectionsWithOneRequestEach() throws IOException {
    Meddler meddler = meddler(NO_FAULT);
    List<TreeFile> files =
        IntStream.range(0, 100).mapToObj(i -> file("many/" + i, 1000 + i)).toList();
    through(meddler).put(files, file -> {});
    assertThat(meddler.requests()).hasSize(100).allMatch(r -> r.startsWith("PUT /klts/tree/many/"));
    assertThat(meddler.connections()).isLessThanOrEqualTo(LIMITS.parallel());
  }

  @Test
  void theBandwidthIsKept() throws IOException {
    Store store = store(server.target(), new Limits(4, 1, 400_000));
    long start = System.nanoTime();
    put(store, file("slow/1", 200_000), file("slow/2", 200_000), file("slow/3", 200_000));
    double seconds = (System.nanoTime() - start) / 1e9;
    assertThat(seconds).isBetween(1.4, 20.0);
    assertThere(store, file("slow/3", 200_000));
  }

  @Test
  void aThousandAndOneFilesAreDeletedWithTwoRequests() throws IOException {
    List<String> paths = manyObjects("gone");
    Meddler meddler = meddler(NO_FAULT);
    List<String> all = new ArrayList<>(paths);
    all.add("gone/never-was-there");
    through(meddler).delete(all);
    assertThat(meddler.requests()).hasSize(2).allMatch(r -> r.startsWith("POST /klts?delete"));
    assertThat(left("gone")).isEmpty();
  }

  @Test
  void aServerThatDoesNotKnowBatchesIsAskedForEachFile() throws IOException {
    List<String> paths = manyObjects("single").subList(0, 40);
    Meddler meddler =
        meddler(
            request ->
                request.startsWith("POST")
                    ? new Fault.Answer(501, "<Error><Code>NotImplemented</Code></Error>")
                    : new Fault.None());
    through(meddler).delete(paths);
    assertThat(meddler.requests()).hasSize(41);
    assertThat(left("single")).hasSize(1000 - 40);
  }

  /** Lets a thousand objects be there. */
  private static List<String> manyObjects(String folder) throws IOException {
    Path objects = Files.createDirectories(server.objects().resolve("tree").resolve(folder));
    List<String> paths = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      String name = "kubelet_1." + i + "~lts^1+2.deb";
      Files.writeString(objects.resolve(name), "x");
      paths.add(folder + "/" + name);
    }
    return paths;
  }

  private static List<Path> left(String folder) throws IOException {
    Path objects = server.objects().resolve("tree").resolve(folder);
    if (!Files.exists(objects)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(objects)) {
      return files.toList();
    }
  }

  @Test
  void aServerThatDiesIsToldSoon() throws IOException {
    try (S3Server dying = S3Server.start();
        Store store = Stores.open(dying.target(), new Limits(2, 2, 200_000), dying.environment())) {
      AtomicInteger arrived = new AtomicInteger();
      List<TreeFile> files =
          IntStream.range(0, 50).mapToObj(i -> file("dies/" + i, 40_000)).toList();
      assertThatThrownBy(
              () ->
                  store.put(
                      files,
                      file -> {
                        if (arrived.incrementAndGet() == 3) {
                          kill(dying);
                        }
                      }))
          .isInstanceOf(IOException.class)
          .hasMessageMatching("(?s)cannot write dies/\\d+ in s3://klts/tree at http://127.*");
      assertThat(arrived).hasValueBetween(3, 6);
    }
  }

  private static void kill(S3Server one) {
    try {
      one.kill();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** In a process of its own, which can be told where the name of the bucket's host is. */
  @ParameterizedTest
  @CsvSource({"virtual,localhost", "bucket,klts.localhost"})
  void theBucketCanStandInTheHostsName(String style, String host, @TempDir Path folder)
      throws IOException {
    TinyTree tree = new TinyTree(folder);
    tree.publish("v1.28.15-lts.1");
    Path hosts = folder.resolve("hosts");
    Files.writeString(hosts, "127.0.0.1 klts.localhost localhost\n");
    try (S3Server named = S3Server.startVirtualHost()) {
      Path mirrors = folder.resolve("mirrors.conf");
      Files.writeString(
          mirrors,
          """
          [origin]
          url = "https://packages.example.org/gold"
          [mirror.named]
          url = "https://klts.example.org/tree"
          upload = "s3://klts/tree"
          endpoint = "%s"
          style = "%s"
          credentials = "env:KLTS_TEST"
          """
              .formatted(named.endpoint().toString().replace("localhost", host), style));
      Program push =
          Product.unsigned(
              "mirror",
              "push",
              "--no-proof",
              "--tree",
              tree.root().toString(),
              "--mirrors",
              mirrors.toString());
      push.with("JAVA_TOOL_OPTIONS", "-Djdk.net.hosts.file=" + hosts);
      named.environment().forEach(push::with);
      push.run().assertOk();
      byte[] bytes = Files.readAllBytes(tree.root().resolve(Manifest.PATH));
      Map<String, Manifest.Entry> entries = Manifest.parse(bytes, "manifest").entries();
      for (Map.Entry<String, Manifest.Entry> entry : entries.entrySet()) {
        Path object = named.objects().resolve("tree").resolve(entry.getKey());
        assertThat(Sha256.of(object)).as(entry.getKey()).isEqualTo(entry.getValue().sha256());
      }
      assertThat(named.objects().resolve("tree/manifest")).hasBinaryContent(bytes);
      push.run().assertOk().assertSays(": 0 files");
    }
  }

  /** Such servers write the framing of chunks into the object, and say that all is well. */
  @Test
  void anOldServerKeepsTheRightBytesOfOurs() throws IOException {
    try (S3Server old = S3Server.startOld();
        Store store = Stores.open(old.target(), LIMITS, old.environment())) {
      TreeFile file = file("kubelet-1.28.15~lts.rpm", 3_000_000);
      TreeFile other = file("manifest", 300);
      store.put(List.of(file, other), done -> {});
      assertThere(store, file);
      assertThere(store, other);
      store.delete(List.of("manifest"));
      assertThat(store.size("manifest")).isEmpty();

      TreeFile chunked = file("chunked", 300);
      try (S3Client usual = owner(old)) {
        usual.putObject(
            o -> o.bucket(S3Server.BUCKET).key("tree/chunked"),
            RequestBody.fromBytes(chunked.content().bytes()));
      }
      assertThat(isRight(store, chunked)).isFalse();
      assertThat(new String(store.read("chunked", 1 << 20).orElseThrow(), UTF_8))
          .contains("chunk-signature=");
      put(store, chunked);
      assertThat(isRight(store, chunked)).isTrue();
    }
  }
}
