package io.klts.repo.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Who writes, from the environment: for the name {@code KLTS_ALIYUN} the variables {@code
 * KLTS_ALIYUN_USER} (for S3 the access key's id) and {@code KLTS_ALIYUN_SECRET} or {@code
 * KLTS_ALIYUN_SECRET_FILE}. A secret is on no command line, in no file of the project and no log.
 */
public record Credentials(String user, String secret) {

  /**
   * Takes them from the environment.
   *
   * @throws IOException if a variable is missing, naming it
   */
  public static Credentials from(String name, Map<String, String> environment) throws IOException {
    return new Credentials(
        value(name + "_USER", environment).orElseThrow(() -> lacks(name + "_USER")),
        secret(name, environment)
            .orElseThrow(() -> lacks(name + "_SECRET or " + name + "_SECRET_FILE")));
  }

  /** Those for a server; a user that the address names comes before the environment's. */
  static Optional<Credentials> of(Target target, Map<String, String> environment)
      throws IOException {
    String user = target.upload().getUserInfo();
    if (target.credentials().isEmpty()) {
      if (user != null) {
        throw new RefusedException(
            target.upload()
                + " names a user, but mirrors.conf names no credentials for him; say for example"
                + " credentials = \"env:KLTS_MIRROR\"");
      }
      return Optional.empty();
    }
    String name = target.credentials().get();
    if (user == null) {
      return Optional.of(from(name, environment));
    }
    return Optional.of(
        new Credentials(
            user,
            secret(name, environment)
                .orElseThrow(() -> lacks(name + "_SECRET or " + name + "_SECRET_FILE"))));
  }

  /** The secret alone, for those who may do without. */
  static Optional<String> secret(String name, Map<String, String> environment) throws IOException {
    Optional<String> secret = value(name + "_SECRET", environment);
    Optional<String> file = value(name + "_SECRET_FILE", environment);
    return secret.isEmpty() && file.isPresent()
        ? Optional.of(Files.readString(Path.of(file.get())).strip()).filter(s -> !s.isEmpty())
        : secret;
  }

  /** A variable that says something. */
  static Optional<String> value(String variable, Map<String, String> environment) {
    return Optional.ofNullable(environment.get(variable)).filter(value -> !value.isBlank());
  }

  /** Says which variable is missing. */
  static IOException lacks(String variable) {
    return new RefusedException(
        "the environment lacks " + variable + ", which mirrors.conf names as credentials");
  }

  /** Never the secret. */
  @Override
  public String toString() {
    return user;
  }
}
