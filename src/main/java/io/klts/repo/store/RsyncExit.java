package io.klts.repo.store;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What the exit codes of rsync (rsync(1), "EXIT VALUES") mean, in words, and what then. */
final class RsyncExit {

  private static final String UNKNOWN_KEY = "Host key verification failed";

  private static final int LINES = 12;

  private static final Map<Integer, String> WORDS =
      Map.ofEntries(
          Map.entry(1, "this end or the server does not take the request"),
          Map.entry(2, "the two programs do not understand each other; one is too old"),
          Map.entry(3, "the folder cannot be used; it must be there on the server"),
          Map.entry(4, "the server does not allow an option"),
          Map.entry(5, "the server does not let us in; check module, user and password"),
          Map.entry(10, "no connection; check host, port and whether the server runs"),
          Map.entry(11, "a file or folder cannot be written; check that the folder above is there"),
          Map.entry(12, "the connection ended in the middle"),
          Map.entry(13, "the connection ended in the middle"),
          Map.entry(14, "the programs lost each other"),
          Map.entry(20, "rsync was told to end"),
          Map.entry(22, "a program had not enough memory"),
          Map.entry(23, "some files could not be written or read"),
          Map.entry(24, "some files vanished meanwhile"),
          Map.entry(25, "the server does not allow that many deletions"),
          Map.entry(30, "the server was silent for too long"),
          Map.entry(35, "the server did not answer"),
          Map.entry(127, "the server has no program rsync; install it there"),
          Map.entry(255, "ssh could not connect"));

  /** What may be over soon. */
  private static final List<Integer> PASSING = List.of(10, 12, 13, 14, 22, 23, 30, 35, 255);

  /** What stays, whatever the code is. */
  private static final List<String> STAYING =
      List.of(
          "Permission denied",
          UNKNOWN_KEY,
          "No space left on device",
          "Disk quota exceeded",
          "Read-only file system");

  private RsyncExit() {}

  /** The failure that a result is: a {@link RefusedException} if it would be the same again. */
  static IOException failure(RsyncProgram.Result result, String work) {
    String said =
        result
            .err()
            .lines()
            .filter(line -> !line.isBlank() && !line.startsWith("@@@"))
            .limit(LINES)
            .collect(Collectors.joining("; "));
    String words =
        result.err().contains(UNKNOWN_KEY)
            ? "ssh does not know the server by this key; ask whoever runs it for the fingerprint,"
                + " and see that the file of known hosts has it"
            : WORDS.getOrDefault(result.exit(), "rsync failed");
    String message =
        "cannot %s at %s: %s (rsync ended with %d, and said: %s)"
            .formatted(work, result.root(), words, result.exit(), said);
    boolean passing =
        result.err().contains("max connections")
            || (PASSING.contains(result.exit())
                && STAYING.stream().noneMatch(result.err()::contains));
    return passing ? new IOException(message) : new RefusedException(message);
  }
}
