package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.blob.Blob;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.signature.Verifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The real gpg keeps the key, and real programs verify what it signed for us. */
class ExternalSignerIT {

  private static final Path PUBLIC = Sandbox.KEYS.resolve("good-public.asc");

  private static GpgKey gpg;
  private static PublicKey key;

  private Sandbox box;

  @BeforeAll
  static void importKey() throws IOException {
    gpg = GpgKey.of(Sandbox.KEYS.resolve("good.asc"));
    key = PublicKey.read(Files.readAllBytes(PUBLIC));
  }

  @AfterAll
  static void removeKey() throws IOException {
    gpg.close();
  }

  @BeforeEach
  void make() throws IOException {
    box = new Sandbox();
  }

  @AfterEach
  void remove() throws IOException {
    box.close();
  }

  @Test
  void gpgSignsATreeThatEveryoneVerifies() throws IOException {
    Outcome outcome = withGpg(box.publish(Sandbox.RELEASE), key.fingerprint()).run().assertOk();

    assertThat(outcome.output()).doesNotContain("PRIVATE KEY");
    assertVerified();
    Map<String, String> before = Sandbox.snapshot(box.tree);
    withGpg(box.publish(Sandbox.RELEASE), key.fingerprint()).run().assertOk();
    assertThat(Sandbox.snapshot(box.tree)).isEqualTo(before);
  }

  @Test
  void aCommandSignsTheSameTreeAsGpg() throws IOException {
    withCommand(box.publish(Sandbox.RELEASE), honouring("")).run().assertOk();
    assertVerified();
    try (Sandbox other = new Sandbox()) {
      withGpg(other.publish(Sandbox.RELEASE), "good@test.invalid").run().assertOk();
      assertThat(Sandbox.snapshot(other.tree)).isEqualTo(Sandbox.snapshot(box.tree));
    }
  }

  @Test
  void theTreeIsTheSameAsWithTheKeyInTheProcess() throws IOException {
    withGpg(box.publish(Sandbox.RELEASE), key.keyId()).run().assertOk();
    try (Sandbox other = new Sandbox()) {
      other.publish(Sandbox.RELEASE).run().assertOk();
      assertThat(Sandbox.snapshot(other.tree)).isEqualTo(Sandbox.snapshot(box.tree));
    }
  }

  @Test
  void aProgramWithAClockOfItsOwnSignsCorrectly() throws IOException {
    withCommand(box.publish(Sandbox.RELEASE), ownClock()).run().assertOk();

    assertVerified();
    Map<String, String> before = Sandbox.snapshot(box.tree);
    withCommand(box.publish(Sandbox.RELEASE), ownClock()).run().assertOk();
    assertThat(Sandbox.snapshot(box.tree)).isEqualTo(before);
    withCommand(box.publish(Sandbox.OLDER), ownClock()).run().assertOk();
    assertVerified();
  }

  @Test
  void aProgramWithAnotherKeyPublishesNothing() throws IOException {
    try (GpgKey stranger = new GpgKey()) {
      Files.createDirectory(box.tree);
      Program publish =
          withCommand(box.publish(Sandbox.RELEASE), ownClock()).with("GNUPGHOME", stranger.home());
      box.assertRefused(
          publish, "cannot use what the signing program gave", "only by", "nothing was published");
    }
  }

  @Test
  void aProgramWithSha1PublishesNothing() throws IOException {
    Files.createDirectory(box.tree);
    box.assertRefused(
        withCommand(box.publish(Sandbox.RELEASE), honouring("--digest-algo SHA1")),
        "OpenPGP hash algorithm 2",
        "nothing was published");
  }

  @Test
  void aMissingKeyIsSaid() throws IOException {
    box.assertRefused(
        withGpg(box.publish(Sandbox.RELEASE), "0".repeat(40)),
        "the signing program gpg failed",
        "run gpg --card-status once",
        "nothing was published");
  }

  @Test
  void anAmbiguousNameIsRefused() throws IOException {
    try (GpgKey both = GpgKey.of(Sandbox.KEYS.resolve("two.asc"))) {
      box.assertRefused(
          withGpg(box.publish(Sandbox.RELEASE), "test.invalid").with("GNUPGHOME", both.home()),
          "gpg has 2 secret keys that fit",
          key.fingerprint());
    }
  }

