package io.klts.repo.deb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.klts.repo.elf.Elf;
import io.klts.repo.elf.TinyElf;
import io.klts.repo.recipe.Shlib;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShlibDependsTest {

  private static final Shlib LIBC =
      new Shlib("libc6", Optional.of("GLIBC"), Optional.empty(), Map.of("GLIBC_RELR", "2.36"));

  private static final ShlibDepends DEPENDS =
      new ShlibDepends(
          Map.of(
              "libc.so.6",
              LIBC,
              "libpthread.so.0",
              LIBC,
              "ld-linux-x86-64.so.2",
              LIBC,
              "libseccomp.so.2",
              fixed("libseccomp2", "2.5.0"),
              "libz.so.1",
              fixed("zlib1g", "1:1.2.11"),
              "libminz.so.1",
              fixed("zlib1g", "9"),
              "libplain.so.1",
              new Shlib("libplain1", Optional.empty(), Optional.empty(), Map.of())));

  @TempDir Path folder;

  @Test
  void aStaticProgramDependsOnNothing() throws IOException {
    assertThat(of(TinyElf.amd64())).isEmpty();
  }

  @Test
  void foldsThePartsOfOnePackageIntoTheHighestVersion() throws IOException {
    assertThat(
            of(
                TinyElf.amd64()
                    .needs("libc.so.6", "GLIBC_2.2.5", "GLIBC_2.34", "GLIBC_2.4")
                    .needs("libpthread.so.0", "GLIBC_2.3.2")
                    .needs("ld-linux-x86-64.so.2", "GLIBC_2.3")))
        .containsExactly("libc6 (>= 2.34)");
  }

  @Test
  void usesFixedMinimumsAndListedVersions() throws IOException {
    assertThat(of(TinyElf.amd64().needs("libseccomp.so.2").needs("libc.so.6", "GLIBC_RELR")))
        .containsExactly("libc6 (>= 2.36)", "libseccomp2 (>= 2.5.0)");
  }

  @Test
  void leavesTheVersionOutWhereNoneIsKnown() throws IOException {
    assertThat(of(TinyElf.amd64().needs("libc.so.6").needs("libplain.so.1", "ANY_1")))
        .containsExactly("libc6", "libplain1");
  }

  @Test
  void anEpochIsHigherThanAnyVersionWithout() throws IOException {
    assertThat(of(TinyElf.amd64().needs("libz.so.1").needs("libminz.so.1")))
        .containsExactly("zlib1g (>= 1:1.2.11)");
  }

  @Test
  void refusesLibrariesAndVersionsThatTheTableDoesNotKnow() {
    assertThatThrownBy(() -> of(TinyElf.amd64().needs("libodd.so.1")))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("kubelet needs the library libodd.so.1")
        .hasMessageContaining("repo-templates/shlibs.yaml");
    assertThatThrownBy(() -> of(TinyElf.amd64().needs("libc.so.6", "GLIBC_PRIVATE")))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("kubelet needs the symbol version GLIBC_PRIVATE of libc.so.6")
        .hasMessageContaining("repo-templates/shlibs.yaml");
  }

  @Test
  void refusesATableThatCouldBreakAControlFile() {
    assertThatThrownBy(() -> fixed("libc6, evil", "1")).hasMessageContaining("libc6, evil");
    assertThatThrownBy(() -> fixed("libc6", "2.7~beta")).hasMessageContaining("2.7~beta");
    assertThatThrownBy(
            () -> new Shlib("libc6", Optional.empty(), Optional.empty(), Map.of("GLIBC_X", "x")))
        .hasMessageContaining("version: x");
  }

  private static Shlib fixed(String name, String version) {
    return new Shlib(name, Optional.empty(), Optional.of(version), Map.of());
  }

  private NavigableSet<String> of(TinyElf tiny) throws IOException {
    Elf elf = Elf.read(tiny.write(folder.resolve("program")));
    return DEPENDS.of(Path.of("kubelet"), elf);
  }
}
