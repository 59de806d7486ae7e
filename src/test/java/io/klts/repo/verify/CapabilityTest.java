package io.klts.repo.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.order.VersionOrder;
import org.junit.jupiter.api.Test;

class CapabilityTest {

  @Test
  void aBoundIsMetWhereTheRangesMeet() {
    assertThat(need(">=", "1.2.0").isMetBy(offer("=", "0:1.2.0-1"), VersionOrder.RPM)).isTrue();
    assertThat(need(">", "1.2.0").isMetBy(offer("=", "0:1.2.0-1"), VersionOrder.RPM)).isFalse();
    assertThat(need("<", "1.2.0").isMetBy(offer("=", "0:1.1-1"), VersionOrder.RPM)).isTrue();
    assertThat(need("=", "2").isMetBy(offer("=", "3"), VersionOrder.DEB)).isFalse();
    assertThat(need("=", "2").isMetBy(offer("", ""), VersionOrder.RPM)).isTrue();
    assertThat(need("=", "2").isMetBy(offer("", ""), VersionOrder.DEB)).isFalse();
  }

  private static Capability need(String comparison, String version) {
    return new Capability("a", comparison, version);
  }

  private static Capability offer(String comparison, String version) {
    return new Capability("a", comparison, version);
  }
}
