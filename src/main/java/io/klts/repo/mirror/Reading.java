package io.klts.repo.mirror;

import io.klts.repo.blob.Blob;
import io.klts.repo.blob.Sha256;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.Optional;

/**
 * What a server sent for a path.
 *
 * @param elsewhere the host that it sent us on to; empty if it is its own
 * @param answered until it began to send
 * @param count of bytes that were read
 * @param cut whether there was more than was read
 * @param content what was read; empty for a big file
 * @param certificateEnds in seconds since 1970; empty without TLS
 */
record Reading(
    int status,
    HttpHeaders headers,
    Optional<String> elsewhere,
    Duration answered,
    long count,
    boolean cut,
    Sha256 sha256,
    Blob content,
    Optional<Long> certificateEnds) {

  boolean isThere() {
    return status == 200;
  }

  boolean isAbsent() {
    return status == 404 || status == 410;
  }
}
