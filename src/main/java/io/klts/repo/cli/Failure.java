package io.klts.repo.cli;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/**
 * Turns an exception into a message. What the world did wrong is said in a sentence; what the
 * program did wrong keeps its stack trace.
 */
final class Failure implements IExecutionExceptionHandler {

  @Override
  public int handleExecutionException(
      Exception exception, CommandLine command, ParseResult parsed) {
    String message =
        exception instanceof IOException || exception instanceof IllegalArgumentException
            ? text(exception)
            : null;
    if (message == null) {
      command.getErr().println("error: this is a fault of klts-repo itself; please report it");
      exception.printStackTrace(command.getErr());
      return CommandLine.ExitCode.SOFTWARE;
    }
    command.getErr().println("error: " + message);
    if (!message.contains("nothing was") && command.getCommand() instanceof Writing writing) {
      command.getErr().println("  " + writing.untouched());
    }
    return CommandLine.ExitCode.SOFTWARE;
  }

  /** A command that says what a failure leaves behind. */
  interface Writing {
    String untouched();
  }

  /** Java's own file exceptions often name the file only. */
  private static String text(Exception e) {
    if (e instanceof NoSuchFileException || e instanceof FileNotFoundException) {
      return e.getMessage() + ": no such file or folder";
    }
    if (e instanceof AccessDeniedException) {
      return e.getMessage() + ": permission denied";
    }
    if (e instanceof FileSystemException f && f.getReason() == null) {
      return f.getFile() + ": " + f.getClass().getSimpleName();
    }
    return String.valueOf(e.getMessage());
  }
}
