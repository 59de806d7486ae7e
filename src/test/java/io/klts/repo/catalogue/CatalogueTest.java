package io.klts.repo.catalogue;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CatalogueTest {

  private static final String GOOD =
      """
      minors:
        "1.28":
          released: 2023-08-15
          endOfLife: 2024-10-28
          addons: {runc: [1.2.8-lts.0]}
      releases:
        - {version: 1.28.15-lts.1, published: 2026-01-01, fixes: [CVE-2026-1234]}
        - {version: 1.28.15-lts.2, published: 2026-02-01}
      addons:
        runc:
          - {version: 1.2.8-lts.0, published: 2026-01-01, fixes: []}
      vulnerabilities:
        CVE-2026-1234: {score: 7.5, severity: high}
      """;

  @TempDir Path templates;

  @BeforeEach
  void write() throws IOException {
    Files.copy(Path.of("repo-templates/identity.yaml"), templates.resolve("identity.yaml"));
  }

  /** The lines that are changed: what stands there, what is put there, and the answer. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1.28.15-lts.2, | 1.28.15-lts.1, | releases.yaml:8: 1.28.15-lts.1 is listed twice",
        "1.28.15-lts.2, | 1.29.15-lts.2, | releases.yaml:8: 1.29.15-lts.2: its minor 1.29 is not",
        "1.28.15-lts.2, | ../../etc, | releases.yaml:8: releases[1]: \"../../etc\" is not an LTS",
        "[CVE-2026-1234] | [CVE-2026-9999] | releases.yaml:7: CVE-2026-9999 is not under",
        "[CVE-2026-1234] | [ , ] | releases.yaml:7",
        "2026-02-01 | 2026-02-31 | releases.yaml:8: releases[1]: \"published\" is 2026-02-31;",
        "runc: [1.2.8-lts.0] | runc: [1.2.9-lts.0] | runc 1.2.9-lts.0 is not under \"addons\"",
        "runc: [1.2.8-lts.0] | runc: [..] | \"..\" is not an LTS version",
        "severity: high | severity: bad | \"severity\" is bad; expected low, medium, high",
        "severity: high | severty: high | releases.yaml:13: vulnerabilities.CVE-2026-1234.severty:",
        "score: 7.5 | score: 75 | \"score\" must be from 0 to 10",
        "endOfLife: | released: | releases.yaml:4: minors.1.28: Duplicate field 'released'",
        "'\\naddons:' | '\\naddos:' | releases.yaml:9: addos: unknown key \"addos\"; allowed here: addons, minors,",
        "\"1.28\": | \"1.x\": | \"1.x\" is not a minor version",
        "2024-10-28 | yesterday | \"endOfLife\" is yesterday; expected a date",
      })
  void aFaultIsNamedWithFileAndLine(String before, String after, String message)
      throws IOException {
    String text = GOOD.replace(before.replace("\\n", "\n"), after.replace("\\n", "\n"));
    Files.writeString(templates.resolve("releases.yaml"), text);

    assertThatThrownBy(() -> Catalogue.load(templates))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("releases.yaml:")
        .hasMessageContaining(message);
  }

  @Test
  void allFaultsBetweenEntriesAreNamedAtOnce() throws IOException {
    String text = GOOD.replace("15-lts.2", "15-lts.1").replace("[CVE-2026-1234]", "[CVE-2026-9]");
    Files.writeString(templates.resolve("releases.yaml"), text);

    assertThatThrownBy(() -> Catalogue.load(templates))
        .hasMessageContaining("releases.yaml:7: CVE-2026-9 is not")
        .hasMessageContaining("\n  " + templates.resolve("releases.yaml") + ":8: 1.28.15-lts.1 is");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "id: klts | id: ../klts | \"id\" must be a lower-case word",
        "vendor: KLTS | vender: KLTS | identity.yaml:4: vender: unknown key \"vender\"; allowed",
        "vendor: KLTS | name: KLTS | identity.yaml:4: Duplicate field 'name'",
        "<klts@example.org> | klts | \"maintainer\" must be the form Name <address>",
      })
  void aFaultInTheIdentityIsNamed(String before, String after, String message) throws IOException {
    Path file = templates.resolve("identity.yaml");
    Files.writeString(file, Files.readString(file).replace(before, after));

    assertThatThrownBy(() -> Identity.load(templates))
        .hasMessageContaining("identity.yaml:")
        .hasMessageContaining(message);
  }
}
