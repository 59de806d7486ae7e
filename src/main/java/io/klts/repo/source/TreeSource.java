package io.klts.repo.source;

import io.klts.repo.blob.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
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

  /**
   * Files of earlier states by their paths, as those listed them; empty where whoever published the
   * tree did not keep that.
   */
  Map<String, Sha256> earlier() throws IOException;

  /** Whether reading costs the network, so that nothing is read without proof. */
  boolean isRemote();
}
