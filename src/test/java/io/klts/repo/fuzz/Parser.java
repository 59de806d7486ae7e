package io.klts.repo.fuzz;

import java.io.IOException;

/** Reads bytes from outside. Whatever they are, it ends soon, with a result or an IOException. */
@FunctionalInterface
public interface Parser {
  void read(byte[] bytes) throws IOException;
}
