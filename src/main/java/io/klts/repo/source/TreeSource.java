package io.klts.repo.source;

import io.klts.repo.blob.Sha256;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * Where the bytes of a published tree come from. Nothing about them is trusted. Its text form names
 * the place. Who opened it closes it.
 */
public interface TreeSource extends Closeable {

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

  /**
   * The rest of a file.
   *
   * @param from the byte at which it begins: 0 where a source cannot begin elsewhere
   */
  record Tail(long from, InputStream in) {}

  /**
   * Opens a file at one of its bytes, to go on where an earlier attempt ended. The caller closes
   * it.
   *
   * @return empty if it is not there
   * @throws IOException also if the file ends before that byte
   */
  default Optional<Tail> open(String path, long from) throws IOException {
    return open(path).map(in -> new Tail(0, in));
  }

  /**
   * All of a small file.
   *
   * @return empty if it is not there
   * @throws IOException if it is longer than the limit
   */
  default Optional<byte[]> read(String path, int limit) throws IOException {
    try (InputStream in = open(path).orElse(null)) {
      if (in == null) {
        return Optional.empty();
      }
      byte[] bytes = in.readNBytes(limit + 1);
      if (bytes.length > limit) {
        throw new IOException(path + ": more than " + limit + " bytes");
      }
      return Optional.of(bytes);
    }
  }

  /** All names in the tree, without folders; empty where that cannot be asked. */
  Optional<SortedMap<String, Kind>> list() throws IOException;

  /**
   * Files of earlier states by their paths, as those listed them; empty where whoever published the
   * tree did not keep that.
   */
  Map<String, Sha256> earlier() throws IOException;

  /** Paths that the manifest lists and that this copy leaves out on purpose, as far as is known. */
  default Set<String> leftOut() throws IOException {
    return Set.of();
  }

  /** Whether it is expected to have some files only: what {@link #list} says. */
  default boolean isPart() {
    return false;
  }

  /** Whether reading costs the network, so that nothing is read without proof. */
  boolean isRemote();

  /** Lets go of what it holds. */
  @Override
  default void close() throws IOException {}
}
