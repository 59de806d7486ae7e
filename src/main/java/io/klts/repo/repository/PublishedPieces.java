package io.klts.repo.repository;

import io.klts.repo.blob.Parallel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The pieces of the indexes with everything, as they are in the tree: to be taken over. */
final class PublishedPieces {

  private final Map<String, Map<String, Piece>> indexes = new HashMap<>();

  private PublishedPieces() {}

  /**
   * Reads the indexes.
   *
   * @throws IOException if one of them is not there, or not what was published
   */
  static PublishedPieces read(State state) throws IOException {
    PublishedPieces published = new PublishedPieces();
    List<Splice> splices = state.splices();
    List<Map<String, Piece>> pieces =
        Parallel.map(splices, splice -> pieces(state.source(), splice));
    for (Splice splice : splices) {
      published.indexes.put(splice.name(), pieces.get(published.indexes.size()));
    }
    for (RpmChannel.Kind kind : RpmChannel.Kind.values()) {
      if (!published.indexes.containsKey(kind.type())) {
        throw new IOException("no index " + kind.type() + " was published");
      }
    }
    return published;
  }

  private static Map<String, Piece> pieces(State.Source source, Splice splice) throws IOException {
    boolean hasXz = splice.pieces().values().stream().anyMatch(sizes -> sizes.xz() > 0);
    return Document.pieces(
        bytes(source, splice.gz()),
        hasXz ? bytes(source, AptSuite.xzBeside(splice.gz())) : new byte[0],
        splice.pieces());
  }

  private static byte[] bytes(State.Source source, String path) throws IOException {
    Optional<Path> file = source.intact(path);
    return Files.readAllBytes(file.orElseThrow(() -> new IOException(path + " is missing")));
  }

  /** What a part added to the indexes. One that does not name it had nothing of it. */
  PartPieces of(String part) {
    Map<String, Piece> pieces = new HashMap<>();
    indexes.forEach(
        (index, ofParts) -> {
          if (ofParts.containsKey(part)) {
            pieces.put(index, ofParts.get(part));
          }
        });
    return new PartPieces(pieces);
  }
}
