package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The units that refresh a tree every day: systemd takes them, and they do what they are for. */
class RefreshTimerIT {

  private static final Path UNITS = Path.of("repo-templates/systemd");
  private static final String SERVICE = "klts-repo-refresh.service";
  private static final String TIMER = "klts-repo-refresh.timer";
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
  private String complaints(String service, String timer) throws IOException {
    Path folder = Files.createDirectories(box.folder.resolve("units"));
    return Program.of(
            "systemd-analyze",
            "verify",
            Files.writeString(folder.resolve(SERVICE), service).toString(),
            Files.writeString(folder.resolve(TIMER), timer).toString())
        .run()
        .output();
  }

  @Test
  void systemdTakesTheUnits() throws IOException {
    assertThat(complaints(unit(SERVICE), unit(TIMER))).doesNotContain("klts-repo-refresh");
    // It would say so if it did not.
    assertThat(complaints(unit(SERVICE).replace("Nice=", "Nize="), unit(TIMER)))
        .contains(SERVICE, "Unknown key 'Nize'");
    assertThat(complaints(unit(SERVICE), unit(TIMER).replace("03:00", "33:00")))
        .contains(TIMER, "Failed to parse calendar specification");
  }

  @Test
  void theServiceRefreshesTheTree() throws IOException {
    box.publish(Sandbox.OLDER).run().assertOk();
    Path release = box.tree.resolve("apt/dists/v1.28/Release");
    assertThat(Files.readString(release)).doesNotContain("Valid-Until");

    assertThat(run("ExecStart").out()).contains("published  serial 1 → 2");
    assertThat(Files.readString(release)).contains("Valid-Until");
    assertThat(run("ExecStartPost").out()).isEqualTo("good       serial 2 in " + box.tree + "\n");
  }

  /** A shell splits and replaces as systemd does, as far as these lines go. */
  private Outcome run(String key) throws IOException {
    String line =
        unit(SERVICE)
            .lines()
            .filter(l -> l.startsWith(key + "="))
            .map(l -> l.substring(key.length() + 1))
            .findFirst()
            .orElseThrow();
    return Program.of("sh", "-c", line)
        .with("KLTS_TREE", box.tree)
        .with("KLTS_REFRESH_OPTIONS", "--base-url=" + Sandbox.BASE_URL)
        .with("KLTS_SIGNING_KEY", Product.KEY)
        .run()
        .assertOk();
  }
}
