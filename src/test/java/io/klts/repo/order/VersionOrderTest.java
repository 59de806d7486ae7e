package io.klts.repo.order;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What rpm 4.18 and dpkg 1.21 themselves say of these pairs. */
class VersionOrderTest {

  @ParameterizedTest
  @CsvSource({
    "1.28.15-lts.2, <, 1.28.15-0",
    "1.28.15-0.lts.2, >, 1.28.15-0",
    "1.28.15-0.lts.2, <, 1.28.15-150500.1.1",
    "1.28.15.lts.2-1, >, 1.28.15-150500.1.1",
    "1.28.15^lts.2-1, >, 1.28.15-150500.1.1",
    "1.28.15+lts.2-1, =, 1.28.15.lts.2-1",
    "1.28.15_lts.2-1, =, 1.28.15.lts.2-1",
    "1.28.15.lts.2-1, <, 1.28.15.lts.10-1",
    "1.28.15.lts.10-1, <, 1.28.15.0-1",
    "1.28.15.lts.10-1, <, 1.28.15.1-1",
    "1.28.15.lts.10-1, <, 1.28.16-0",
    "1.0~rc1-1, <, 1.0-1",
    "1.0^git1-1, >, 1.0-1",
    "1.0^git1-1, <, 1.0.1-1",
    "1:1.0-1, >, 2.0-1",
    "1.002-1, =, 1.2-1",
    "1.2.0, =, 1.2.0-7",
    "5.5p1, <, 5.5p10",
    "xyz10, <, xyz10.1",
    "10xyz, <, 10.1xyz",
    "2a, <, 2.0",
    "1.18.20-lts.2, <, 1.18.20-0",
    "1.28.15-lts.2, <, 1.28.15-150500.1.1",
    "1.18.20-0.lts.2, >, 1.18.20-0",
    "1.18.20.lts.2-1, >, 1.18.20-0",
    "1.18.20^lts.2-1, >, 1.18.20-0",
    "1.18.20+lts.1-1, >, 1.18.20-0",
    "1.18.20+lts.1-1, >, 1.18.20-150500.1.1",
    "1.18.20+lts.1-1, <, 1.19.0-0",
    "1.18.20-lts.1, <, 1.18.20+lts.1-1",
    "1.18.20-dce.1, <, 1.18.20-lts.1",
    "1.18.20~rke2r1-1, <, 1.18.20-0",
    "1.28.15.lts.2-1, =, 1.28.15+lts.2-1",
    "1.28.15.lts.2-1, =, 1.28.15_lts.2-1",
    "1.28.15-lts.10, >, 1.28.15-lts.9",
    "1.28.15.lts.2-1, <, 1.28.15.0-1",
    "1.28.15.lts.2-1, <, 1.28.16-0",
    "1.0010-1, =, 1.10-1",
    "1.0^-1, >, 1.0-1",
    "1.0~rc1-1, <, 1.0~rc1^git1-1",
    "1.0~-1, >, 1.0~~-1",
    "xyz.4-1, <, 8-1"
  })
  void rpm(String a, String sign, String b) {
    check(VersionOrder.RPM, a, sign, b);
  }

  @ParameterizedTest
  @CsvSource({
    "1.28.15-lts.2, >, 1.28.15-00",
    "1.28.15-lts.2, >, 1.28.15-1.1",
    "1.28.15-lts.2, >, 1.28.15-2.1",
    "1.28.15-lts.2, >, 1.28.15-999.1",
    "1.28.15-lts.2, <, 1.28.15-lts.10",
    "1.28.15-lts.2, <, 1.28.16-1.1",
    "1.28.15-lts.2, <, 1.28.15+dfsg-1",
    "1.0~rc1, <, 1.0",
    "1.0~~, <, 1.0~",
    "1:1, >, 2",
    "1.0, =, 1.00",
    "1.2-1, >, 1.2",
    "1.0a, <, 1.0+",
    "0:1.2, =, 1.2",
    "1.18.20-dce.1, <, 1.18.20-lts.1",
    "1.18.20~rke2r1-1, <, 1.18.20-0",
    "1.18.20+lts.1-1, >, 1.18.20-1.1",
    "1.0-1, =, 1.0-01",
    "1.0, =, 1.0-0",
    "1.0, >, 1.0~"
  })
  void dpkg(String a, String sign, String b) {
    check(VersionOrder.DEB, a, sign, b);
  }

  private static void check(VersionOrder order, String a, String sign, String b) {
    int expected = sign.equals("<") ? -1 : sign.equals("=") ? 0 : 1;
    assertThat(Integer.signum(order.compare(a, b))).as(a + " " + b).isEqualTo(expected);
    assertThat(Integer.signum(order.compare(b, a))).as(b + " " + a).isEqualTo(-expected);
  }
}
