package io.klts.repo.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Opens the store that an address names. */
public final class Stores {

  private Stores() {}

  /**
   * Opens a store; the caller closes it.
   *
   * @param environment where credentials are, see {@link Credentials}
   * @throws IOException if credentials are missing, or a program is that this kind of store needs
   */
  public static Store open(Target target, Limits limits, Map<String, String> environment)
      throws IOException {
    return switch (target.upload().getScheme()) {
      case "file" -> new FolderStore(Path.of(target.upload().getPath()), limits);
      case "s3" -> S3Store.open(target, limits, environment);
      case "rsync", "rsync+ssh" -> new RsyncStore(target, limits, environment);
      case "sftp" -> new SftpStore(target, limits, environment);
      case "webdav+http", "webdav+https" -> new WebDavStore(target, limits, environment);
      default -> throw new IOException(target.upload() + ": this kind of store is not known");
    };
  }
}
