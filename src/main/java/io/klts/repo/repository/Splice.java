package io.klts.repo.repository;

import io.klts.repo.tree.TreePath;
import java.util.Map;

/**
 * How an index of everything is put together, so that the pieces of untouched parts can be taken
 * out of it.
 *
 * @param name which index: a document of rpm-md or an architecture of apt
 * @param gz where its gzip form lies in the tree
 * @param pieces by part, in their order; the first is what stands before all parts
 */
record Splice(String name, String gz, Map<String, PieceSizes> pieces) {

  Splice {
    Present.check(name, "name");
    Present.check(gz, "gz");
    Present.check(pieces, "pieces");
    TreePath.check(gz);
  }
}
