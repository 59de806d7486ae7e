package io.klts.repo.verify;

import java.util.List;

/**
 * What came of a verification.
 *
 * @param key fingerprint of the key that signed the manifest; empty if that is not proven
 * @param files how many the manifest lists
 * @param older how many files of earlier states are still there, which harm nobody
 * @param notes what the reader must know to judge the result
 */
public record Report(
    long serial,
    String key,
    int files,
    long bytes,
    int channels,
    int packages,
    int older,
    List<String> notes,
    List<Problem> problems) {

  public Report {
    notes = List.copyOf(notes);
    problems = List.copyOf(problems);
  }

  /** Whether no client can fail over this tree. */
  public boolean isHealthy() {
    return problems.stream().noneMatch(p -> p.severity() == Problem.Severity.FAULT);
  }
}
