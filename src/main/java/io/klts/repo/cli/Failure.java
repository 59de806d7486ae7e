package io.klts.repo.cli;

import io.klts.repo.blob.IoReason;
import java.io.IOException;
import java.io.UncheckedIOException;
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
    String message = message(exception);
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

  private static String message(Exception e) {
    if (e instanceof UncheckedIOException unchecked) {
      return IoReason.of(unchecked.getCause());
    }
    if (e instanceof IOException io) {
      return IoReason.of(io);
    }
    return e instanceof IllegalArgumentException ? e.getMessage() : null;
  }
}
