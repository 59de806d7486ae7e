package io.klts.repo.verify;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.SortedMap;

/** Where the bytes of a published tree come from. Nothing about them is trusted. */
public interface TreeSource {

  /** What lies where in a folder. */
  enum Kind {
    FILE,
    OTHER
  }

  /**
   * Opens a file. The caller closes it, and reads no more of it than it expects.
   *
   * @return empty if it is not there
   */
  Optional<InputStream> open(String path) throws IOException;

  /** All names in the tree, without folders; empty where that cannot be asked. */
  Optional<SortedMap<String, Kind>> list() throws IOException;

  /** Whether reading costs the network, so that nothing is read without proof. */
  boolean isRemote();
}
