package io.klts.repo.repository;

import io.klts.repo.repository.Part.Item;
import io.klts.repo.repository.RpmChannel.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;

/**
 * What a part adds to the indexes with everything.
 *
 * @param pieces by column: the kinds of rpm-md, and Debian's names of the architectures
 */
record PartPieces(Map<String, Piece> pieces) {

  private static final byte[] LOCATION = "  <location href=\"".getBytes(StandardCharsets.US_ASCII);

  /** The piece of a column; a part without such packages says nothing in it. */
  Piece of(String column) {
    return pieces.getOrDefault(column, Piece.EMPTY);
  }

  /** Renders the part of a minor. */
  static PartPieces ofMinor(String channel, Part part, SortedSet<String> archs, Piece updateInfo)
      throws IOException {
    Map<String, Piece> pieces = packages(part, archs);
    byte[] primary = part.column(Kind.PRIMARY.type()).text();
    pieces.put(Kind.PRIMARY.type(), Piece.of(seenFromAbove(primary, channel)));
    pieces.put(Kind.FILELISTS.type(), part.column(Kind.FILELISTS.type()));
    pieces.put(Kind.OTHER.type(), part.column(Kind.OTHER.type()));
    pieces.put(Kind.UPDATEINFO.type(), updateInfo);
    return new PartPieces(pieces);
  }

  /** Renders the add-ons: each once, though each rpm lies in several channels. */
  static PartPieces ofAddons(Part part, SortedSet<String> archs, Piece updateInfo)
      throws IOException {
    Map<String, Piece> pieces = packages(part, archs);
    pieces.putAll(rpms(part.items().values()));
    pieces.put(Kind.UPDATEINFO.type(), updateInfo);
    return new PartPieces(pieces);
  }

  /** Renders what brings keys and definitions: that of the channels with everything only. */
  static PartPieces ofKeyring(Part part, SortedSet<String> archs) throws IOException {
    List<Item> items = part.inChannel(Part.EVERYTHING);
    Map<String, Piece> pieces = rpms(items);
    Piece stanzas = Piece.of(Part.join(items).getOrDefault(Part.EVERY_ARCH, new byte[0])).withXz();
    archs.forEach(arch -> pieces.put(arch, stanzas));
    return new PartPieces(pieces);
  }

  private static Map<String, Piece> rpms(Collection<Item> items) {
    Set<String> seen = new HashSet<>();
    ByteArrayOutputStream primary = new ByteArrayOutputStream();
    ByteArrayOutputStream filelists = new ByteArrayOutputStream();
    ByteArrayOutputStream other = new ByteArrayOutputStream();
    for (Item item : items) {
      if (item.entry().isRpm() && seen.add(item.entry().fileName())) {
        byte[] element = item.pieces().get(Kind.PRIMARY.type());
        primary.writeBytes(seenFromAbove(element, item.entry().channel()));
        filelists.writeBytes(item.pieces().get(Kind.FILELISTS.type()));
        other.writeBytes(item.pieces().get(Kind.OTHER.type()));
      }
    }
    Map<String, Piece> pieces = new HashMap<>();
    pieces.put(Kind.PRIMARY.type(), Piece.of(primary.toByteArray()));
    pieces.put(Kind.FILELISTS.type(), Piece.of(filelists.toByteArray()));
    pieces.put(Kind.OTHER.type(), Piece.of(other.toByteArray()));
    return pieces;
  }

  private static Map<String, Piece> packages(Part part, SortedSet<String> archs) {
    Map<String, Piece> packages = new HashMap<>();
    for (String arch : archs) {
      packages.put(arch, part.column(arch));
    }
    return packages;
  }

  /**
   * Elements of {@code primary.xml}, seen from the folder above their channel's. Markup in texts is
   * escaped, so the words looked for are those of the elements themselves.
   */
  private static byte[] seenFromAbove(byte[] elements, String channel) {
    byte[] folder = (channel + "/").getBytes(StandardCharsets.US_ASCII);
    List<Integer> places = new ArrayList<>();
    for (int at = 0; at <= elements.length - LOCATION.length; at++) {
      if (elements[at + 2] == '<'
          && elements[at + 3] == 'l'
          && Arrays.equals(elements, at, at + LOCATION.length, LOCATION, 0, LOCATION.length)) {
        at += LOCATION.length;
        places.add(at);
      }
    }
    ByteBuffer out = ByteBuffer.allocate(elements.length + places.size() * folder.length);
    int from = 0;
    for (int place : places) {
      out.put(elements, from, place - from).put(folder);
      from = place;
    }
    return out.put(elements, from, elements.length - from).array();
  }
}
