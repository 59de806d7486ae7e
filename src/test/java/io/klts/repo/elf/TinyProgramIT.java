package io.klts.repo.elf;

import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.acceptance.RealPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs the program for real, on an emulator where this machine is another. */
class TinyProgramIT {

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"62, qemu-x86_64", "183, qemu-aarch64"})
  void printsItsTextAndEndsWithSuccess(int machine, String emulator) throws IOException {
    String text = "kubelet 1.28.15-lts.2, a demonstration: é\n";
    Path program = folder.resolve("kubelet");
    Files.write(program, TinyProgram.of(new ElfMachine(machine), text));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));

    assertThat(RealPrograms.run(folder, emulator, program.toString())).isEqualTo(text);
    if (machine == ownMachine()) {
      assertThat(RealPrograms.run(folder, program.toString())).isEqualTo(text);
    }
  }

  private static int ownMachine() throws IOException {
    return Elf.read(Path.of("/proc/self/exe").toRealPath()).machine().number();
  }
}
