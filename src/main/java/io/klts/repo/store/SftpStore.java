package io.klts.repo.store;

import io.klts.repo.blob.Parallel;
import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.commons.io.function.IOFunction;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpClient.OpenMode;
import org.apache.sshd.sftp.client.extensions.openssh.OpenSSHFsyncExtension;
import org.apache.sshd.sftp.client.extensions.openssh.OpenSSHPosixRenameExtension;
import org.apache.sshd.sftp.common.SftpConstants;
import org.apache.sshd.sftp.common.SftpException;

/**
 * A folder behind SFTP. OpenSSH's server renames over a file that is there, and waits for its disk
 * if it is asked to; a server that does not know these extensions is without the file for the time
 * between two requests, when one is replaced.
 */
final class SftpStore extends OneByOneStore {

  /** OpenSSH's server allows ten for one connection. */
  private static final int CHANNELS = 8;

  /** What every server takes in one request. */
  private static final int BUFFER = 1 << 15;

  private static final int READABLE = 0644;

  private final String root;
  private final SftpConnection connection;
  private final Set<String> folders = new HashSet<>();

  /**
   * @throws IOException if credentials are missing
   */
  SftpStore(Target target, Limits limits, Map<String, String> environment) throws IOException {
    super(Math.min(limits.parallel(), CHANNELS), limits.attempts(), limits.bytesPerSecond());
    root = target.upload().getPath();
    connection = new SftpConnection(target, SshAccess.of(target, environment));
  }

  /** Tries some work on a path, as often as may be. */
  private <T> T call(String path, IOFunction<SftpClient, T> work) throws IOException {
    return retry().call(() -> once(path, work));
  }

  private <T> T once(String path, IOFunction<SftpClient, T> work) throws IOException {
    try {
      return connection.with(work);
    } catch (SftpException e) {
      String message = connection + root + "/" + path + ": " + words(e);
      throw e.getStatus() == SftpConstants.SSH_FX_PERMISSION_DENIED
          ? new RefusedException(message)
          : new IOException(message, e);
    }
  }

  private static String words(SftpException e) {
    return switch (e.getStatus()) {
      case SftpConstants.SSH_FX_PERMISSION_DENIED -> "the server does not permit it";
      case SftpConstants.SSH_FX_NO_SUCH_FILE -> "no such file or folder";
      default -> "the server says " + e.getMessage();
    };
  }

  private static boolean isMissing(SftpException e) {
    return e.getStatus() == SftpConstants.SSH_FX_NO_SUCH_FILE
        || e.getStatus() == SftpConstants.SSH_FX_NO_SUCH_PATH;
  }

  @Override
  public Optional<byte[]> read(String path, int limit) throws IOException {
    return call(
        path,
        sftp -> {
          try (InputStream in = sftp.read(root + "/" + path)) {
            byte[] bytes = in.readNBytes(limit);
            if (in.read() >= 0) {
              throw new RefusedException(
                  connection
                      + root
                      + "/"
                      + path
                      + " has more than the expected "
                      + limit
                      + " bytes");
            }
            return Optional.of(bytes);
          } catch (SftpException e) {
            if (isMissing(e)) {
              return Optional.empty();
            }
            throw e;
          }
        });
  }

  @Override
  public OptionalLong size(String path) throws IOException {
    return call(
        path,
        sftp -> {
          Optional<SftpClient.Attributes> found = look(sftp, root + "/" + path);
          return found.isPresent() && found.get().isRegularFile()
              ? OptionalLong.of(found.get().getSize())
              : OptionalLong.empty();
        });
  }

  private static Optional<SftpClient.Attributes> look(SftpClient sftp, String path)
      throws IOException {
    try {
      return Optional.of(sftp.stat(path));
    } catch (SftpException e) {
      if (isMissing(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Override
  void emptyUploads() throws IOException {
    once(
        UPLOADS,
        sftp -> {
          String uploads = root + "/" + UPLOADS;
          makeFolder(sftp, uploads);
          for (SftpClient.DirEntry entry : sftp.readDir(uploads)) {
            if (!entry.getFilename().matches("\\.{1,2}")) {
              sftp.remove(uploads + "/" + entry.getFilename());
            }
          }
          return uploads;
        });
  }

  @Override
  void put(TreeFile file, String beside, Throttle throttle) throws IOException {
    once(
        file.path(),
        sftp -> {
          String temporary = root + "/" + beside;
          send(sftp, file, temporary, throttle);
          String target = root + "/" + file.path();
          makeFolder(sftp, target.substring(0, target.lastIndexOf('/')));
          replace(sftp, temporary, target);
          return target;
        });
  }

  private static void send(SftpClient sftp, TreeFile file, String path, Throttle throttle)
      throws IOException {
    try (Sending in = new Sending(file, throttle);
        OutputStream out =
            sftp.write(path, BUFFER, OpenMode.Create, OpenMode.Write, OpenMode.Truncate)) {
      in.transferTo(out);
    }
    OpenSSHFsyncExtension disk = sftp.getExtension(OpenSSHFsyncExtension.class);
    if (disk != null && disk.isSupported()) {
      try (SftpClient.CloseableHandle handle = sftp.open(path, OpenMode.Write)) {
        disk.fsync(handle);
      }
    }
    sftp.setStat(path, new SftpClient.Attributes().perms(READABLE));
  }

  private static void replace(SftpClient sftp, String from, String to) throws IOException {
    OpenSSHPosixRenameExtension over = sftp.getExtension(OpenSSHPosixRenameExtension.class);
    if (over != null && over.isSupported()) {
      over.posixRename(from, to);
    } else {
      if (look(sftp, to).isPresent()) {
        sftp.remove(to);
      }
      sftp.rename(from, to);
    }
  }

  /** Makes a folder and those above it; one at a time, so that none is made twice. */
  private void makeFolder(SftpClient sftp, String path) throws IOException {
    synchronized (folders) {
      if (path.isEmpty() || folders.contains(path)) {
        return;
      }
      if (look(sftp, path).isEmpty()) {
        makeFolder(sftp, path.substring(0, path.lastIndexOf('/')));
        sftp.mkdir(path);
      }
      folders.add(path);
    }
  }

  @Override
  public void delete(Collection<String> paths) throws IOException {
    Parallel.map(parallel(), paths, path -> call(path, sftp -> remove(sftp, root + "/" + path)));
    Set<String> above = new HashSet<>();
    for (String path : paths) {
      for (int slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
        above.add(path.substring(0, slash));
      }
    }
    // The longest first: a folder that went may have emptied the one that it was in.
    List<String> order =
        above.stream().sorted(Comparator.comparingInt(String::length).reversed()).toList();
    for (String folder : order) {
      call(folder, sftp -> removeEmpty(sftp, root + "/" + folder));
    }
  }

  private static String remove(SftpClient sftp, String path) throws IOException {
    try {
      sftp.remove(path);
    } catch (SftpException e) {
      if (!isMissing(e)) {
        throw e;
      }
    }
    return path;
  }

  /** Servers differ in what they say of a folder that is not empty: it stays, that is enough. */
  private String removeEmpty(SftpClient sftp, String path) throws IOException {
    try {
      sftp.rmdir(path);
      synchronized (folders) {
        folders.remove(path);
      }
    } catch (SftpException e) {
      return path;
    }
    return path;
  }

  @Override
  void removeUploads() throws IOException {
    once(UPLOADS, sftp -> removeEmpty(sftp, root + "/" + UPLOADS));
  }

  @Override
  void disconnect() {
    connection.close();
  }
}
