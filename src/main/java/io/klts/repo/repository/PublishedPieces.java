package io.klts.repo.repository;

import io.klts.repo.compress.XzText;
import io.klts.repo.repository.RpmChannel.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The pieces of the indexes with everything, as they are in the tree: to be taken over. */
final class PublishedPieces {

  /** Where a piece stands. */
  private record Place(ByteBuffer gz, ByteBuffer xz, int textLength) {

    Piece piece() throws IOException {
      return Piece.kept(bytes(gz), textLength, XzText.ofBlocks(bytes(xz)));
    }

    private static byte[] bytes(ByteBuffer place) {
      byte[] bytes = new byte[place.remaining()];
      place.duplicate().get(bytes);
      return bytes;
    }
  }

  private final State state;
  private final Map<String, Map<String, Place>> indexes = new HashMap<>();

  private PublishedPieces(State state) {
    this.state = state;
  }

  /**
   * Reads the indexes.
   *
   * @throws IOException if one of them is not there, or not what was published
   */
  static PublishedPieces read(State state) throws IOException {
    PublishedPieces published = new PublishedPieces(state);
    for (State.Splice splice : state.splices()) {
      published.indexes.put(splice.name(), published.places(splice));
    }
    for (Kind kind : Kind.values()) {
      if (!published.indexes.containsKey(kind.type())) {
        throw new IOException("no index " + kind.type() + " was published");
      }
    }
    return published;
  }

  private Map<String, Place> places(State.Splice splice) throws IOException {
    ByteBuffer gz = bytes(splice.gz()).position(Document.GZIP_START);
    boolean hasXz = splice.pieces().values().stream().anyMatch(sizes -> sizes.xz() > 0);
    ByteBuffer xz =
        hasXz
            ? bytes(AptSuite.xzBeside(splice.gz())).position(Document.XZ_START)
            : ByteBuffer.allocate(0);
    Map<String, Place> places = new HashMap<>();
    for (Map.Entry<String, State.PieceSizes> piece : splice.pieces().entrySet()) {
      State.PieceSizes sizes = piece.getValue();
      places.put(
          piece.getKey(), new Place(next(gz, sizes.gz()), next(xz, sizes.xz()), sizes.text()));
    }
    return places;
  }

  private static ByteBuffer next(ByteBuffer index, int length) throws IOException {
    if (length < 0 || length > index.remaining()) {
      throw new IOException("a piece lies outside of its index");
    }
    ByteBuffer place = index.slice(index.position(), length);
    index.position(index.position() + length);
    return place;
  }

  private ByteBuffer bytes(String path) throws IOException {
    Optional<Path> file = state.source().intact(path);
    return ByteBuffer.wrap(
        Files.readAllBytes(file.orElseThrow(() -> new IOException(path + " was not published"))));
  }

  /** What a part added to the indexes. One that does not name it had nothing of it. */
  PartPieces of(String part) throws IOException {
    Map<String, Piece> pieces = new HashMap<>();
    for (Map.Entry<String, Map<String, Place>> index : indexes.entrySet()) {
      Place place = index.getValue().get(part);
      if (place != null) {
        pieces.put(index.getKey(), place.piece());
      }
    }
    return new PartPieces(pieces);
  }
}
