package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The manual in the real man, and completion in real shells on a terminal. */
class ManualIT {

  private Path folder;

  @BeforeEach
  void open() throws IOException {
    folder = Lab.folder("manual");
  }

  @AfterEach
  void close() throws IOException {
    Lab.remove(folder);
  }

  @Test
  void manShowsEveryPageWithoutAWarning() throws IOException {
    Product.unsigned("manual", folder.toString()).run().assertOk();
    try (Stream<Path> pages = Files.list(folder)) {
      List<Path> all = pages.sorted().toList();
      assertThat(all).hasSizeGreaterThan(30);
      for (Path page : all) {
        assertThat(man(page).err()).isEmpty();
      }
    }
    String shown = man(folder.resolve("klts-repo-mirror-push.1")).out();
    assertThat(shown).startsWith("KLTS-REPO-MIRROR-PUSH(1)").contains("\nSYNOPSIS\n");
    assertThat(shown).contains("klts-repo mirror push --tree=DIR [OPTION]... [NAME...]\n");
    assertThat(shown).contains("\n       --attempts=N\n              ");

    // It would say so if there were something.
    Path spoilt = folder.resolve("spoilt.1");
    Files.writeString(
        spoilt, Files.readString(folder.resolve("klts-repo-serve.1")).replace(".nh", ".nhh"));
    assertThat(man(spoilt).err()).contains("nhh");
  }

  private static Outcome man(Path page) throws IOException {
    return Program.of("man", "--warnings", "--local-file", page.toString())
        .with("MANWIDTH", 80)
        .run()
        .assertOk();
  }

  /** Typed on a terminal; the tabulator is {@code >}, and the program says how it was called. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bash --norc -i | klts-repo publ> X | called: publish X.",
        "bash --norc -i | klts-repo mirror pus> --attem> 3 | called: mirror push --attempts 3.",
        "bash --norc -i | klts-repo key rotate dua> | called: key rotate dual-sign.",
        "zsh -f -i | klts-repo publ> X | called: publish X.",
        "zsh -f -i | klts-repo mirror pus> --attem> 3 | called: mirror push --attempts 3.",
      })
  void aShellCompletes(String shell, String typed, String called) throws IOException {
    String script = Product.unsigned("completion").run().assertOk().out();
    Path completion = Files.writeString(folder.resolve("completion"), script);
    Program.of("bash", "-n", completion.toString()).run().assertOk();
    String setUp = shell.startsWith("zsh") ? "autoload -Uz compinit; compinit -u -D\n" : "";
    Path keys =
        Files.writeString(
            folder.resolve("keys"),
            setUp
                + "klts-repo() { echo \"called: $*.\"; }; source "
                + completion
                + "\n"
                + typed.replace('>', '\t')
                + "\nexit\n");
    assertThat(Terminal.type(keys, shell)).contains(called);
  }
}
