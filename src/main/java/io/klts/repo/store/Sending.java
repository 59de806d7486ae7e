package io.klts.repo.store;

import io.klts.repo.blob.PiecewiseInput;
import io.klts.repo.blob.Sha256;
import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.security.MessageDigest;

/**
 * The bytes of a file on their way to a store: held back to its limit, counted and digested. The
 * last of them are given out only when all are as they were listed, so that a store never has a
 * wrong whole, whatever it does with a part.
 */
final class Sending extends PiecewiseInput {

  private final TreeFile file;
  private final MessageDigest digest = Sha256.digest();
  private long count;

  /**
   * Begins to read a file, from its begin at each attempt.
   *
   * @throws RefusedException if it is not what was listed, as each read does
   */
  Sending(TreeFile file, Throttle throttle) throws IOException {
    super(throttle.slow(file.content().open()));
    this.file = file;
    if (file.content().size() == 0) {
      check();
    }
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int n = in.read(buffer, offset, length);
    if (n > 0) {
      digest.update(buffer, offset, n);
      count += n;
    }
    long size = file.content().size();
    if (count > size || (n < 0 && count < size)) {
      throw changed(file);
    }
    if (n > 0 && count == size) {
      check();
    }
    return n;
  }

  private void check() throws IOException {
    if (!Sha256.finished(digest).equals(file.sha256())) {
      throw changed(file);
    }
  }

  @Override
  public long skip(long n) {
    throw new UnsupportedOperationException("every byte is digested");
  }

  @Override
  public boolean markSupported() {
    return false;
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
