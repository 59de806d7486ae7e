package io.klts.repo.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Jazzer calls: {@code bench/fuzz} gives it the name of a target. */
public final class Campaign {

  private static Target target;

  private Campaign() {}

  /**
   * Is called once, with {@code --target_args}. Classes are instrumented when they are first used,
   * which must not be taken for a slow input.
   */
  public static void fuzzerInitialize(String[] args) throws IOException {
    target = Target.of(args[0]);
    for (Path input : target.inputs()) {
      target.read(Files.readAllBytes(input));
    }
  }

  /** Is called with each input. */
  public static void fuzzerTestOneInput(byte[] input) {
    target.read(input);
  }
}
