package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The lists that a tree publishes of its mirrors, in the hands of real clients, when the first
 * mirror is not as it should be: with every check on, they install from the next one.
 *
 * <p>The origin has withdrawn v1.28.15-lts.2, which a stale mirror still offers: so it shows which
 * of them a client believed.
 */
@ExtendWith(PublishedTree.Shared.class)
class MirrorFailoverIT {

  private static final String FRESH = "1.28.15-lts.1";
  private static final String STALE = "1.28.15-lts.2";
  private static final String RPM = "rpm/v1.28/x86_64/kubectl-1.28.15.lts.1-1.x86_64.rpm";
  private static final String DEB = "apt/pool/main/k/kubectl/kubectl_1.28.15-lts.1_amd64.deb";

  /** What is wrong with the first mirror. */
  private enum Fault {
    DEAD,
    STALE,
    TAMPERED,
    GONE
  }

  private static Path published;
  private static Path folder;
  private static MirrorCopy origin;
  private static Path conf;
  private static MirrorCopy second;

  private MirrorCopy first;

  @BeforeAll
  static void publish(PublishedTree tree) throws IOException {
    published = tree.tree();
    folder = Lab.folder("failover");
    conf = folder.resolve("mirrors.conf");
    origin = new MirrorCopy(1);
    second = new MirrorCopy(3);
    Program.of("cp", "-rl", published + "/.", origin.folder().toString()).run().assertOk();
    change("withdraw", "v1.28.15-lts.2", "--reason=a test");
    second.sync(origin.folder());
    Path superseded = origin.folder().resolve(".klts/generations/5/manifest");
    Instant before = Instant.now().minus(Duration.ofHours(100));
    Files.setLastModifiedTime(superseded, FileTime.from(before));
  }

