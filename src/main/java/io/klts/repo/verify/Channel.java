package io.klts.repo.verify;

import io.klts.repo.order.VersionOrder;
import java.util.List;

/**
 * What clients of one index see.
 *
 * @param folder of the tree: {@code rpm/v1.28} or {@code apt/dists/v1.28}
 */
record Channel(String folder, VersionOrder order, List<ListedPackage> packages) {

  Channel {
    packages = List.copyOf(packages);
  }
}
