package io.klts.repo.verify;

import io.klts.repo.blob.IoReason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects problems, each once, from several threads. */
final class Problems {

  /** Who has that many does not read them; a hostile tree must not fill the memory. */
  private static final int LIMIT = 10_000;

  static final String RESTORE = "restore the tree from a copy of it";
  static final String REPORT = "the writer of the tree has a fault: publish with another version";

  private final Set<Problem> all = new LinkedHashSet<>();

  void fault(String file, String expected, String found, String remedy) {
    add(new Problem(Problem.Severity.FAULT, file, expected, found, remedy));
  }

  /** Something that cannot be read as what it should be. */
  void unreadable(String file, String expected, IOException reason) {
    fault(file, expected, IoReason.of(reason), RESTORE);
  }

  void warning(String file, String expected, String found, String remedy) {
    add(new Problem(Problem.Severity.WARNING, file, expected, found, remedy));
  }

  private synchronized void add(Problem problem) {
    if (all.size() < LIMIT) {
      all.add(problem);
    }
  }

  synchronized List<Problem> all() {
    return new ArrayList<>(all);
  }
}