  private static void change(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(arguments));
    command.add("--tree=" + origin.folder());
    command.add("--base-url=" + origin.url());
    Product.signing(command.toArray(String[]::new)).run().assertOk();
  }

  @AfterAll
  static void end() throws IOException {
    origin.close();
    second.close();
    Lab.remove(folder);
  }

  /** The lists are made while both mirrors are right; only then the first one goes wrong. */
  @BeforeEach
  void list() throws IOException {
    first = new MirrorCopy(2);
    first.sync(origin.folder());
    Files.writeString(
        conf,
        """
        [origin]
        url = "%s"
        [mirror.first]
        url = "%s"
        area = "cn"
        priority = 10
        [mirror.second]
        url = "%s"
        priority = 20
        [mirror.gone]
        url = "https://gone.example.org/klts"
        status = "retired"
        """
            .formatted(origin.url(), first.url(), second.url()));
    change("mirror", "lists", "--mirrors=" + conf);
    first.sync(origin.folder());
    second.sync(origin.folder());
  }

  @AfterEach
  void close() throws IOException {
    first.close();
  }

  private void damage(Fault fault) throws IOException {
    switch (fault) {
      case DEAD -> first.stop();
      case STALE -> first.sync(published);
      case TAMPERED -> {
        first.spoil(RPM);
        first.spoil(DEB);
      }
      case GONE -> {
        Files.delete(first.folder().resolve(RPM));
        Files.delete(first.folder().resolve(DEB));
      }
    }
  }

  private static String rpm(String version) {
    return version.replace('-', '.') + "-1";
  }

  /** Of a stale mirror, the hash in the metalink says that it is. */
  @ParameterizedTest
  @EnumSource
  void dnfGoesOnWithAMetalink(Fault fault) throws IOException {
    damage(fault);
    try (DnfRoot root = new DnfRoot()) {
      root.addRepo("klts.repo", origin.download("rpm/v1.28/klts-mirrors.repo"));
      root.dnf("install", "kubectl").assertOk();
      assertThat(root.installed("kubectl")).isEqualTo(rpm(FRESH));
      assertAsked(fault);
    }
  }

  private void assertAsked(Fault fault) throws IOException {
    if (fault != Fault.DEAD) {
      assertThat(first.requests()).as("the first mirror is asked").isNotEmpty();
    }
    assertThat(second.requests()).as("the second mirror is asked").isNotEmpty();
  }

  /** A plain list cannot tell that a mirror is stale, so there the stale release is offered. */
  @ParameterizedTest
  @EnumSource
  void dnfGoesOnWithAMirrorlist(Fault fault) throws IOException {
    damage(fault);
    String list = "mirrorlist=" + origin.url() + "/rpm/v1.28/mirrorlist\n";
    try (DnfRoot root = new DnfRoot()) {
      root.addRepo(
          "klts.repo",
          origin.download("rpm/v1.28/klts-mirrors.repo").replaceFirst("metalink=.*\n", list));
      root.dnf("install", "kubectl").assertOk();
      assertThat(root.installed("kubectl")).isEqualTo(rpm(fault == Fault.STALE ? STALE : FRESH));
    }
  }

  @ParameterizedTest
  @EnumSource
  void zypperGoesOnWithSeveralAddresses(Fault fault) throws IOException {
    damage(fault);
    try (ZypperRoot root = new ZypperRoot()) {
      root.addRepo("klts.repo", origin.download("rpm/v1.28/klts-mirrors-zypper.repo"));
      root.refresh().assertOk();
      Outcome install = root.zypper("install", "kubectl");
      if (fault == Fault.TAMPERED && install.exit() != 0) {
        // It chooses an address by itself, and asks what to do about a package that is not right.
        install.assertSays("Signature does not verify");
        assertThat(root.has("kubectl")).isFalse();
        return;
      }
      install.assertOk();
      assertThat(root.installed("kubectl")).isEqualTo(rpm(fault == Fault.STALE ? STALE : FRESH));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aptGoesOnWithAListOfTheOrigin(Fault fault) throws IOException {
    damage(fault);
    try (AptRoot root = new AptRoot()) {
      root.copyIn(
          origin.folder().resolve("keys/klts.gpg"), "/usr/share/keyrings/klts-archive-keyring.gpg");
      root.addSource("klts.sources", origin.download("apt/v1.28-mirrors.sources"));
      install(root, fault);
    }
  }

  @Test
  void aptGoesOnWithAListInAFile() throws IOException {
    damage(Fault.DEAD);
    try (AptRoot root = new AptRoot()) {
      root.copyIn(
          origin.folder().resolve("keys/klts.gpg"), "/usr/share/keyrings/klts-archive-keyring.gpg");
      root.copyIn(origin.folder().resolve("apt/mirrors.list"), "/etc/apt/mirrors/klts.list");
      root.addSource(
          "klts.sources",
          origin
              .download("apt/v1.28-mirrors.sources")
              .replaceFirst("mirror\\+http\\S*", "mirror+file:/etc/apt/mirrors/klts.list"));
      install(root, Fault.DEAD);
    }
  }

  private static void install(AptRoot root, Fault fault) throws IOException {
    root.apt("update").assertOk();
    Outcome outcome = root.apt("install", "kubectl");
    if (fault == Fault.TAMPERED) {
      // apt takes other bytes of the right length for an attack, and stops.
      outcome.assertRefused("Hash Sum mismatch");
      assertThat(root.has("kubectl")).isFalse();
    } else {
      outcome.assertOk();
      assertThat(root.installed("kubectl")).isEqualTo(fault == Fault.STALE ? STALE : FRESH);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "DEAD, unreachable, <strong>Not reachable</strong>",
    "STALE, stale, <strong>Out of date</strong>",
    "TAMPERED, tampered, Good",
    "GONE, missing, Good"
  })
  void statusNamesTheFault(Fault fault, String words, String shown) throws IOException {
    status().assertOk().assertSays("retired");
    damage(fault);
    boolean quick = fault == Fault.DEAD || fault == Fault.STALE;
    // Only who reads every package sees what is wrong with one of them.
    Outcome outcome = (quick ? status() : status("--deep")).assertExit(3);
    assertThat(outcome.out().lines().filter(line -> line.startsWith("first ")))
        .singleElement()
        .asString()
        .contains("BAD  " + words);
    assertThat(outcome.out().lines().filter(line -> line.startsWith("second ")))
        .singleElement()
        .asString()
        .endsWith("ok");
    change("mirror", "lists", "--mirrors=" + conf);
    String list = Files.readString(origin.folder().resolve("rpm/v1.28/mirrorlist"));
    assertThat(list.contains(first.url())).isEqualTo(!quick);
    assertThat(list).endsWith(second.url() + "/rpm/v1.28/\n" + origin.url() + "/rpm/v1.28/\n");
    assertThat(Files.readString(origin.folder().resolve("index.html")))
        .contains("<th scope=\"row\">first</th><td>cn</td><td>" + shown + "</td>")
        .contains("<th scope=\"row\">second</th><td></td><td>Good</td>");
    Product.unsigned(
            "verify", origin.folder().toString(), "--key=" + origin.folder() + "/keys/klts.asc")
        .run()
        .assertOk();
  }

  private static Outcome status(String... more) throws IOException {
    List<String> command = new ArrayList<>(List.of("mirror", "status"));
    command.addAll(List.of("--tree=" + origin.folder(), "--mirrors=" + conf));
    command.addAll(List.of(more));
    return Product.unsigned(command.toArray(String[]::new)).run();
  }
}
