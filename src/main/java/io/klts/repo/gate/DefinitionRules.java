package io.klts.repo.gate;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** The rules of names, and of the files that users copy to their machines. */
final class DefinitionRules {

  /** Names addresses only; what uses it is a definition, and has the checks. */
  private static final String APT_MIRRORS = "apt/mirrors.list";

  // Tables, because every letter of every path of a tree is looked at.
  private static final boolean[] FIRST = characters("");
  private static final boolean[] INSIDE = characters(".-/~^");

  private final Proposal proposal;

  DefinitionRules(Proposal proposal) {
    this.proposal = proposal;
  }

  void check() throws IOException {
    for (String path : proposal.paths()) {
      if (!isPlain(path)) {
        proposal.report(Rule.NAMES, path, "letters, digits and . _ ~ ^ -", "another character");
      }
    }
    for (String path : proposal.changes().keySet()) {
      if (path.endsWith(".repo")) {
        repo(path, lines(path));
      } else if (path.endsWith(".sources")) {
        signedBy(path, lines(path), "Signed-By: /");
      } else if (path.endsWith(".list") && !path.equals(APT_MIRRORS)) {
        signedBy(path, lines(path), "deb [signed-by=/");
      }
    }
  }

  private List<String> lines(String path) throws IOException {
    String text = new String(proposal.file(path).orElseThrow().bytes(), UTF_8);
    proposal.require(
        !text.contains("$releasever"), Rule.RELEASEVER, path, "a fixed address", "$releasever");
    return text.lines().toList();
  }

  private void repo(String path, List<String> lines) {
    for (String check : List.of("gpgcheck=1", "repo_gpgcheck=1")) {
      proposal.require(lines.contains(check), Rule.REPO_CHECKS, path, check, "none");
    }
    proposal.require(
        lines.contains("pkg_gpgcheck=1") || !path.endsWith("-zypper.repo"),
        Rule.ZYPPER_CHECKS,
        path,
        "pkg_gpgcheck=1",
        "none");
  }

  private void signedBy(String path, List<String> lines, String wanted) {
    proposal.require(
        lines.stream().anyMatch(line -> line.startsWith(wanted)),
        Rule.APT_SIGNED_BY,
        path,
        wanted,
        "none");
  }

  /** Those of words, and some others, by their codes in ASCII. */
  private static boolean[] characters(String others) {
    boolean[] set = new boolean[Byte.MAX_VALUE + 1];
    Arrays.fill(set, 'a', 'z' + 1, true);
    Arrays.fill(set, 'A', 'Z' + 1, true);
    Arrays.fill(set, '0', '9' + 1, true);
    ("_" + others).chars().forEach(c -> set[c] = true);
    return set;
  }

  /** Names that every server, store and file system takes as they are; hidden ones are for us. */
  private static boolean isPlain(String path) {
    boolean first = true;
    for (byte c : path.getBytes(UTF_8)) {
      if (c < 0 || !(first ? FIRST : INSIDE)[c]) {
        return false;
      }
      first = c == '/';
    }
    return !first;
  }
}
