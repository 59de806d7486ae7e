package io.klts.repo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.signature.PublicKey;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class SigningOptionsTest {

  private static final Path KEYS = Path.of("src/test/resources/keys").toAbsolutePath();
  private static final String SECRET = KEYS.resolve("good.asc").toString();
  private static final String PUBLIC = KEYS.resolve("good-public.asc").toString();

  /** As {@code publish} and {@code reindex} ask for their key. */
  @Command
  private static final class Signing implements Callable<Integer> {

    @Mixin private Console console;
    @Mixin private SigningOptions signing;

    Signing(Map<String, String> environment, Instant now) {
      signing = new SigningOptions(environment, () -> now);
    }

    @Override
    public Integer call() throws IOException {
      signing.required(console).forEach(key -> console.result("signs with " + key.key()));
      return 0;
    }
  }

  @ParameterizedTest
  @CsvSource({"180, 180", "30, 30", "1, 1"})
  void aKeyThatEndsSoonIsWarnedOf(int days, String said) throws IOException {
    String output = run(withKey(), end().minus(Duration.ofDays(days)));

    assertThat(output)
        .contains("warning    the key expires at 2044-01-01T00:00:00Z, in " + said + " days")
        .contains("signs with ");
  }

  @Test
  void aQuietCommandWarnsOnStandardError() throws IOException {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    new CommandLine(new Signing(withKey(), end().minus(Duration.ofDays(30))))
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute("--quiet");

    assertThat(out.toString()).startsWith("signs with ").hasLineCount(1);
    assertThat(err.toString())
        .startsWith("warning    the key expires at 2044-01-01T00:00:00Z, in 30 days")
        .hasLineCount(1);
  }

  @Test
  void aKeyThatEndsLaterIsNot() throws IOException {
    assertThat(run(withKey(), end().minus(Duration.ofDays(180)).minusSeconds(1)))
        .startsWith("signs with ");
  }

  @Test
  void aKeyThatHasEndedDoesNotSignWhereverItIs() throws IOException {
    String message = "the key expired at 2044-01-01T00:00:00Z (apt and gpg do not take it)";

    assertThat(run(withKey(), end())).startsWith("error: ").contains(message);
    assertThat(run(withCommand(), end())).startsWith("error: ").contains(message);
    assertThat(run(withCommand(), end().minusSeconds(1))).contains("in 0 days", "signs with ");
  }

  @ParameterizedTest
  @CsvSource({
    "KLTS_SIGNING_KEY, KLTS_SIGNING_COMMAND",
    "KLTS_SIGNING_KEY, KLTS_SIGNING_GPG",
    "KLTS_SIGNING_COMMAND, KLTS_SIGNING_GPG",
  })
  void onlyOneKeyAtATime(String one, String other) throws IOException {
    assertThat(run(Map.of(one, "x", other, "y"), Instant.EPOCH))
        .contains(
            "error: more than one signing key: " + one + " and " + other + " are set; unset all");
  }

  @Test
  void theNextKeyIsLoadedBesideAndJudgedAsTheFirst() throws IOException {
    Map<String, String> first =
        Map.of(
            "KLTS_SIGNING_KEY",
            KEYS.resolve("passphrase.asc").toString(),
            "KLTS_SIGNING_PASSPHRASE",
            "correct horse");
    Map<String, String> file = new HashMap<>(first);
    file.put("KLTS_NEXT_SIGNING_KEY", SECRET);
    Map<String, String> command = new HashMap<>(first);
    command.put("KLTS_NEXT_SIGNING_COMMAND", "true");
    command.put("KLTS_NEXT_SIGNING_PUBLIC_KEY", PUBLIC);
    Instant end = end();
    byte[] publicHalf = Files.readAllBytes(KEYS.resolve("passphrase-public.asc"));
    String both = "signs with %s%nsigns with %s%n".formatted(PublicKey.read(publicHalf), key());

    for (Map<String, String> environment : List.of(file, command)) {
      assertThat(run(environment, end.minus(Duration.ofDays(181)))).isEqualTo(both);
      assertThat(run(environment, end.minus(Duration.ofDays(30))))
          .contains("the key expires at " + end + ", in 30 days")
          .endsWith(both);
      assertThat(run(environment, end))
          .startsWith("error: ")
          .contains("the key expired at " + end)
          .doesNotContain("signs with ");
    }
  }

  @Test
  void anEmptyVariableIsNone() throws IOException {
    assertThat(run(Map.of("KLTS_SIGNING_GPG", "", "KLTS_SIGNING_KEY", SECRET), start()))
        .startsWith("signs with ");
  }

  @Test
  void aCommandNeedsItsPublicKey() throws IOException {
    assertThat(run(Map.of("KLTS_SIGNING_COMMAND", "true"), start()))
        .contains("KLTS_SIGNING_COMMAND is set, but not KLTS_SIGNING_PUBLIC_KEY");
    assertThat(
            run(
                Map.of("KLTS_SIGNING_COMMAND", "true", "KLTS_SIGNING_PUBLIC_KEY", "/no/such"),
                start()))
        .contains("KLTS_SIGNING_PUBLIC_KEY: /no/such: no such file");
    assertThat(
            run(Map.of("KLTS_SIGNING_COMMAND", "true", "KLTS_SIGNING_PUBLIC_KEY", SECRET), start()))
        .contains("expected a public key, found a secret one");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "2m", "86401", " "})
  void aTimeLimitIsWholeSeconds(String text) throws IOException {
    Map<String, String> environment =
        Map.of(
            "KLTS_SIGNING_COMMAND", "true",
            "KLTS_SIGNING_PUBLIC_KEY", PUBLIC,
            "KLTS_SIGNING_TIMEOUT", text);

    assertThat(run(environment, start()))
        .contains("KLTS_SIGNING_TIMEOUT is \"" + text + "\", expected whole seconds from 1 to");
  }

  private static Map<String, String> withKey() {
    return Map.of("KLTS_SIGNING_KEY", SECRET);
  }

  private static Map<String, String> withCommand() {
    return Map.of("KLTS_SIGNING_COMMAND", "true", "KLTS_SIGNING_PUBLIC_KEY", PUBLIC);
  }

  private static Instant start() throws IOException {
    return key().created();
  }

  private static Instant end() throws IOException {
    return key().expires().orElseThrow();
  }

  private static PublicKey key() throws IOException {
    return PublicKey.read(Files.readAllBytes(Path.of(PUBLIC)));
  }

  private static String run(Map<String, String> environment, Instant now) {
    StringWriter said = new StringWriter();
    PrintWriter writer = new PrintWriter(said);
    new CommandLine(new Signing(environment, now))
        .setOut(writer)
        .setErr(writer)
        .setExecutionExceptionHandler(new Failure())
        .execute();
    return said.toString();
  }
}
