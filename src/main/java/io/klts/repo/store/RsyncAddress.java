package io.klts.repo.store;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An address as rsync wants it, and what it needs to enter.
 *
 * @param root the address of the folder, with a slash at its end
 * @param options that say how to connect
 * @param password for a daemon, which asks for it by a variable
 */
record RsyncAddress(String root, List<String> options, String password) {

  private static final int CONNECT_SECONDS = 10;

  /** Nothing that a shell of the server, or rsync, could take for something else. */
  private static final Pattern PATH = Pattern.compile("(/(?!\\.\\.?(/|$))[\\w.@+][\\w.@+~-]*)+");

  private static final Pattern USER = Pattern.compile("\\w[\\w.@+-]*");

  /**
   * Takes it from a target.
   *
   * @throws IOException if the address is none, or credentials are missing
   */
  static RsyncAddress of(Target target, Map<String, String> environment) throws IOException {
    URI uri = target.upload();
    if (uri.getHost() == null || !PATH.matcher(uri.getPath()).matches()) {
      throw new RefusedException(
          uri
              + " is no address for rsync; expected rsync://host/module/path, with letters, digits"
              + " and . _ - + @ ~ only");
    }
    return uri.getScheme().equals("rsync") ? daemon(target, environment) : ssh(target, environment);
  }

  private static RsyncAddress daemon(Target target, Map<String, String> environment)
      throws IOException {
    URI uri = target.upload();
    Optional<Credentials> credentials = Credentials.of(target, environment);
    String user = credentials.isPresent() ? user(credentials.get().user()) + "@" : "";
    String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
    return new RsyncAddress(
        "rsync://" + user + uri.getHost() + port + uri.getPath() + "/",
        List.of("--contimeout=" + CONNECT_SECONDS),
        credentials.map(Credentials::secret).orElse(""));
  }

  private static RsyncAddress ssh(Target target, Map<String, String> environment)
      throws IOException {
    URI uri = target.upload();
    SshAccess access = SshAccess.of(target, environment);
    if (access.secret().isPresent() && access.identity().isEmpty()) {
      throw new RefusedException(
          uri
              + ": rsync over ssh takes no password; set "
              + target.credentials().orElseThrow()
              + "_IDENTITY to the file of a private key, or use sftp:");
    }
    List<String> shell = new ArrayList<>();
    // Nobody is there to answer a question.
    shell.addAll(List.of("ssh", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes"));
    shell.addAll(List.of("-o", "ConnectTimeout=" + CONNECT_SECONDS));
    shell.addAll(List.of("-o", "ServerAliveInterval=15"));
    if (uri.getPort() >= 0) {
      shell.addAll(List.of("-p", Integer.toString(uri.getPort())));
    }
    access
        .identity()
        .ifPresent(
            file -> shell.addAll(List.of("-o", "IdentitiesOnly=yes", "-i", quoted(file, ""))));
    access
        .knownHosts()
        .ifPresent(file -> shell.addAll(List.of("-o", quoted(file, "UserKnownHostsFile="))));
    return new RsyncAddress(
        user(access.user()) + "@" + uri.getHost() + ":" + uri.getPath() + "/",
        List.of("--rsh=" + String.join(" ", shell)),
        "");
  }

  /** As one word for rsync, which splits the command; ssh splits the value of an option again. */
  private static String quoted(Path file, String option) {
    String name = file.toAbsolutePath().toString();
    String value = option.isEmpty() ? name : option + "\"" + name + "\"";
    return "'" + value.replace("'", "''") + "'";
  }

  private static String user(String user) throws IOException {
    if (!USER.matcher(user).matches()) {
      throw new RefusedException("\"" + user + "\" is no name of a user for rsync");
    }
    return user;
  }

  /** The address of a file below. */
  String of(String path) {
    return root + path;
  }

  /** Never the password. */
  @Override
  public String toString() {
    return root;
  }
}
