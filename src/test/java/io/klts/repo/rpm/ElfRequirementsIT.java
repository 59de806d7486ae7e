package io.klts.repo.rpm;

import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.acceptance.RealPrograms;
import io.klts.repo.elf.Elf;
import io.klts.repo.elf.TinyElf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares with rpm's own generator, and with the packages that rpmbuild makes of it. */
class ElfRequirementsIT {

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"amd64, x86_64", "arm64, aarch64"})
  void requiresOfRealProgramsWhatRpmbuildRequires(String debian, String rpm) throws IOException {
    for (Path program : RealPrograms.of(debian)) {
      Set<String> ours = ElfRequirements.of(Elf.read(program));

      assertThat(ours).as("%s", program).isEqualTo(rpmbuild(program, rpm));
      assertThat(ours).as("%s", program).isEqualTo(elfdeps(program));
    }
  }

  static Stream<Arguments> everyMachine() {
    return Stream.of(
            TinyElf.amd64(),
            TinyElf.arm64(),
            TinyElf.armhf(),
            TinyElf.ppc64(),
            TinyElf.ppc64le(),
            TinyElf.s390x(),
            TinyElf.riscv64(),
            TinyElf.loong64())
        .map(Arguments::of);
  }

  @ParameterizedTest
  @MethodSource("everyMachine")
  void requiresOnEveryMachineWhatRpmsGeneratorRequires(TinyElf tiny) throws IOException {
    tiny.needs("libc.so.6", "GLIBC_2.17", "GLIBC_PRIVATE", "GLIBC_ABI_DT_RELR")
        .needs("ld-linux.so.2", "GLIBC_2.3")
        .needs("ld64.so.2")
        .needs("libseccomp.so.2")
        .needs("plugin.so.1", "PLUGIN_1")
        .needs("libstrange")
        .gnuHash();
    Path program = tiny.write(folder.resolve("program"));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));

    assertThat(ElfRequirements.of(Elf.read(program)))
        .hasSizeGreaterThan(6)
        .isEqualTo(elfdeps(program));
  }

  private Set<String> elfdeps(Path program) throws IOException {
    String command = "echo \"$1\" | /usr/lib/rpm/elfdeps --requires";
    return lines(RealPrograms.run(folder, "sh", "-c", command, "sh", program.toString()));
  }

  private Set<String> rpmbuild(Path program, String architecture) throws IOException {
    Path spec =
        Files.writeString(
            folder.resolve("probe.spec"),
            """
            Name: probe
            Version: 1
            Release: 1
            Summary: Probe
            License: None
            # The program stays as it is, and no tool of its own machine is needed.
            %%define __os_install_post %%{nil}
            %%define debug_package %%{nil}
            %%description
            Probe.
            %%install
            install -D -m 755 %s %%{buildroot}/usr/bin/probe
            %%files
            /usr/bin/probe
            """
                .formatted(program));
    RealPrograms.run(
        folder,
        "rpmbuild",
        "-bb",
        "--quiet",
        "--target=" + architecture,
        "--define=_topdir " + folder,
        "--define=_build_id_links none",
        spec.toString());
    String rpm = "RPMS/" + architecture + "/probe-1-1." + architecture + ".rpm";
    return lines(RealPrograms.run(folder, "rpm", "-qp", "--requires", rpm)).stream()
        .filter(requirement -> !requirement.startsWith("rpmlib("))
        .collect(Collectors.toSet());
  }

  private static Set<String> lines(String text) {
    return text.lines().collect(Collectors.toSet());
  }
}
