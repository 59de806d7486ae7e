package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.SortedSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Real dnf, with the definition that the tree offers: every signature is required. */
@ExtendWith(PublishedTree.Shared.class)
class DnfIT {

  @Test
  void installsUpgradesAndRemoves(PublishedTree tree) throws IOException {
    try (DnfRoot root = new DnfRoot()) {
      root.pretendSystemdRuns();
      SortedSet<String> before = root.files();
      root.addRepo("klts.repo", tree.download("rpm/v1.28/klts.repo"));
      root.dnf(
              "install",
              "kubeadm-1.28.15-lts.1",
              "kubelet-1.28.15-lts.1",
              "kubectl-1.28.15-lts.1",
              "containerd",
              "runc")
          .assertOk();
      assertThat(root.installed("kubelet")).isEqualTo("1.28.15.lts.1-1");
      root.chroot("kubectl", "version", "--client").assertOk().assertSays("Client Version");
      root.chroot("kubeadm", "--help").assertSays("USAGE");
      root.chroot("kubelet", "--version").assertOk().assertSays("ctr");
      root.chroot("containerd", "--version").assertOk();
      assertThat(root.systemctlCalls()).anyMatch(call -> call.contains("kubelet"));
      root.write("/etc/sysconfig/kubelet", "KUBELET_EXTRA_ARGS=--v=2\n");

      root.dnf("upgrade").assertOk();
      assertThat(root.installed("kubeadm")).isEqualTo("1.28.15.lts.2-1");
      assertThat(root.installed("kubelet")).isEqualTo("1.28.15.lts.2-1");
      assertThat(root.installed("kubectl")).isEqualTo("1.28.15.lts.2-1");
      assertThat(root.read("/etc/sysconfig/kubelet")).contains("--v=2");
      root.chroot("kubelet", "--version").assertOk().assertSays("containerd");
      root.rpm("--verify", "kubeadm", "kubectl", "containerd", "runc").assertOk();

      root.dnf("remove", "kubeadm", "kubelet", "kubectl", "containerd", "runc").assertOk();
      SortedSet<String> left = root.files();
      left.removeAll(before);
      // Folders such as /usr/share belong to a package of the distribution, which the root lacks.
      left.removeIf(path -> Files.isDirectory(root.path(path)) && !path.contains("kube"));
      assertThat(left).containsExactly("/etc/sysconfig/kubelet.rpmsave");
    }
  }

  @Test
  void installsEveryLine(PublishedTree tree) throws IOException {
    for (String version : new String[] {"1.10.13-lts.1", "1.18.20-lts.3", "1.32.13-lts.1"}) {
      String channel = "v" + version.substring(0, version.indexOf('.', 2));
      try (DnfRoot root = new DnfRoot()) {
        root.addRepo("klts.repo", tree.download("rpm/" + channel + "/klts.repo"));
        root.dnf("install", "kubeadm", "kubelet", "kubectl").assertOk();
        assertThat(root.installed("kubelet")).isEqualTo(version.replace('-', '.') + "-1");
      }
    }
  }

  @Test
  void refusesAChangedPackage(PublishedTree tree) throws IOException {
    refuses(tree, "rpm/v1.28/x86_64/kubectl-1.28.15.lts.2-1.x86_64.rpm");
  }

  @Test
  void refusesAChangedIndex(PublishedTree tree) throws IOException {
    refuses(tree, "rpm/v1.28/repodata/*-primary.xml.gz");
  }

  @Test
  void refusesAChangedRoot(PublishedTree tree) throws IOException {
    refuses(tree, "rpm/v1.28/repodata/repomd.xml");
  }

  @Test
  void refusesAChangedSignature(PublishedTree tree) throws IOException {
    refuses(tree, "rpm/v1.28/repodata/repomd.xml.asc");
  }

  private static void refuses(PublishedTree tree, String path) throws IOException {
    try (TreeCopy copy = new TreeCopy(tree);
        DnfRoot root = new DnfRoot()) {
      copy.spoil(path);
      root.addRepo("klts.repo", copy.definition("rpm/v1.28/klts.repo"));
      assertThat(root.dnf("install", "kubectl").exit()).isNotZero();
      assertThat(root.has("kubectl")).isFalse();
    }
  }
}
