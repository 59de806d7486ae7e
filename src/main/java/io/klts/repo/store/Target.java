package io.klts.repo.store;

import java.net.URI;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What has to be known to write to a store.
 *
 * @param upload its address: {@code file:///srv/klts}, {@code s3://bucket/prefix}, {@code
 *     rsync://host/module/path}, {@code rsync+ssh://user@host/path}, {@code sftp://user@host/path},
 *     {@code webdav+https://host/path}; no slash at its end
 * @param endpoint where an S3-compatible store answers, as {@code https://s3.example.com}; empty
 *     for others
 * @param region of an S3-compatible store
 * @param pathStyle whether the bucket stands in the path, and not in the host name
 * @param credentials the name that the environment variables begin with, see {@link Credentials};
 *     empty to write without
 */
public record Target(
    URI upload,
    Optional<URI> endpoint,
    String region,
    boolean pathStyle,
    Optional<String> credentials) {

  private static final Set<String> SCHEMES =
      Set.of("file", "s3", "rsync", "rsync+ssh", "sftp", "webdav+http", "webdav+https");

  private static final Pattern VARIABLE = Pattern.compile("[A-Z][A-Z0-9_]*");

  public Target {
    String scheme = upload.getScheme();
    if (scheme == null || !SCHEMES.contains(scheme)) {
      throw new IllegalArgumentException(
          "\"upload\" is "
              + upload
              + "; expected an address that begins with one of file: s3: rsync: rsync+ssh: sftp:"
              + " webdav+http: webdav+https:");
    }
    boolean place =
        scheme.equals("file") || upload.getHost() != null || upload.getAuthority() != null;
    if (!place || upload.getQuery() != null || upload.getFragment() != null) {
      throw new IllegalArgumentException("\"upload\" is " + upload + "; it names no host");
    }
    if (upload.getRawUserInfo() != null && upload.getRawUserInfo().contains(":")) {
      throw new IllegalArgumentException(
          "\"upload\" holds a password; put it into the environment, and name that in credentials");
    }
    if (scheme.equals("s3") != endpoint.isPresent()) {
      throw new IllegalArgumentException(
          scheme.equals("s3")
              ? "\"endpoint\" is missing: the address at which the object store answers"
              : "\"endpoint\" is for uploads to s3: only");
    }
    if (credentials.isPresent() && !VARIABLE.matcher(credentials.get()).matches()) {
      throw new IllegalArgumentException(
          "\"credentials\" is "
              + credentials.get()
              + "; expected a name of variables, such as env:KLTS_ALIYUN");
    }
  }
}
