package io.klts.repo.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

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
    String user = environment.get(name + "_USER");
    String secret = environment.get(name + "_SECRET");
    String file = environment.get(name + "_SECRET_FILE");
    if (secret == null && file != null) {
      secret = Files.readString(Path.of(file)).strip();
    }
    if (user == null || user.isBlank() || secret == null || secret.isBlank()) {
      throw new IOException(
          "the environment lacks "
              + (user == null || user.isBlank()
                  ? name + "_USER"
                  : name + "_SECRET or " + name + "_SECRET_FILE")
              + ", which mirrors.conf names as credentials");
    }
    return new Credentials(user, secret);
  }

  /** Never the secret. */
  @Override
  public String toString() {
    return user;
  }
}
