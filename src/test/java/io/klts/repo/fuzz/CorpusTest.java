package io.klts.repo.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every input that ever reached something new, or broke something, is read in silence. */
class CorpusTest {

  private static final Duration LONGEST = Duration.ofSeconds(10);

  @TestFactory
  Stream<DynamicTest> everyInputGivesAResultOrAnIoException() {
    return Arrays.stream(Target.values())
        .map(target -> DynamicTest.dynamicTest(target.name(), () -> readAll(target)));
  }

  private static void readAll(Target target) throws IOException {
    List<Path> inputs = target.inputs();
    assertThat(inputs).isNotEmpty();
    PrintStream screen = System.err;
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    System.setErr(new PrintStream(written, true, UTF_8));
    try {
      for (Path input : inputs) {
        byte[] bytes = Files.readAllBytes(input);
        assertTimeoutPreemptively(LONGEST, () -> target.read(bytes), input::toString);
      }
    } finally {
      System.setErr(screen);
    }
    assertThat(written.toString(UTF_8)).isEmpty();
  }
}
