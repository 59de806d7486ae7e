package io.klts.repo.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The parsers of a tree's state, for inputs of any kind. */
public final class StateParsers {

  private static final int COLUMN = 1 << 16;

  private static Path file;

  private StateParsers() {}

  /** The state as it stands in {@code packages.json}, of parts that are not there. */
  public static void state(byte[] bytes) throws IOException {
    Path json = write(bytes);
    State state =
        State.read(
            new State.Source() {
              @Override
              public Optional<Path> intact(String path) {
                return Optional.of(json);
              }

              @Override
              public Optional<Path> file(String path) {
                return Optional.empty();
              }
            });
    state.date();
    state.unchanged();
    state.files();
    state.load(state.parts());
  }

  /** The list of a part's packages, whose columns are as they should be. */
  public static void list(byte[] bytes) throws IOException {
    Map<String, PieceSizes> sizes = new LinkedHashMap<>();
    List<Piece> pieces = new ArrayList<>();
    for (String column : List.of("primary", "filelists", "other", "amd64")) {
      Piece piece = Piece.of("x".repeat(COLUMN));
      sizes.put(column, PieceSizes.of(piece));
      pieces.add(piece);
    }
    byte[] gz = new Document(pieces).gz();
    Part part = Part.of(gz, new byte[0], sizes, () -> LineDocument.of("list", bytes));
    Part.rpms(part.items().values());
    part.list();
  }

  /** A column of a part, behind four bytes that say how long its text is. */
  public static void columns(byte[] bytes) throws IOException {
    if (bytes.length >= Integer.BYTES) {
      ByteBuffer in = ByteBuffer.wrap(bytes);
      int text = in.getInt();
      byte[] gz = new byte[in.remaining()];
      in.get(gz);
      Map<String, PieceSizes> sizes = Map.of("primary", new PieceSizes(text, gz.length - 10, 0));
      Part.of(gz, new byte[0], sizes, () -> LineDocument.of("list", bytes));
    }
  }

  private static synchronized Path write(byte[] bytes) throws IOException {
    if (file == null) {
      file = Files.createTempFile("fuzz", ".json");
      file.toFile().deleteOnExit();
    }
    return Files.write(file, bytes);
  }
}
