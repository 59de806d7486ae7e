package io.klts.repo.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TreePathTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "manifest",
        "rpm/v1.28/x86_64/kubeadm-1.28.15.lts.2-1.x86_64.rpm",
        "apt/pool/main/k/kubeadm/kubeadm_1.28.15-lts.2_amd64.deb",
        "a/b~c^d/_e",
        "9"
      })
  void takesPlainPaths(String path) {
    assertThat(TreePath.check(path)).isEqualTo(path);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "/etc/passwd",
        "a/",
        "a//b",
        "..",
        "../a",
        "a/..",
        "a/../b",
        ".klts/lock",
        "a/.b",
        "-a",
        "a/-b",
        "~a",
        "a:b",
        "a+b",
        "a b",
        "a\\b",
        "a\nb",
        "ä",
        "a\u0000"
      })
  void refusesWhatLeadsOutOrTroublesAMirror(String path) {
    assertThatThrownBy(() -> TreePath.check(path))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not a path of a published tree");
  }

  @ParameterizedTest
  @ValueSource(ints = {1025, 5000})
  void refusesWhatIsTooLong(int length) {
    assertThatThrownBy(() -> TreePath.check("a".repeat(length)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
