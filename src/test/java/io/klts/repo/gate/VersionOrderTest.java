package io.klts.repo.gate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What rpm, dnf, zypper and dpkg say themselves about these pairs. */
class VersionOrderTest {

  @ParameterizedTest
  @CsvSource({
    "1.18.20-lts.2, 1.18.20-0, -1",
    "1.28.15-lts.2, 1.28.15-150500.1.1, -1",
    "1.18.20-0.lts.2, 1.18.20-0, 1",
    "1.28.15-0.lts.2, 1.28.15-150500.1.1, -1",
    "1.18.20.lts.2-1, 1.18.20-0, 1",
    "1.28.15.lts.2-1, 1.28.15-150500.1.1, 1",
    "1.18.20^lts.2-1, 1.18.20-0, 1",
    "1.18.20+lts.1-1, 1.18.20-0, 1",
    "1.18.20+lts.1-1, 1.18.20-150500.1.1, 1",
    "1.18.20+lts.1-1, 1.19.0-0, -1",
    "1.18.20-lts.1, 1.18.20+lts.1-1, -1",
    "1.18.20-dce.1, 1.18.20-lts.1, -1",
    "1.18.20~rke2r1-1, 1.18.20-0, -1",
    "1.28.15.lts.2-1, 1.28.15+lts.2-1, 0",
    "1.28.15.lts.2-1, 1.28.15_lts.2-1, 0",
    "1.28.15.lts.2-1, 1.28.15.lts.10-1, -1",
    "1.28.15-lts.10, 1.28.15-lts.9, 1",
    "1.28.15.lts.2-1, 1.28.15.0-1, -1",
    "1.28.15.lts.2-1, 1.28.16-0, -1",
    "1.0010-1, 1.10-1, 0",
    "1.0^-1, 1.0-1, 1",
    "1.0^git1-1, 1.0.1-1, -1",
    "1.0~rc1-1, 1.0~rc1^git1-1, -1",
    "1.0~-1, 1.0~~-1, 1",
    "xyz.4-1, 8-1, -1"
  })
  void rpm(String one, String two, int order) {
    assertThat(RpmOrder.compare(one, two)).isEqualTo(order);
    assertThat(RpmOrder.compare(two, one)).isEqualTo(-order);
  }

  @ParameterizedTest
  @CsvSource({
    "1.28.15-lts.2, 1.28.15-00, 1",
    "1.28.15-lts.2, 1.28.15-1.1, 1",
    "1.28.15-lts.2, 1.28.15-999.1, 1",
    "1.28.15-lts.2, 1.28.15-lts.10, -1",
    "1.28.15-lts.2, 1.28.16-1.1, -1",
    "1.28.15-lts.2, 1.28.15+dfsg-1, -1",
    "1.18.20-dce.1, 1.18.20-lts.1, -1",
    "1.18.20~rke2r1-1, 1.18.20-0, -1",
    "1.18.20+lts.1-1, 1.18.20-1.1, 1",
    "1.0-1, 1.0-01, 0",
    "1.0, 1.0-0, 0",
    "1.0, 1.0~, 1",
    "1.0a, 1.0+, -1"
  })
  void dpkg(String one, String two, int order) {
    assertThat(Integer.signum(DebOrder.compare(one, two))).isEqualTo(order);
    assertThat(Integer.signum(DebOrder.compare(two, one))).isEqualTo(-order);
  }
}
