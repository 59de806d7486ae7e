package io.klts.repo.mirror;

import io.klts.repo.blob.IoReason;
import io.klts.repo.mirror.Problem.Kind;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects problems of a mirror, from any thread: of each kind so many as somebody reads. */
final class Findings {

  private static final int MOST = 20;

  private record Group(Kind kind, boolean fault) {}

  private final Map<Group, List<Problem>> found = new LinkedHashMap<>();

  void fault(Kind kind, String path, String expected, String actual, String remedy) {
    add(new Problem(kind, true, path, expected, actual, remedy));
  }

  void warn(Kind kind, String path, String expected, String actual, String remedy) {
    add(new Problem(kind, false, path, expected, actual, remedy));
  }

  /** What a failed request means. */
  void failed(String path, IOException e) {
    String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    if (MirrorReader.isSlow(e)) {
      fault(Kind.SLOW, path, "an answer in time", reason, Remedy.SERVER);
    } else if (e instanceof EOFException) {
      fault(Kind.TRUNCATED, path, "as much as was announced", reason, Remedy.COPY);
    } else if (IoReason.ofCertificate(e).isPresent()) {
      fault(Kind.CERTIFICATE, path, "one that clients take", reason, Remedy.CERTIFICATE);
    } else {
      fault(Kind.UNREACHABLE, path, "an answer", reason, Remedy.SERVER);
    }
  }

  synchronized void add(Problem problem) {
    found
        .computeIfAbsent(new Group(problem.kind(), problem.fault()), g -> new ArrayList<>())
        .add(problem);
  }

  synchronized List<Problem> all() {
    List<Problem> all = new ArrayList<>();
    for (List<Problem> group : found.values()) {
      int shown = Math.min(MOST, group.size());
      all.addAll(group.subList(0, shown));
      if (shown < group.size()) {
        Problem last = all.remove(all.size() - 1);
        int more = group.size() - shown;
        all.add(last.found(last.found() + ", and the same of " + more + " more files"));
      }
    }
    return all;
  }
}