  @Test
  void theKeyIsCheckedAndExported() throws IOException {
    withGpg(box.program("key", "check"), key.fingerprint())
        .run()
        .assertOk()
        .assertSays(key.spacedFingerprint());
    String text = withGpg(box.program("key", "export"), key.fingerprint()).run().assertOk().out();
    assertThat(text).isEqualTo(Files.readString(PUBLIC));
    Path file = box.folder.resolve("klts.gpg");
    for (int times = 0; times < 2; times++) { // a renewed key takes its place
      box.program("key", "export", "--binary", file.toString()).run().assertOk();
      assertThat(file).hasSameBinaryContentAs(Sandbox.KEYS.resolve("good-public.pgp"));
    }
    Path other = box.folder.resolve("other");
    Files.copy(Sandbox.KEYS.resolve("passphrase-public.asc"), other);
    box.program("key", "export", other.toString())
        .run()
        .assertRefused("exists and is not this key");
    assertThat(other).hasSameBinaryContentAs(Sandbox.KEYS.resolve("passphrase-public.asc"));
    box.program("key", "export", "--binary").run().assertExit(2);
  }

  private void assertVerified() throws IOException {
    Path ring = box.folder.resolve("ring.gpg");
    Files.write(ring, key.binary());
    Verifier verifier = new Verifier(List.of(key));
    Path manifest = box.tree.resolve("manifest");
    verifier.detached(Blob.of(manifest), Files.readAllBytes(box.tree.resolve("manifest.asc")));
    for (Path inRelease : files("InRelease")) {
      Program.of("gpgv", "--keyring", ring.toString(), inRelease.toString()).run().assertOk();
      verifier.clearsigned(Files.readAllBytes(inRelease));
    }
    for (Path signature : files("repomd.xml.asc")) {
      Path root = signature.resolveSibling("repomd.xml");
      Program.of("gpgv", "--keyring", ring.toString(), signature.toString(), root.toString())
          .run()
          .assertOk();
      verifier.detached(Blob.of(root), Files.readAllBytes(signature));
    }
    Path database = box.folder.resolve("rpmdb");
    Program.of("rpmkeys", "--dbpath", database.toString(), "--import", PUBLIC.toString())
        .run()
        .assertOk();
    for (Path rpm : files(".rpm")) {
      Program.of("rpmkeys", "--dbpath", database.toString(), "-Kv", rpm.toString())
          .run()
          .assertOk()
          .assertSays("Header V4 RSA/SHA256 Signature, key ID 5b578ec3: OK")
          .assertSays("    V4 RSA/SHA256 Signature, key ID 5b578ec3: OK");
    }
  }

  private List<Path> files(String end) throws IOException {
    try (Stream<Path> all = Files.walk(box.tree)) {
      List<Path> found = all.filter(p -> p.toString().endsWith(end)).toList();
      assertThat(found).as(end).isNotEmpty();
      return found;
    }
  }

  /** In place of the key of the sandbox. */
  private static Program withGpg(Program program, String name) {
    return program
        .with("KLTS_SIGNING_KEY", "")
        .with("KLTS_SIGNING_GPG", name)
        .with("GNUPGHOME", gpg.home());
  }

  private static Program withCommand(Program program, Path script) {
    return program
        .with("KLTS_SIGNING_KEY", "")
        .with("KLTS_SIGNING_COMMAND", "'" + script + "'")
        .with("KLTS_SIGNING_PUBLIC_KEY", PUBLIC)
        .with("GNUPGHOME", gpg.home());
  }

  /** The program of the manual; the options come last and win. */
  private Path honouring(String options) throws IOException {
    return program(
        """
        [ "$KLTS_SIGNATURE_KIND" = clearsign ] || KLTS_SIGNATURE_KIND=detach-sign
        exec gpg --batch --digest-algo SHA256 --faked-system-time "$KLTS_SIGNATURE_TIME!" %s "--$KLTS_SIGNATURE_KIND"
        """
            .formatted(options));
  }

  private Path ownClock() throws IOException {
    return program(
        """
        [ "$KLTS_SIGNATURE_KIND" = clearsign ] || KLTS_SIGNATURE_KIND=detach-sign
        exec gpg --batch --digest-algo SHA256 --armor "--$KLTS_SIGNATURE_KIND"
        """);
  }

  private Path program(String script) throws IOException {
    Path file = Files.writeString(box.folder.resolve("sign with gpg"), "#!/bin/sh\n" + script);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }
}
