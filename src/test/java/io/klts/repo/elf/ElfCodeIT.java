package io.klts.repo.elf;

import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.acceptance.RealPrograms;
import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares where machine code lies with what readelf says of real programs. */
class ElfCodeIT {

  /** Offset, size and flags of a section with instructions. */
  private static final Pattern CODE =
      Pattern.compile(
          "PROGBITS +[0-9a-f]+ ([0-9a-f]+) ([0-9a-f]+) [0-9a-f]+ +[A-Z]*X[A-Z]* ",
          Pattern.MULTILINE);

  @ParameterizedTest
  @ValueSource(strings = {"amd64", "arm64"})
  void codeIsFromTheFirstToTheLastSectionWithInstructions(String debian) throws IOException {
    for (Path program : RealPrograms.of(debian)) {
      String sections = RealPrograms.run(program.getParent(), "readelf", "-SW", program.toString());
      long start = Long.MAX_VALUE;
      long end = 0;
      for (Matcher m = CODE.matcher(sections); m.find(); ) {
        start = Math.min(start, Long.parseLong(m.group(1), 16));
        end = Math.max(end, Long.parseLong(m.group(1), 16) + Long.parseLong(m.group(2), 16));
      }
      assertThat(Elf.read(program).code())
          .as(program.toString())
          .contains(new Elf.Range(start, end));
    }
  }
}
