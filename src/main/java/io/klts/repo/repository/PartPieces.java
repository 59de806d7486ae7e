package io.klts.repo.repository;

import io.klts.repo.repository.Part.Item;
import io.klts.repo.repository.RpmChannel.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * What a part adds to the indexes with everything.
 *
 * @param documents its pieces of rpm-md
 * @param packages its stanzas by Debian's names of the architectures
 */
record PartPieces(Map<Kind, Piece> documents, SortedMap<String, Piece> packages) {

  private static final byte[] LOCATION = "  <location href=\"".getBytes(StandardCharsets.US_ASCII);

  /** Renders the part of a minor. */
  static PartPieces ofMinor(String channel, Part part, SortedSet<String> archs) throws IOException {
    return new PartPieces(
        Map.of(
            Kind.PRIMARY, Piece.of(seenFromAbove(part.column(Kind.PRIMARY.type()), channel)),
            Kind.FILELISTS, Piece.of(part.column(Kind.FILELISTS.type())),
            Kind.OTHER, Piece.of(part.column(Kind.OTHER.type()))),
        packages(part::column, archs));
  }

  /** Renders the add-ons: each once, though each lies in several channels. */
  static PartPieces ofAddons(Part part, SortedSet<String> archs) throws IOException {
    Set<String> seen = new HashSet<>();
    ByteArrayOutputStream primary = new ByteArrayOutputStream();
    ByteArrayOutputStream filelists = new ByteArrayOutputStream();
    ByteArrayOutputStream other = new ByteArrayOutputStream();
    for (Item item : part.items().values()) {
      if (item.entry().isRpm() && seen.add(item.entry().fileName())) {
        byte[] element = item.pieces().get(Kind.PRIMARY.type());
        primary.writeBytes(seenFromAbove(element, item.entry().channel()));
        filelists.writeBytes(item.pieces().get(Kind.FILELISTS.type()));
        other.writeBytes(item.pieces().get(Kind.OTHER.type()));
      }
    }
    return new PartPieces(
        Map.of(
            Kind.PRIMARY, Piece.of(primary.toByteArray()),
            Kind.FILELISTS, Piece.of(filelists.toByteArray()),
            Kind.OTHER, Piece.of(other.toByteArray())),
        packages(part::column, archs));
  }

  /** Finds the stanzas of an architecture. */
  @FunctionalInterface
  interface Stanzas {
    byte[] of(String arch);
  }

  static SortedMap<String, Piece> packages(Stanzas stanzas, SortedSet<String> archs)
      throws IOException {
    SortedMap<String, Piece> packages = new TreeMap<>();
    for (String arch : archs) {
      packages.put(arch, Piece.withXz(stanzas.of(arch)));
    }
    return packages;
  }

  /**
   * Elements of {@code primary.xml}, seen from the folder above their channel's. Markup in texts is
   * escaped, so the words looked for are those of the elements themselves.
   */
  private static byte[] seenFromAbove(byte[] elements, String channel) {
    byte[] folder = (channel + "/").getBytes(StandardCharsets.US_ASCII);
    ByteArrayOutputStream out = new ByteArrayOutputStream(elements.length + elements.length / 64);
    int from = 0;
    for (int at = 0; at <= elements.length - LOCATION.length; at++) {
      if (elements[at + 2] == '<'
          && elements[at + 3] == 'l'
          && Arrays.equals(elements, at, at + LOCATION.length, LOCATION, 0, LOCATION.length)) {
        at += LOCATION.length;
        out.write(elements, from, at - from);
        out.writeBytes(folder);
        from = at;
      }
    }
    out.write(elements, from, elements.length - from);
    return out.toByteArray();
  }

  /** Those add-ons that a minor's channels list. */
  static List<Item> inChannel(Part addons, io.klts.repo.catalogue.Minor minor) throws IOException {
    return addons.items().values().stream()
        .filter(
            item ->
                item.entry().isRpm()
                    ? item.entry().channel().equals(minor.channel())
                    : item.entry().releases().stream()
                        .anyMatch(
                            r -> io.klts.repo.catalogue.LtsVersion.parse(r).minor().equals(minor)))
        .toList();
  }
}
