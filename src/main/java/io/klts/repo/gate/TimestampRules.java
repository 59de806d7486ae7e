package io.klts.repo.gate;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rule of the small file that says how new the tree is. */
final class TimestampRules {

  private static final String PATH = "timestamp.asc";

  private final Proposal proposal;
  private final SignatureRules signatures;

  TimestampRules(Proposal proposal, SignatureRules signatures) {
    this.proposal = proposal;
    this.signatures = signatures;
  }

  void check(Trust trust) throws IOException {
    Optional<String> text =
        proposal.has(PATH) ? signatures.clearsigned(PATH, trust.signers()) : Optional.empty();
    if (text.isPresent()) {
      List<String> found = text.get().lines().filter(line -> !line.startsWith("date ")).toList();
      List<String> expected = expected();
      proposal.require(
          found.equals(expected), Rule.TIMESTAMP, PATH, expected.toString(), found.toString());
    }
  }

  private List<String> expected() throws IOException {
    List<String> lines = new ArrayList<>(List.of("klts-timestamp 1"));
    String manifest = new String(proposal.file("manifest").orElseThrow().bytes(), UTF_8);
    for (String line : manifest.lines().toList()) {
      if (line.startsWith("serial ") || line.startsWith("valid-until ")) {
        lines.add(line);
      } else if (isNamed(line.substring(line.lastIndexOf(' ') + 1))) {
        String[] words = line.split(" ", -1);
        lines.add(words[0] + " " + words[1] + " " + words[3]);
      }
    }
    return lines;
  }

  /** Not with a regular expression: a tree has thousands of files. */
  private static boolean isNamed(String path) {
    return switch (path.substring(path.lastIndexOf('/') + 1)) {
      case "InRelease", "repomd.xml" -> true;
      case "mirrors.json", "install.sh" -> path.indexOf('/') < 0;
      default -> false;
    };
  }
}
