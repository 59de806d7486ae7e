package io.klts.repo.repository;

/**
 * Lengths of a piece of an index in bytes.
 *
 * @param text of the text itself
 * @param gz of its gzip form
 * @param xz of its xz form; 0 where there is no such form
 */
record PieceSizes(int text, int gz, int xz) {

  static PieceSizes of(Piece piece) {
    return new PieceSizes(
        Math.toIntExact(piece.size()), piece.deflated().length, piece.xz().length());
  }
}
