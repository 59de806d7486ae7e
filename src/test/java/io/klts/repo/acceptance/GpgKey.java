package io.klts.repo.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A key of the real gpg, to sign what others publish; in a folder of its own, without passphrase.
 */
final class GpgKey implements AutoCloseable {

  private static final String NAME = "lab@example.org";

  /** Not below target: the path of gpg-agent's socket must be short. */
  private final Path home;

  GpgKey() throws IOException {
    this("--quick-generate-key", "--passphrase", "", NAME, "rsa2048", "sign", "never");
  }

  private GpgKey(String... making) throws IOException {
    home = Files.createTempDirectory("gpg");
    gpg(making).assertOk();
  }

  /** The key of a file, which has no passphrase. */
  static GpgKey of(Path secret) throws IOException {
    return new GpgKey("--import", secret.toString());
  }

  /** What {@code GNUPGHOME} has to be for others that sign with it. */
  Path home() {
    return home;
  }

  /** Writes the public key with ASCII armour. */
  Path exportTo(Path file) throws IOException {
    gpg("--armor", "--output", file.toString(), "--export", NAME).assertOk();
    return file;
  }

  /** Writes a detached signature beside a file: its name with {@code .asc} added. */
  void signDetached(Path file) throws IOException {
    gpg("--yes", "--armor", "--detach-sign", file.toString()).assertOk();
  }

  /** Writes a file with its signature around it. */
  void signInline(Path file, Path signed) throws IOException {
    gpg("--yes", "--clearsign", "--output", signed.toString(), file.toString()).assertOk();
  }

  /** Signs an rpm file in place. */
  void signRpm(Path file) throws IOException {
    Program.of(
            "rpmsign",
            "--define",
            "_gpg_name " + NAME,
            "--define",
            "_gpg_path " + home,
            // Debian's macro names a program gpg2, which Debian does not have.
            "--define",
            "__gpg /usr/bin/gpg",
            "--addsign",
            file.toString())
        .run()
        .assertOk();
  }

  private Outcome gpg(String... arguments) throws IOException {
    String[] command = new String[arguments.length + 4];
    command[0] = "gpg";
    command[1] = "--homedir";
    command[2] = home.toString();
    command[3] = "--batch";
    System.arraycopy(arguments, 0, command, 4, arguments.length);
    return Program.of(command).run();
  }

  @Override
  public void close() throws IOException {
    Program.of("gpgconf", "--homedir", home.toString(), "--kill", "gpg-agent").run();
    Lab.remove(home);
  }
}
