package io.klts.repo.verify;

import java.util.List;

/**
 * What an index says of a package.
 *
 * @param path in the tree
 * @param needs each is fulfilled by one of its alternatives
 */
record ListedPackage(
    String name,
    String version,
    String arch,
    String path,
    String sha256,
    List<Capability> provides,
    List<List<Capability>> needs) {

  boolean isForAllArchs() {
    return arch.equals("noarch") || arch.equals("all");
  }

  /** The same for two files only if one of them is signed again. */
  String identity() {
    return name + " " + version + " " + arch;
  }
}
