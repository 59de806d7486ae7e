package io.klts.repo.signature;

import io.klts.repo.blob.Blob;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Any program that reads what is to be signed and writes the signature.
 *
 * @param program the program with its arguments
 */
record CommandHolder(ExternalProgram program) implements ExternalSigner.Holder {

  @Override
  public byte[] sign(ExternalSigner.Kind kind, Blob data, Instant at) throws IOException {
    return program.run(
        List.of(),
        Map.of(
            "KLTS_SIGNATURE_KIND",
            kind.name().toLowerCase(Locale.ROOT),
            "KLTS_SIGNATURE_TIME",
            Long.toString(at.getEpochSecond())),
        data);
  }
}
