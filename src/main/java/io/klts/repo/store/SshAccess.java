package io.klts.repo.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * How a server is entered over ssh. The address names the user, or {@code NAME_USER} does; besides
 * {@code NAME_SECRET}, the password or the passphrase of the key, the environment may have {@code
 * NAME_IDENTITY}, the file of a private key, and {@code NAME_KNOWN_HOSTS}, the file of the servers'
 * keys.
 *
 * @param identity the file of a private key
 * @param knownHosts the file of the servers' keys; empty for the user's own
 */
record SshAccess(
    String user, Optional<String> secret, Optional<Path> identity, Optional<Path> knownHosts) {

  /**
   * Takes it from address and environment.
   *
   * @throws IOException if there is no user, or a file is missing, naming it
   */
  static SshAccess of(Target target, Map<String, String> environment) throws IOException {
    String inAddress = target.upload().getUserInfo();
    if (target.credentials().isEmpty()) {
      if (inAddress == null) {
        throw new RefusedException(
            target.upload() + " names no user; expected a form such as user@host");
      }
      return new SshAccess(inAddress, Optional.empty(), Optional.empty(), Optional.empty());
    }
    String name = target.credentials().get();
    String user =
        Optional.ofNullable(inAddress)
            .or(() -> Credentials.value(name + "_USER", environment))
            .orElse(null);
    if (user == null) {
      throw Credentials.lacks(name + "_USER");
    }
    return new SshAccess(
        user,
        Credentials.secret(name, environment),
        file(name + "_IDENTITY", environment),
        file(name + "_KNOWN_HOSTS", environment));
  }

  private static Optional<Path> file(String variable, Map<String, String> environment)
      throws IOException {
    Optional<Path> file = Credentials.value(variable, environment).map(Path::of);
    if (file.isPresent() && !Files.isReadable(file.get())) {
      throw new RefusedException(variable + " is " + file.get() + ", which cannot be read");
    }
    return file;
  }

  /** Never the secret. */
  @Override
  public String toString() {
    return user;
  }
}
