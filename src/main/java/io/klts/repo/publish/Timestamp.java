package io.klts.repo.publish;

import io.klts.repo.tree.Manifest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * The smallest signed file that says how new a tree is, and what clients begin with. Who asks many
 * mirrors over a slow link reads this one: the manifest lists every file and is large. As text, in
 * the frame of its signature:
 *
 * <pre>
 * klts-timestamp 1
 * serial 58
 * date 2026-11-20T00:00:00Z
 * valid-until 2026-12-04T00:00:00Z
 * &lt;SHA-256&gt; &lt;size&gt; &lt;path&gt;
 * </pre>
 *
 * with one line a file, sorted by path, and no end if the tree has none. Name and role are those of
 * The Update Framework's timestamp.
 *
 * @param serial of the manifest that lists it
 * @param date of the tree's newest index
 * @param validUntil when the first index ends
 * @param files those of the manifest, of which some are named
 */
record Timestamp(
    long serial, Instant date, Optional<Instant> validUntil, Map<String, Manifest.Entry> files) {

  static final String PATH = "timestamp.asc";

  byte[] text() {
    StringBuilder text = new StringBuilder("klts-timestamp 1\n");
    text.append("serial ").append(serial).append("\ndate ").append(date).append('\n');
    validUntil.ifPresent(end -> text.append("valid-until ").append(end).append('\n'));
    files.forEach(
        (path, entry) -> {
          if (isNamed(path)) {
            text.append(entry.sha256()).append(' ').append(entry.size());
            text.append(' ').append(path).append('\n');
          }
        });
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** With nothing that looks at a whole path: a tree has thousands of files. */
  private static boolean isNamed(String path) {
    return path.endsWith("/InRelease")
        || path.endsWith("/repomd.xml")
        || path.equals("mirrors.json")
        || path.equals("install.sh");
  }
}
