package io.klts.repo.cli;

import io.klts.repo.blob.AtomicFile;
import io.klts.repo.signature.Finding;
import io.klts.repo.signature.KeyLint;
import io.klts.repo.signature.NewKey;
import io.klts.repo.signature.PublicKey;
import io.klts.repo.signature.SecretKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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

/** Makes, judges, exports and changes signing keys. */
@Command(
    name = "key",
    description = "Makes, checks, exports and changes signing keys.",
    mixinStandardHelpOptions = true,
    subcommands = {
      KeyCommand.Generate.class,
      KeyCommand.Check.class,
      KeyCommand.Export.class,
      RotateCommand.class
    })
final class KeyCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "give one of: generate, check, export, rotate");
  }

  /**
   * What is known of a key.
   *
   * @param fingerprint in 40 hexadecimal digits
   * @param userId whose key it is
   * @param created in ISO form
   * @param expires in ISO form; absent if it never does
   * @param findings what is wrong with it, a sentence each
   */
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
          console.warning("the secret key has no passphrase");
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

    @Mixin private Console console;

    @Parameters(
        paramLabel = "FILE",
        arity = "0..1",
        description = "A public or a secret key; without it the one that would sign.")
    private Path file;

    @Override
    public Integer call() throws IOException {
      PublicKey key = file == null ? new SigningOptions(System.getenv()).publicKey() : read(file);
      List<Finding> findings = KeyLint.check(key, Instant.now());
      report(console, key, findings);
      return findings.stream().anyMatch(Finding::refuses) ? Main.UNHEALTHY : 0;
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

  /** Gives the public half away. */
  @Command(
      name = "export",
      description = {
        "Prints the public half of the key that would sign, or writes it to a file.",
        "Also for a key that gpg or another program keeps. A file with another key is not"
            + " overwritten."
      },
      mixinStandardHelpOptions = true)
  static final class Export implements Callable<Integer> {

    @Mixin private Console console;
    @Spec private CommandSpec spec;

    @Option(names = "--binary", description = "Not as text: for .gpg files. Needs a FILE.")
    private boolean binary;

    @Parameters(
        paramLabel = "FILE",
        arity = "0..1",
        description = "Where to write it; without it, it is printed.")
    private Path file;

    @Override
    public Integer call() throws IOException {
      if (binary && file == null) {
        throw new ParameterException(spec.commandLine(), "--binary needs a FILE");
      }
      PublicKey key = new SigningOptions(System.getenv()).publicKey();
      if (file == null) {
        console.result(new String(key.armored(), StandardCharsets.US_ASCII).stripTrailing());
      } else {
        refuseOther(key);
        AtomicFile.write(file, binary ? key.binary() : key.armored());
        console.line("key", key + " is in " + file);
      }
      console.json(Result.of(key, List.of()));
      return 0;
    }

    /** A renewed key takes the place of its older form, and of nothing else. */
    private void refuseOther(PublicKey key) throws IOException {
      if (Files.exists(file) && !isSame(key)) {
        throw new IOException(
            file
                + " exists and is not this key; a key that machines may trust is never"
                + " overwritten");
      }
    }

    private boolean isSame(PublicKey key) {
      try {
        return PublicKey.read(Files.readAllBytes(file)).fingerprint().equals(key.fingerprint());
      } catch (IOException e) {
        return false;
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
