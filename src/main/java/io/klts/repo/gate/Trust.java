package io.klts.repo.gate;

import java.util.List;
import java.util.Optional;

/**
 * Whom clients of a tree trust.
 *
 * @param signers the keys that have to sign, in the order of their signatures
 * @param primaryKey the packets of the key that signs last
 */
@SuppressWarnings("ArrayRecordComponent") // is never compared
record Trust(List<PgpKey> signers, byte[] primaryKey) {

  /** The key of the last signature, of {@code repomd.xml.key} and of packages. */
  Optional<PgpKey> primary() {
    return signers.isEmpty() ? Optional.empty() : Optional.of(signers.get(signers.size() - 1));
  }
}
