package io.klts.repo.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RsyncExitTest {

  private static Exception failure(int exit, String said) {
    return RsyncExit.failure(
        new RsyncProgram.Result("rsync://host/klts/", exit, "", said), "send a/b");
  }

  @ParameterizedTest
  @CsvSource({
    "10, rsync: failed to connect: Connection refused (111), no connection",
    "12, rsync: connection unexpectedly closed, ended in the middle",
    "30, rsync error: timeout, silent",
    "5, @ERROR: max connections (2) reached, does not let us in",
    "23, rsync: mkstemp failed: Input/output error (5), could not be written",
    "255, ssh: connect to host h port 22: Connection refused, ssh could not connect",
  })
  void whatMayBeOverSoonIsTriedAgain(int exit, String said, String words) {
    assertThat(failure(exit, said))
        .isNotInstanceOf(RefusedException.class)
        .hasMessageContaining("cannot send a/b at rsync://host/klts/: ")
        .hasMessageContaining(words)
        .hasMessageContaining("ended with " + exit + ", and said: " + said);
  }

  @ParameterizedTest
  @CsvSource({
    "1, ERROR: module is read only, does not take the request",
    "4, rsync: The server is configured to refuse --delete, does not allow an option",
    "5, @ERROR: auth failed on module klts, check module",
    "11, 'rsync: mkdir \"x/y\" failed: No such file or directory (2)', the folder above",
    "11, rsync: write failed: No space left on device (28), cannot be written",
    "23, rsync: mkstemp failed: Permission denied (13), could not be written",
    "255, Host key verification failed., ask whoever runs it for the fingerprint",
    "255, up@h: Permission denied (publickey)., ssh could not connect",
    "127, sh: rsync: not found, install it there",
    "99, what, rsync failed",
  })
  void whatStaysIsRefused(int exit, String said, String words) {
    assertThat(failure(exit, said))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(words)
        .hasMessageContaining(said);
  }

  @Test
  void onlyTheFirstLinesAreRepeated() {
    assertThat(failure(12, "1\n\n@@@@@\n" + "2\n".repeat(20)))
        .hasMessageEndingWith("and said: 1" + "; 2".repeat(11) + ")");
  }
}
