package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The units that refresh a tree every day and push it every hour: systemd takes them, and they do
 * what they are for.
 */
class TimersIT {

  private static final Path UNITS = Path.of("repo-templates/systemd");
  private static final String SERVICE = "klts-repo-refresh.service";
  private static final String PUSH = "klts-repo-push.service";
  private static final String PROGRAM = "/opt/klts-repo/klts-repo";

  private Sandbox box;

  @BeforeEach
  void open() throws IOException {
    box = new Sandbox();
  }

  @AfterEach
  void close() throws IOException {
    box.close();
  }

  /** A unit with the program where it is on this machine. */
  private static String unit(String name) throws IOException {
    String here = Path.of("klts-repo").toAbsolutePath().toString();
    return Files.readString(UNITS.resolve(name)).replace(PROGRAM, here);
  }

  /** What systemd says against two units. */
  private String complaints(String name, String service, String timer) throws IOException {
    Path folder = Files.createDirectories(box.folder.resolve("units"));
    return Program.of(
            "systemd-analyze",
            "verify",
            Files.writeString(folder.resolve(name + ".service"), service).toString(),
            Files.writeString(folder.resolve(name + ".timer"), timer).toString())
        .run()
        .output();
  }

  @ParameterizedTest
  @ValueSource(strings = {"klts-repo-refresh", "klts-repo-push"})
  void systemdTakesTheUnits(String name) throws IOException {
    String service = unit(name + ".service");
    String timer = unit(name + ".timer");
    assertThat(complaints(name, service, timer)).doesNotContain(name);
    // It would say so if it did not.
    assertThat(complaints(name, service.replace("Nice=", "Nize="), timer))
        .contains(name + ".service", "Unknown key 'Nize'");
    assertThat(complaints(name, service, timer.replaceFirst("OnCalendar=.*", "OnCalendar=33:00")))
        .contains(name + ".timer", "Failed to parse calendar specification");
  }

  @Test
  void theServiceRefreshesTheTree() throws IOException {
    box.publish(Sandbox.OLDER).run().assertOk();
    Path release = box.tree.resolve("apt/dists/v1.28/Release");
    assertThat(Files.readString(release)).doesNotContain("Valid-Until");

    assertThat(run(SERVICE, "ExecStart").assertOk().out()).contains("published  serial 1 → 2");
    assertThat(Files.readString(release)).contains("Valid-Until");
    assertThat(run(SERVICE, "ExecStartPost").assertOk().out())
        .isEqualTo("good       serial 2 in " + box.tree + "\n");
  }

  @Test
  void theServicePushesToTheMirrors() throws IOException {
    box.publish(Sandbox.OLDER).run().assertOk();
    Path copy = Files.createDirectory(box.folder.resolve("copy"));
    try (WebServer server = WebServer.serving(box.folder)) {
      Files.writeString(
          mirrors(),
          """
          [origin]
          url = "%1$stree"
          [mirror.copy]
          url = "%1$scopy"
          upload = "file://%2$s"
          """
              .formatted(server.uri(), copy));
      run(PUSH, "ExecStart").assertOk();
      Program.of(
              "diff",
              "-r",
              "--exclude=.klts",
              "--exclude=pushed",
              box.tree.toString(),
              copy.toString())
          .run()
          .assertOk();
    }
    // A unit has failed if a mirror is not right: nobody answers there any more.
    run(PUSH, "ExecStart").assertExit(3);
  }

  private Path mirrors() {
    return box.folder.resolve("mirrors.conf");
  }

  /** A shell splits and replaces as systemd does, as far as these lines go. */
  private Outcome run(String service, String key) throws IOException {
    String line =
        unit(service)
            .lines()
            .filter(l -> l.startsWith(key + "="))
            .map(l -> l.substring(key.length() + 1))
            .findFirst()
            .orElseThrow();
    return Program.of("sh", "-c", line)
        .with("KLTS_TREE", box.tree)
        .with("KLTS_REFRESH_OPTIONS", "--base-url=" + Sandbox.BASE_URL)
        .with("KLTS_PUSH_OPTIONS", "--attempts=1 --mirrors=" + mirrors())
        .with("KLTS_SIGNING_KEY", Product.KEY)
        .run();
  }
}
