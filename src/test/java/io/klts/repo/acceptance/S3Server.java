package io.klts.repo.acceptance;

import io.klts.repo.store.Target;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A server of the S3 protocol with one bucket, on a free port of this machine: s3proxy, which is
 * strict about signatures, or s3rver, which stands for the oldest that are around.
 */
final class S3Server implements AutoCloseable {

  static final String BUCKET = "klts";

  /** The name that {@link #environment} begins its variables with. */
  static final String CREDENTIALS = "KLTS_TEST";

  private static final String S3PROXY = "s3proxy-4.1.0-jar-with-dependencies.jar";
  private static final String S3RVER = "s3rver-3.7.1";
  private static final Pattern S3PROXY_READY =
      Pattern.compile("ServerConnector@\\w+\\{[^}]*\\}\\{127\\.0\\.0\\.1:(\\d+)\\}");
  private static final Pattern S3RVER_READY =
      Pattern.compile("listening on 127\\.0\\.0\\.1:(\\d+)");
  private static final String SECRET = "a-secret-that-no-message-shows";

  private final Path folder;
  private final Running running;
  private final String user;
  private final String secret;
  private final String address;

  private S3Server(
      Path folder, Program program, Pattern ready, String user, String secret, String host)
      throws IOException {
    this.folder = folder;
    this.running = new Running(program);
    this.user = user;
    this.secret = secret;
    this.address = "http://" + host + ":" + running.awaitOutput(ready);
  }

  /** A server that expects the bucket in the path. */
  static S3Server start() throws IOException {
    return s3proxy("127.0.0.1", "");
  }

  /** A server that expects the bucket in the host's name, as {@code klts.localhost}. */
  static S3Server startVirtualHost() throws IOException {
    return s3proxy("localhost", "s3proxy.virtual-host=localhost\n");
  }

  private static S3Server s3proxy(String host, String settings) throws IOException {
    Path jar = Lab.cached(S3PROXY, S3Server::fetchS3Proxy);
    Path folder = Lab.folder("s3proxy");
    Files.createDirectories(folder.resolve("data").resolve(BUCKET));
    Path conf = folder.resolve("conf");
    Files.writeString(
        conf,
        """
        s3proxy.endpoint=http://127.0.0.1:0
        s3proxy.authorization=aws-v2-or-v4
        s3proxy.identity=klts-writer
        s3proxy.credential=%s
        jclouds.provider=filesystem
        jclouds.filesystem.basedir=%s
        %s"""
            .formatted(SECRET, folder.resolve("data"), settings));
    Program program =
        Program.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-jar",
            jar.toString(),
            "--properties",
            conf.toString());
    return new S3Server(folder, program, S3PROXY_READY, "klts-writer", SECRET, host);
  }

  private static void fetchS3Proxy(Path target) throws IOException {
    Path folder = Files.createDirectory(target.resolveSibling("fetched"));
    Program.of(
            Path.of("mvnw").toAbsolutePath().toString(),
            "-B",
            "-q",
            "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy",
            "-Dartifact=org.gaul:s3proxy:4.1.0:jar:jar-with-dependencies",
            "-DoutputDirectory=" + folder)
        .in(folder)
        .online()
        .within(Duration.ofMinutes(10))
        .run()
        .assertOk();
    Files.move(folder.resolve(S3PROXY), target);
  }

  /** An old server, which takes any credentials and keeps whatever bytes come. */
  static S3Server startOld() throws IOException {
    Path modules = Lab.cached(S3RVER, S3Server::fetchS3rver);
    Path folder = Lab.folder("s3rver");
    Program program =
        Program.of(
            modules.resolve("node_modules/.bin/s3rver").toString(),
            "--directory",
            folder.toString(),
            "--address",
            "127.0.0.1",
            "--port",
            "0",
            "--configure-bucket",
            BUCKET);
    return new S3Server(folder, program, S3RVER_READY, "S3RVER", "S3RVER", "127.0.0.1");
  }

  private static void fetchS3rver(Path target) throws IOException {
    Files.createDirectory(target);
    Program.of("npm", "install", "--no-audit", "--no-fund", "--prefix", ".", "s3rver@3.7.1")
        .in(target)
        // Node has a list of authorities of its own, which lacks those of this machine.
        .with("NODE_EXTRA_CA_CERTS", "/etc/ssl/certs/ca-certificates.crt")
        .online()
        .within(Duration.ofMinutes(10))
        .run()
        .assertOk();
  }

  /** Where it answers. */
  URI endpoint() {
    return URI.create(address);
  }

  /** What it keeps the objects of the bucket in, as files; for s3proxy only. */
  Path objects() {
    return folder.resolve("data").resolve(BUCKET);
  }

  /** The bucket, with a prefix, in path style. */
  Target target() {
    return target(endpoint(), BUCKET);
  }

  /** A bucket, with a prefix, in path style, behind another address. */
  static Target target(URI endpoint, String bucket) {
    return new Target(
        URI.create("s3://" + bucket + "/tree"),
        Optional.of(endpoint),
        "cn-hangzhou",
        Target.Style.PATH,
        Optional.of(CREDENTIALS));
  }

  /** The right credentials. */
  Map<String, String> environment() {
    return Map.of(CREDENTIALS + "_USER", user, CREDENTIALS + "_SECRET", secret);
  }

  /** Ends the server without a warning. */
  void kill() throws IOException {
    running.end("KILL");
  }

  @Override
  public void close() throws IOException {
    running.close();
    Lab.remove(folder);
  }
}
