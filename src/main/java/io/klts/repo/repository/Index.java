package io.klts.repo.repository;

import io.klts.repo.tree.TreeFile;
import java.time.Instant;
import java.util.List;

/**
 * One rendered channel: its files and the one from which clients begin, whose signature stands for
 * all others.
 *
 * @param files everything but root and signatures
 * @param root names every file by its digest
 * @param date of the newest release in it, which its signatures carry, so that the same index has
 *     the same signatures whatever else is in the tree
 * @param signatures what has to be signed and where each signature goes
 */
public record Index(List<TreeFile> files, TreeFile root, Instant date, List<Signature> signatures) {

  /** A signature over the root. */
  public record Signature(String path, Form form) {}

  /** How the signature is written. */
  public enum Form {
    /** A file of its own beside the root. */
    DETACHED,
    /** The root's text and its signature in one file. */
    CLEARSIGNED
  }
}
