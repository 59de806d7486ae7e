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
 * @param style how addresses of an S3-compatible store say the bucket
 * @param credentials the name that the environment variables begin with, see {@link Credentials};
 *     empty to write without
 */
public record Target(
    URI upload, Optional<URI> endpoint, String region, Style style, Optional<String> credentials) {

  /** Where the bucket stands in an address. */
  public enum Style {
    /** In the host's name, before that of the endpoint. */
    VIRTUAL,
    /** In the path. */
    PATH,
    /** Nowhere: the endpoint is the bucket itself, under a domain of its own. */
    BUCKET
  }

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
