package io.klts.repo.store;

import io.klts.repo.blob.IoReason;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** What went wrong with an object store, in words, and whether it would go wrong again. */
final class S3Faults {

  /** Said of the request, and not of the moment: redirects are, too. */
  private static final Set<Integer> LASTING_STATUS = Set.of(401, 403, 404, 405, 501);

  /** Said with status 400, which otherwise tells of bytes that were lost on their way as well. */
  private static final Set<String> LASTING_CODES =
      Set.of("AuthorizationHeaderMalformed", "InvalidBucketName");

  private static final int LONGEST = 300;

  private S3Faults() {}

  /**
   * A failure as its reader needs it.
   *
   * @param what was tried, such as "write"
   * @param where file and store
   */
  static IOException explain(String what, String where, Exception e) {
    String tried = "cannot " + what + " " + where + ": ";
    Throwable cause = e;
    while (cause.getCause() != null && !(cause instanceof S3Exception)) {
      if (cause instanceof AbortedException) {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted");
      }
      cause = cause.getCause();
    }
    if (cause instanceof RefusedException refused) {
      return refused;
    }
    Optional<String> certificate = IoReason.ofCertificate(e);
    if (certificate.isPresent()) {
      return new RefusedException(tried + certificate.get());
    }
    if (cause instanceof S3Exception said) {
      return said(tried, said);
    }
    String reason = cause instanceof IOException io ? IoReason.of(io) : cause.getMessage();
    return new IOException(tried + reason, e);
  }

  private static IOException said(String tried, S3Exception e) {
    AwsErrorDetails details = e.awsErrorDetails();
    String code = details == null || details.errorCode() == null ? "" : details.errorCode();
    String words = details == null || details.errorMessage() == null ? "" : details.errorMessage();
    String message =
        tried + "the server says " + e.statusCode() + printable(" " + code + " " + words);
    boolean lasts =
        e.statusCode() / 100 == 3
            || LASTING_STATUS.contains(e.statusCode())
            || LASTING_CODES.contains(code);
    return lasts
        ? new RefusedException(message + advice(e.statusCode(), code))
        : new IOException(message);
  }

  /** A server's words may be anything. */
  private static String printable(String words) {
    String text = words.stripTrailing().replaceAll("[^\\p{Print}]+", " ");
    return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
  }

  private static String advice(int status, String code) {
    if (status / 100 == 3 || code.equals("AuthorizationHeaderMalformed")) {
      return "\n  correct \"endpoint\", \"region\" or \"style\" in mirrors.conf";
    }
    return switch (status) {
      case 401, 403 ->
          "\n  check the access key, its secret and what it may do (also read, and list the bucket,"
              + " or else a missing file looks like a forbidden one), and this machine's clock";
      case 404 -> "\n  make the bucket, or correct \"upload\" and \"style\" in mirrors.conf";
      default -> "";
    };
  }
}
