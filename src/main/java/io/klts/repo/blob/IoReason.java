package io.klts.repo.blob;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.PKIXReason;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * What went wrong with a file or a connection, in words: Java's own exceptions often name the file
 * only, or the inner workings of TLS.
 */
public final class IoReason {

  private IoReason() {}

  /** Why a server's certificate was not taken, if it is that. */
  public static Optional<String> ofCertificate(Throwable e) {
    Optional<String> words = Optional.empty();
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateExpiredException) {
        return Optional.of("the server's certificate has ended, " + cause.getMessage());
      }
      if (cause instanceof CertificateNotYetValidException) {
        return Optional.of(
            "the server's certificate does not hold yet, or the clock of this machine is wrong, "
                + cause.getMessage());
      }
      boolean foreign =
          cause instanceof CertPathValidatorException path
              && path.getReason() == PKIXReason.NO_TRUST_ANCHOR;
      if (foreign || cause instanceof CertPathBuilderException) {
        return Optional.of(
            "the server's certificate was signed by nobody whom this machine trusts");
      }
      if (cause instanceof SSLPeerUnverifiedException || cause instanceof CertificateException) {
        words = Optional.of("the server's certificate is not for it: " + cause.getMessage());
      }
    }
    return words;
  }

  /** One sentence, with the file if the exception knows it. */
  public static String of(IOException e) {
    Optional<String> certificate = ofCertificate(e);
    if (certificate.isPresent()) {
      return certificate.get();
    }
    if (e instanceof NoSuchFileException) {
      return e.getMessage() + ": no such file or folder";
    }
    if (e instanceof AccessDeniedException) {
      return e.getMessage() + ": permission denied";
    }
    if (e instanceof NotDirectoryException) {
      return e.getMessage() + ": not a folder";
    }
    if (e instanceof FileAlreadyExistsException) {
      return e.getMessage() + ": exists already";
    }
    boolean bare = e instanceof FileSystemException f && f.getReason() == null;
    return bare || e.getMessage() == null ? e.toString() : e.getMessage();
  }
}
