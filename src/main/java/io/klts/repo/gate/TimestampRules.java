package io.klts.repo.gate;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rule of the small file that says how new the tree is. */
final class TimestampRules {

  private static final String PATH = "timestamp.asc";

  /** How lines of the manifest end whose files it names. */
  private static final List<String> NAMED =
      List.of("/InRelease", "/repomd.xml", " mirrors.json", " install.sh");

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
    int end;
    for (int from = 0; (end = manifest.indexOf('\n', from)) >= 0; from = end + 1) {
      if (manifest.startsWith("serial ", from) || manifest.startsWith("valid-until ", from)) {
        lines.add(manifest.substring(from, end));
      } else if (isNamed(manifest, end)) {
        String[] words = manifest.substring(from, end).split(" ", -1);
        lines.add(words[0] + " " + words[1] + " " + words[3]);
      }
    }
    return lines;
  }

  /** No word is cut out of a line that is not wanted: a tree has thousands of files. */
  private static boolean isNamed(String manifest, int end) {
    for (String name : NAMED) {
      if (manifest.startsWith(name, end - name.length())) {
        return true;
      }
    }
    return false;
  }
}
