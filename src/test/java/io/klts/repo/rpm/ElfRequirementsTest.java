package io.klts.repo.rpm;

import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.elf.Elf;
import io.klts.repo.elf.TinyElf;
import java.io.IOException;
import java.nio.file.Path;
import java.util.NavigableSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ElfRequirementsTest {

  @TempDir Path folder;

  @Test
  void aStaticProgramRequiresNothing() throws IOException {
    assertThat(of(TinyElf.amd64())).isEmpty();
  }

  @Test
  void namesLibrariesAndTheirVersions() throws IOException {
    assertThat(of(TinyElf.arm64().needs("libc.so.6", "GLIBC_2.17", "GLIBC_2.34").gnuHash()))
        .containsExactly(
            "libc.so.6()(64bit)",
            "libc.so.6(GLIBC_2.17)(64bit)",
            "libc.so.6(GLIBC_2.34)(64bit)",
            "rtld(GNU_HASH)");
  }

  @Test
  void doesNotMarkTheShortClass() throws IOException {
    assertThat(of(TinyElf.armhf().needs("libc.so.6", "GLIBC_2.4")))
        .containsExactly("libc.so.6", "libc.so.6(GLIBC_2.4)");
  }

  @Test
  void asksForTheGnuHashOnlyWhereThereIsNoOther() throws IOException {
    assertThat(of(TinyElf.amd64().gnuHash().sysvHash())).isEmpty();
    assertThat(of(TinyElf.amd64().sysvHash())).isEmpty();
    assertThat(of(TinyElf.amd64().type(3).gnuHash())).containsExactly("rtld(GNU_HASH)");
  }

  @Test
  void takesLoadersForLibrariesAndPassesOverOddNames() throws IOException {
    assertThat(
            of(
                TinyElf.amd64()
                    .needs("ld-linux-x86-64.so.2", "GLIBC_2.3")
                    .needs("ld64.so.2")
                    .needs("plugin.so.1", "PLUGIN_1")
                    .needs("libstrange")))
        .containsExactly(
            "ld-linux-x86-64.so.2()(64bit)",
            "ld-linux-x86-64.so.2(GLIBC_2.3)(64bit)",
            "ld64.so.2()(64bit)");
  }

  private NavigableSet<String> of(TinyElf tiny) throws IOException {
    return ElfRequirements.of(Elf.read(tiny.write(folder.resolve("program"))));
  }
}
