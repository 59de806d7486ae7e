package io.klts.repo.blob;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** What went wrong with a file, in words: Java's own exceptions often name the file only. */
public final class IoReason {

  private IoReason() {}

  /** One sentence, with the file if the exception knows it. */
  public static String of(IOException e) {
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
