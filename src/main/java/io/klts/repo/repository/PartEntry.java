package io.klts.repo.repository;

import io.klts.repo.blob.Sha256;
import io.klts.repo.catalogue.Minor;
import java.util.Map;

/**
 * A part, as {@code packages.json} lists it.
 *
 * @param name {@code v1.28}, or {@code addons} for those of all minors
 * @param rpms how many the channel with everything lists
 * @param columns the digest of its columns
 * @param stanzas the digest of those columns that are indexes of apt
 * @param list the digest of its list
 * @param sizes of its columns, by their names
 */
record PartEntry(
    String name,
    int rpms,
    Sha256 columns,
    Sha256 stanzas,
    Sha256 list,
    Map<String, PieceSizes> sizes) {

  PartEntry {
    Present.check(name, "name");
    Present.check(columns, "columns");
    Present.check(stanzas, "stanzas");
    Present.check(list, "list");
    sizes = sizes == null ? Map.of() : sizes;
    if (!name.equals(Part.ADDONS) && !name.equals(Part.KEYRING)) {
      Minor.ofChannel(name);
    }
  }
}
