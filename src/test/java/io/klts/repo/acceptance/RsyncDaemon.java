package io.klts.repo.acceptance;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/** A real rsync daemon with a module to write to, one to read from, and one that forbids much. */
final class RsyncDaemon extends StoreServer {

  private int port;
  private Process daemon;

  RsyncDaemon() throws IOException {}

  @Override
  void start() throws IOException {
    port = freePort();
    Path served = Files.createDirectories(work.resolve("served"));
    Path secrets = secret(work.resolve("secrets"), "up:" + SECRET + "\n");
    Path log = work.resolve("rsyncd.log");
    Path configuration =
        Files.writeString(
            work.resolve("rsyncd.conf"),
            """
            address = 127.0.0.1
            port = %1$d
            use chroot = no
            uid = root
            gid = root
            log file = %2$s
            [writable]
            path = %3$s
            read only = no
            auth users = up
            secrets file = %4$s
            [readable]
            path = %3$s
            """
                .formatted(port, log, served, secrets));
    Files.writeString(log, "");
    daemon =
        started(
            Program.of("rsync", "--daemon", "--no-detach", "--config=" + configuration), log, port);
  }

  @Override
  void stop() {
    Program.kill(daemon.toHandle());
  }

  @Override
  URI upload() {
    return module("writable/klts");
  }

  URI module(String path) {
    return URI.create("rsync://127.0.0.1:" + port + "/" + path);
  }
}
