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

  private final Set<Problem> faults = new LinkedHashSet<>();

  /** Apart, so that no number of warnings leaves out a fault. */
  private final Set<Problem> warnings = new LinkedHashSet<>();

  void fault(String file, String expected, String found, String remedy) {
    add(faults, new Problem(Problem.Severity.FAULT, file, expected, found, remedy));
  }

  /** Something that cannot be read as what it should be. */
  void unreadable(String file, String expected, IOException reason) {
    fault(file, expected, IoReason.of(reason), RESTORE);
  }

  void warning(String file, String expected, String found, String remedy) {
    add(warnings, new Problem(Problem.Severity.WARNING, file, expected, found, remedy));
  }

  private synchronized void add(Set<Problem> some, Problem problem) {
    if (some.size() < LIMIT) {
      some.add(problem);
    }
  }

  /** Faults first. */
  synchronized List<Problem> all() {
    List<Problem> all = new ArrayList<>(faults);
    all.addAll(warnings);
    return all;
  }
}
