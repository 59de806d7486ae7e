package io.klts.repo.store;

import io.klts.repo.blob.PiecewiseInput;
import io.klts.repo.blob.Sha256;
import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.security.MessageDigest;

/**
 * The bytes of a file on their way to a store: held back to its limit, counted and digested, so
 * that a file which changed since it was listed is never taken for sent.
 */
final class Sending extends PiecewiseInput {

  private final TreeFile file;
  private final MessageDigest digest = Sha256.digest();
  private long count;

  Sending(TreeFile file, Throttle throttle) throws IOException {
    super(throttle.slow(file.content().open()));
    this.file = file;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int n = in.read(buffer, offset, length);
    if (n > 0) {
      digest.update(buffer, offset, n);
      count += n;
    }
    return n;
  }

  /**
   * Asked when all is sent, and before anybody can see it.
   *
   * @throws RefusedException if that was not the file that was listed
   */
  void finish() throws IOException {
    Sha256 sent = Sha256.finished(digest);
    if (count != file.content().size() || !sent.equals(file.sha256())) {
      throw changed(file);
    }
  }

  /** Says that a file is not what was listed. */
  static RefusedException changed(TreeFile file) {
    return new RefusedException(
        file.path()
            + " changed after it was listed: expected "
            + file.content().size()
            + " bytes with SHA-256 "
            + file.sha256().hex()
            + "; verify the tree, and push again");
  }
}
