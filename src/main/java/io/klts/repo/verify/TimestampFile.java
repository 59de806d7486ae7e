package io.klts.repo.verify;

import io.klts.repo.tree.Manifest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The small signed file that says how new the tree is: it says what the manifest says. */
final class TimestampFile {

  private static final String PATH = "timestamp.asc";
  private static final String TRACE = "project/trace/origin";
  private static final String AGAIN = "reindex the tree";
  private static final String FIRST_LINE = "klts-timestamp 1";

  private static final Pattern NAMED =
      Pattern.compile("(.+/)?(InRelease|repomd\\.xml)|mirrors\\.json|install\\.sh");

  private final PublishedFiles files;
  private final Manifest manifest;

  TimestampFile(PublishedFiles files, Manifest manifest) {
    this.files = files;
    this.manifest = manifest;
  }

  void check(Signatures signatures) {
    Optional<byte[]> framed = files.read(PATH);
    Optional<byte[]> text = framed.flatMap(bytes -> signatures.clearsigned(PATH, bytes));
    if (text.isPresent()) {
      List<String> found = new String(text.get(), StandardCharsets.UTF_8).lines().toList();
      List<String> expected = expected();
      for (int i = 0; i < Math.max(found.size(), expected.size()); i++) {
        String wanted = i < expected.size() ? expected.get(i) : "nothing more";
        String line = i < found.size() ? found.get(i) : "nothing more";
        if (!line.equals(wanted)) {
          files.problems().fault(PATH, wanted, line, AGAIN);
          break;
        }
      }
    }
    Instant now = signatures.now();
    manifest
        .validUntil()
        .filter(end -> !now.isBefore(end))
        .ifPresent(
            end ->
                files
                    .problems()
                    .fault(
                        PATH,
                        "an end after " + now,
                        end.toString(),
                        "take the tree from its origin, or refresh it there"));
  }

  /** Its lines, made of what the manifest lists. */
  private List<String> expected() {
    List<String> lines = new ArrayList<>();
    lines.add(FIRST_LINE);
    lines.add("serial " + manifest.serial());
    files
        .read(TRACE)
        .ifPresent(day -> lines.add("date " + new String(day, StandardCharsets.UTF_8).strip()));
    manifest.validUntil().ifPresent(end -> lines.add("valid-until " + end));
    manifest
        .entries()
        .forEach(
            (path, entry) -> {
              if (NAMED.matcher(path).matches()) {
                lines.add(entry.sha256() + " " + entry.size() + " " + path);
              }
            });
    return lines;
  }
}
