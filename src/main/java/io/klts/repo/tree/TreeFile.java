package io.klts.repo.tree;

import io.klts.repo.blob.Blob;
import io.klts.repo.blob.Sha256;

/**
 * A file that shall be in the tree.
 *
 * @param path relative to the tree, with slashes
 */
public record TreeFile(String path, Stage stage, Blob content, Sha256 sha256) {

  public TreeFile {
    TreePath.check(path);
  }

  /** A small file from memory. */
  public static TreeFile of(String path, Stage stage, byte[] bytes) {
    return new TreeFile(path, stage, Blob.of(bytes), Sha256.of(bytes));
  }
}
