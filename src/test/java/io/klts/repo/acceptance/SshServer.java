package io.klts.repo.acceptance;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A real OpenSSH server that takes one key, for SFTP and for rsync over ssh. */
final class SshServer extends StoreServer {

  private final String scheme;
  private int port;
  private Process sshd;

  SshServer(String scheme) throws IOException {
    this.scheme = scheme;
    key("host");
    key("mine");
    key("stranger");
  }

  private Path key(String name) throws IOException {
    Path file = work.resolve(name);
    Program.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file.toString())
        .run()
        .assertOk();
    return file;
  }

  @Override
  void start() throws IOException {
    port = freePort();
    Files.createDirectories(work.resolve("served"));
    // Where sshd looks for an empty folder of its own.
    Files.createDirectories(Path.of("/run/sshd"));
    // A home of its own, because a shell that sshd starts reads what its user has set up for
    // shells.
    Path configuration =
        Files.writeString(
            work.resolve("sshd_config"),
            """
            ListenAddress 127.0.0.1:%1$d
            HostKey %2$s/host
            AuthorizedKeysFile %2$s/mine.pub
            PidFile none
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            PermitRootLogin prohibit-password
            SetEnv HOME=%2$s
            Subsystem sftp internal-sftp
            """
                .formatted(port, work));
    sshd =
        started(
            Program.of("/usr/sbin/sshd", "-D", "-e", "-f", configuration.toString()),
            work.resolve("sshd.log"),
            port);
    knownHosts(Files.readString(work.resolve("host.pub")));
  }

  /** Says by which key the server is known. */
  void knownHosts(String publicKey) throws IOException {
    Files.writeString(work.resolve("known_hosts"), "[127.0.0.1]:" + port + " " + publicKey);
  }

  @Override
  void stop() {
    Program.kill(sshd.toHandle());
  }

  @Override
  URI upload() {
    return URI.create(scheme + "://root@127.0.0.1:" + port + copy());
  }

  int port() {
    return port;
  }

  @Override
  Map<String, String> environment() {
    return environment("mine");
  }

  @Override
  Map<String, String> wrongEnvironment() {
    return environment("stranger");
  }

  private Map<String, String> environment(String key) {
    Map<String, String> all = super.environment();
    all.remove(NAME + "_SECRET");
    all.put(NAME + "_IDENTITY", work.resolve(key).toString());
    all.put(NAME + "_KNOWN_HOSTS", work.resolve("known_hosts").toString());
    return all;
  }
}
