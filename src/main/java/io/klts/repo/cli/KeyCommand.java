package io.klts.repo.cli;

import io.klts.repo.blob.AtomicFile;
import io.klts.repo.signature.Finding;
import io.klts.repo.signature.KeyLint;
import io.klts.repo.signature.NewKey;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.signature.SecretKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.Period;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes and judges signing keys. */
@Command(
    name = "key",
    description = "Makes and checks signing keys.",
    mixinStandardHelpOptions = true,
    subcommands = {KeyCommand.Generate.class, KeyCommand.Check.class})
final class KeyCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "give one of: generate, check");
  }

  private record Result(
      String fingerprint, String userId, String created, String expires, List<String> findings) {

    static Result of(PublicKey key, List<Finding> findings) {
      return new Result(
          key.fingerprint(),
          key.userId(),
          key.created().toString(),
          key.expires().map(Instant::toString).orElse(null),
          findings.stream().map(Finding::toString).toList());
    }
  }

  /** Makes a key. */
  @Command(
      name = "generate",
      description = {
        "Makes an RSA-4096 signing key that every supported client accepts.",
        "The passphrase comes from KLTS_SIGNING_PASSPHRASE_FILE or KLTS_SIGNING_PASSPHRASE; without"
            + " one the secret key is not protected."
      },
      mixinStandardHelpOptions = true)
  static final class Generate implements Callable<Integer>, Failure.Writing {

    @Mixin private Console console;

    @Option(
        names = "--secret",
        required = true,
        paramLabel = "FILE",
        description = "The new file for the secret key. Keep it out of the work tree.")
    private Path secret;

    @Option(
        names = "--public",
        required = true,
        paramLabel = "FILE",
        description = "The file for the public key.")
    private Path publicFile;

    @Option(names = "--name", required = true, description = "Who signs.")
    private String name;

    @Option(names = "--email", required = true, description = "Where to reach them.")
    private String email;

    @Option(
        names = "--years",
        paramLabel = "N",
        defaultValue = "5",
        description = "How long the key lives (default: ${DEFAULT-VALUE}).",
        converter = WholeNumber.Years.class)
    private int years;

    @Override
    public Integer call() throws IOException {
      if (Files.exists(publicFile)) {
        throw new IOException(
            publicFile + " exists; a key that machines may trust is never overwritten");
      }
      char[] passphrase = new SigningOptions(System.getenv()).passphrase();
      try {
        NewKey key = NewKey.generate(name, email, passphrase, Period.ofYears(years), Instant.now());
        key.saveSecret(secret);
        AtomicFile.write(publicFile, key.publicKey().armored());
        report(console, key.publicKey(), List.of());
        if (passphrase.length == 0) {
          console.line("warning", "the secret key has no passphrase");
        }
        return 0;
      } finally {
        Arrays.fill(passphrase, '\0');
      }
    }

    @Override
    public String untouched() {
      return "nothing was overwritten";
    }
  }

  /** Judges a key. */
  @Command(
      name = "check",
      description = {
        "Says whether every supported client accepts a key, and how long it lives.",
        "Exit code 3 if a client would refuse it."
      },
      mixinStandardHelpOptions = true)
  static final class Check implements Callable<Integer> {

    private static final int UNHEALTHY = 3;

    @Mixin private Console console;

    @Parameters(
        paramLabel = "FILE",
        arity = "0..1",
        description = "A public or a secret key; without it the one that KLTS_SIGNING_KEY names.")
    private Path file;

    @Override
    public Integer call() throws IOException {
      Path path = file == null ? fromEnvironment() : file;
      PublicKey key = read(path);
      List<Finding> findings = KeyLint.check(key, Instant.now());
      report(console, key, findings);
      return findings.stream().anyMatch(Finding::refuses) ? UNHEALTHY : 0;
    }

    private static Path fromEnvironment() throws IOException {
      String name = System.getenv(SigningOptions.KEY);
      if (name == null || name.isEmpty()) {
        throw new IOException("give a key file, or set " + SigningOptions.KEY);
      }
      return Path.of(name);
    }

    /** Which half it is, the file says. */
    private static PublicKey read(Path path) throws IOException {
      try {
        return PublicKey.read(Files.readAllBytes(path));
      } catch (IOException notPublic) {
        try {
          return SecretKey.publicHalf(path);
        } catch (IOException notSecret) {
          notSecret.addSuppressed(notPublic);
          throw notSecret;
        }
      }
    }
  }

  private static void report(Console console, PublicKey key, List<Finding> findings)
      throws IOException {
    console.result("key        " + key.spacedFingerprint());
    console.result("user id    " + key.userId());
    console.result("created    " + key.created());
    console.result("expires    " + key.expires().map(Instant::toString).orElse("never"));
    for (Finding finding : findings) {
      console.result((finding.refuses() ? "refused    " : "warning    ") + finding);
    }
    console.json(Result.of(key, findings));
  }
}
