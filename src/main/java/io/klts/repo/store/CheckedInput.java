package io.klts.repo.store;

import io.klts.repo.blob.Sha256;
import io.klts.repo.tree.TreeFile;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/**
 * The bytes of a file as they are sent. The last of them are not given away before all are known to
 * be the right ones: so a server that waits for the announced number never gets the whole of a file
 * that changed on the disk since its digest was taken.
 */
final class CheckedInput extends InputStream {

  private final TreeFile file;
  private final InputStream in;
  private final MessageDigest digest = Sha256.digest();
  private long left;

  private CheckedInput(TreeFile file, InputStream in) {
    this.file = file;
    this.in = in;
    this.left = file.content().size();
  }

  /** Opens the content of a file. The caller closes it. */
  static InputStream open(TreeFile file) throws IOException {
    return new CheckedInput(file, file.content().open());
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  /**
   * As always.
   *
   * @throws RefusedException instead of giving the last bytes, if those of the file are not the
   *     announced ones
   */
  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (left == 0) {
      return -1;
    }
    int n = in.read(buffer, offset, (int) Math.min(length, left));
    if (n < 0) {
      throw changed("it ends " + left + " bytes too early");
    }
    digest.update(buffer, offset, n);
    left -= n;
    if (left == 0) {
      check(Sha256.finished(digest));
    }
    return n;
  }

  private void check(Sha256 found) throws IOException {
    if (!found.equals(file.sha256())) {
      throw changed("expected SHA-256 " + file.sha256() + ", found " + found);
    }
  }

  private RefusedException changed(String how) {
    return new RefusedException(
        file.path()
            + " changed on the disk while it was sent: "
            + how
            + "\n  it was not written; see whether the tree is whole: klts-repo verify");
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
