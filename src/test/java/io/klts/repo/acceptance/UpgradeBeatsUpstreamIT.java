package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An ordinary upgrade moves from upstream's packages to ours, and never back. */
@ExtendWith(PublishedTree.Shared.class)
class UpgradeBeatsUpstreamIT {

  private static final String[] ALL = {"install", "kubeadm", "kubelet", "kubectl"};

  @Test
  void dnfMovesFromTheOldChannelAndStays(PublishedTree tree) throws IOException {
    Path upstream = UpstreamStandIns.oldRpms(Lab.folder("upstream"), "1.18.20");
    dnfMoves(tree, upstream, "1.18", "1.18.20.lts.3-1");
  }

  @Test
  void dnfMovesFromTheNewChannelAndStays(PublishedTree tree) throws IOException {
    Path upstream = UpstreamStandIns.newRpms(Lab.folder("upstream"), "1.28.15");
    dnfMoves(tree, upstream, "1.28", "1.28.15.lts.2-1");
  }

  private static void dnfMoves(PublishedTree tree, Path upstream, String minor, String ours)
      throws IOException {
    try (DnfRoot root = new DnfRoot()) {
      root.addUnsigned("upstream", upstream);
      root.dnf(ALL).assertOk();
      root.addRepo("klts.repo", tree.download("rpm/v" + minor + "/klts.repo"));
      for (int time = 0; time < 2; time++) {
        root.dnf("upgrade").assertOk();
        for (String name : new String[] {"kubeadm", "kubelet", "kubectl"}) {
          assertThat(root.installed(name)).isEqualTo(ours);
        }
      }
    }
    Lab.remove(upstream);
  }

  @Test
  void zypperMovesFromTheNewChannelAndStays(PublishedTree tree) throws IOException {
    Path upstream = UpstreamStandIns.newRpms(Lab.folder("upstream"), "1.28.15");
    try (ZypperRoot root = new ZypperRoot()) {
      root.addUnsigned("upstream", upstream);
      root.zypper(ALL).assertOk();
      root.addVendors("klts.conf", tree.download("rpm/klts-vendors.conf"));
      root.addRepo("klts.repo", tree.download("rpm/v1.28/klts-zypper.repo"));
      root.refresh().assertOk();
      for (int time = 0; time < 2; time++) {
        root.zypper("update").assertOk();
        for (String name : new String[] {"kubeadm", "kubelet", "kubectl"}) {
          assertThat(root.installed(name)).isEqualTo("1.28.15.lts.2-1");
        }
      }
    }
    Lab.remove(upstream);
  }

  /** Packages without a vendor cannot be named in a vendors file: their move is said once. */
  @Test
  void zypperMovesFromTheOldChannelWhenAskedForTheVersion(PublishedTree tree) throws IOException {
    Path upstream = UpstreamStandIns.oldRpms(Lab.folder("upstream"), "1.18.20");
    try (ZypperRoot root = new ZypperRoot()) {
      root.addUnsigned("upstream", upstream);
      root.zypper(ALL).assertOk();
      root.addVendors("klts.conf", tree.download("rpm/klts-vendors.conf"));
      root.addRepo("klts.repo", tree.download("rpm/v1.18/klts-zypper.repo"));
      root.refresh().assertOk();
      root.zypper(
              "install", "kubeadm=1.18.20.lts.3", "kubelet=1.18.20.lts.3", "kubectl=1.18.20.lts.3")
          .assertOk();
      root.zypper("update").assertOk();
      assertThat(root.installed("kubelet")).isEqualTo("1.18.20.lts.3-1");
    }
    Lab.remove(upstream);
  }

  @Test
  void aptMovesAndStays(PublishedTree tree) throws IOException {
    Path upstream = UpstreamStandIns.debs(Lab.folder("upstream"), "1.28.15");
    try (AptRoot root = new AptRoot()) {
      root.addUnsigned("upstream", upstream);
      root.apt("update").assertOk();
      root.apt(ALL).assertOk();
      addApt(root, tree, "v1.28");
      root.apt("update").assertOk();
      for (int time = 0; time < 2; time++) {
        root.apt("-o", "Dpkg::Options::=--force-confold", "upgrade", "--with-new-pkgs").assertOk();
        for (String name : new String[] {"kubeadm", "kubelet", "kubectl"}) {
          assertThat(root.installed(name)).isEqualTo("1.28.15-lts.2");
        }
      }
    }
    Lab.remove(upstream);
  }

  @Test
  void theDocumentedSpellingsWork(PublishedTree tree) throws IOException {
    try (DnfRoot root = new DnfRoot()) {
      root.addRepo("klts.repo", tree.download("rpm/v1.28/klts.repo"));
      root.dnf("install", "kubeadm-1.28.15-lts.2").assertOk();
      assertThat(root.installed("kubeadm")).isEqualTo("1.28.15.lts.2-1");
    }
    for (String spelling : new String[] {"kubeadm-1.28.15-lts.2", "kubeadm=1.28.15-lts.2"}) {
      try (ZypperRoot root = new ZypperRoot()) {
        root.addRepo("klts.repo", tree.download("rpm/v1.28/klts-zypper.repo"));
        root.refresh().assertOk();
        root.zypper("install", spelling).assertOk();
        assertThat(root.installed("kubeadm")).isEqualTo("1.28.15.lts.2-1");
      }
    }
    try (AptRoot root = new AptRoot()) {
      addApt(root, tree, "v1.28");
      root.apt("update").assertOk();
      root.apt("install", "kubeadm=1.28.15-lts.2").assertOk();
      assertThat(root.installed("kubeadm")).isEqualTo("1.28.15-lts.2");
    }
  }

  @Test
  void kubeadmOfOneMinorNeverPullsALaterKubelet(PublishedTree tree) throws IOException {
    for (String version : new String[] {"1.10.13-lts.1", "1.18.20-lts.3", "1.28.15-lts.2"}) {
      String minor = version.substring(0, version.indexOf('.', 2) + 1);
      try (DnfRoot root = new DnfRoot()) {
        root.addRepo("klts.repo", tree.download("rpm/klts.repo"));
        root.dnf("install", "kubeadm-" + version).assertOk();
        assertThat(root.installed("kubelet")).startsWith(minor);
      }
      try (ZypperRoot root = new ZypperRoot()) {
        root.addRepo("klts.repo", tree.download("rpm/klts-zypper.repo"));
        root.refresh().assertOk();
        root.zypper("install", "kubeadm-" + version).assertOk();
        assertThat(root.installed("kubelet")).startsWith(minor);
      }
    }
  }

  /** apt looks at the newest version of a dependency only, and says so instead of installing it. */
  @Test
  void aptNeverPullsALaterKubelet(PublishedTree tree) throws IOException {
    try (AptRoot root = new AptRoot()) {
      addApt(root, tree, "stable");
      root.apt("update").assertOk();
      root.apt("install", "kubeadm=1.18.20-lts.3");
      assertThat(root.has("kubelet") && !root.installed("kubelet").startsWith("1.18.")).isFalse();
      root.apt("install", "kubeadm=1.18.20-lts.3", "kubelet=1.18.20-lts.3", "kubectl=1.18.20-lts.3")
          .assertOk();
      assertThat(root.installed("kubelet")).isEqualTo("1.18.20-lts.3");
    }
  }

  private static void addApt(AptRoot root, PublishedTree tree, String suite) throws IOException {
    root.copyIn(
        tree.tree().resolve("keys/klts.gpg"), "/usr/share/keyrings/klts-archive-keyring.gpg");
    root.addSource("klts.sources", tree.download("apt/" + suite + ".sources"));
  }
}
