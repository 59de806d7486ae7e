package io.klts.repo.signature;

import io.klts.repo.blob.Blob;
import java.io.IOException;
import java.time.Instant;

/**
 * Signs for one key. The key may be in this process or in a program or device outside of it.
 *
 * <p>Times are kept in whole seconds. A signature is never older than its key, because gpg and
 * Sequoia refuse one that is: its time is the later of {@code at} and the creation of the key.
 *
 * <p>Implementations may be used by several threads at once. A failure is always an exception,
 * never an empty or missing signature.
 */
public interface Signer {

  /** What the world verifies with. */
  PublicKey key();

  /**
   * Signs bytes as they are.
   *
   * @param at the time the signature names, see above
   * @return one binary version 4 signature packet of type 0x00 (RFC 4880 5.2.3), with SHA-256;
   *     {@link Armor#encode} makes text of it
   */
  byte[] detached(Blob data, Instant at) throws IOException;

  /**
   * Signs a text that stays readable (RFC 4880 7).
   *
   * @param text any text in a superset of ASCII. Blanks at the end of a line and the kind of line
   *     end are not covered by such a signature, so the result has neither blanks there nor CR
   * @param at the time the signature names, see above
   * @return the framed text, lines ended by LF
   * @throws IllegalArgumentException if a line has a carriage return inside, which programs read
   *     differently
   */
  byte[] clearsigned(byte[] text, Instant at) throws IOException;
}
