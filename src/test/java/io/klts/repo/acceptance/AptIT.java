package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.util.SortedSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Real apt, with the definition and the key that the tree offers: every signature is required. */
@ExtendWith(PublishedTree.Shared.class)
class AptIT {

  @Test
  void installsUpgradesAndRemoves(PublishedTree tree) throws IOException {
    try (AptRoot root = new AptRoot()) {
      add(root, tree, tree.download("apt/v1.28.sources"));
      SortedSet<String> before = root.files();
      root.apt("update").assertOk();
      root.apt(
              "install",
              "kubeadm=1.28.15-lts.1",
              "kubelet=1.28.15-lts.1",
              "kubectl=1.28.15-lts.1",
              "containerd",
              "runc")
          .assertOk();
      assertThat(root.installed("kubelet")).isEqualTo("1.28.15-lts.1");
      root.chroot("kubectl", "version", "--client").assertOk().assertSays("Client Version");
      root.chroot("kubeadm", "--help").assertSays("USAGE");
      root.chroot("kubelet", "--version").assertOk().assertSays("ctr");
      root.chroot("containerd", "--version").assertOk();
      root.write("/etc/default/kubelet", "KUBELET_EXTRA_ARGS=--v=2\n");

      root.apt("upgrade").assertOk();
      assertThat(root.installed("kubeadm")).isEqualTo("1.28.15-lts.2");
      assertThat(root.installed("kubelet")).isEqualTo("1.28.15-lts.2");
      assertThat(root.read("/etc/default/kubelet")).contains("--v=2");
      root.chroot("kubelet", "--version").assertOk().assertSays("containerd");
      root.chroot("dpkg", "--verify", "kubeadm", "kubectl", "containerd", "runc").assertOk();

      root.apt("purge", "--autoremove", "kubeadm", "kubelet", "kubectl", "containerd", "runc")
          .assertOk();
      SortedSet<String> left = root.files();
      left.removeAll(before);
      assertThat(left).noneMatch(path -> path.contains("kubeadm") || path.matches("/usr/s?bin/.*"));
    }
  }

  /** apt reads the installed changelog if that is the one, and otherwise asks the tree. */
  @Test
  void aptShowsChangelogsBeforeAndAfterInstallation(PublishedTree tree) throws IOException {
    try (AptRoot root = new AptRoot()) {
      add(root, tree, tree.download("apt/v1.28.sources"));
      // The release names the address for changelogs itself; a proxy is how a client gets there.
      root.write(
          "/etc/apt/apt.conf.d/proxy",
          "Acquire::http::Proxy::%s \"%s\";\n"
              .formatted(URI.create(PublishedTree.ADDRESS).getHost(), tree.uri()));
      root.apt("update").assertOk();
      String asked = changelog(root, "kubelet", "containerd");
      assertThat(asked)
          .contains("kubelet (1.28.15-lts.2) stable; urgency=high", "* Fix CVE-2025-13281")
          .contains("containerd (1.7.30-lts.0) stable;");
      assertThat(changelog(root, "kubelet=1.28.15-lts.1"))
          .startsWith("kubelet (1.28.15-lts.1) stable")
          .doesNotContain("lts.2");

      root.apt("install", "kubelet").assertOk();
      String installed =
          root.chroot("zcat", "/usr/share/doc/kubelet/changelog.Debian.gz").assertOk().out();
      assertThat(asked).contains(installed);
    }
  }

  private static String changelog(AptRoot root, String... packages) throws IOException {
    StringBuilder text = new StringBuilder();
    for (String name : packages) {
      root.chroot("sh", "-c", "cd /tmp && rm -f *.changelog && apt-get -d changelog " + name)
          .assertOk();
      text.append(root.read("/tmp/" + name.replaceFirst("=.*", "") + ".changelog"));
    }
    return text.toString();
  }

  @Test
  void installsEveryLine(PublishedTree tree) throws IOException {
    for (String version : new String[] {"1.10.13-lts.1", "1.18.20-lts.3", "1.32.13-lts.1"}) {
      String channel = "v" + version.substring(0, version.indexOf('.', 2));
      try (AptRoot root = new AptRoot()) {
        add(root, tree, tree.download("apt/" + channel + ".list"));
        root.apt("update").assertOk();
        root.apt("install", "kubeadm", "kubelet", "kubectl").assertOk();
        assertThat(root.installed("kubelet")).isEqualTo(version);
      }
    }
  }

  @Test
  void refusesAChangedPackage(PublishedTree tree) throws IOException {
    refuses(tree, "apt/pool/main/k/kubectl/kubectl_1.28.15-lts.2_amd64.deb");
  }

  @Test
  void refusesAChangedIndex(PublishedTree tree) throws IOException {
    refuses(
        tree,
        "apt/dists/v1.28/main/binary-amd64/by-hash/SHA256/*",
        "apt/dists/v1.28/main/binary-amd64/Packages*");
  }

  @Test
  void refusesAChangedRoot(PublishedTree tree) throws IOException {
    refuses(tree, "apt/dists/v1.28/InRelease", "apt/dists/v1.28/Release");
  }

  @Test
  void refusesAChangedSignature(PublishedTree tree) throws IOException {
    try (TreeCopy copy = new TreeCopy(tree);
        AptRoot root = new AptRoot()) {
      copy.delete("apt/dists/v1.28/InRelease");
      copy.spoil("apt/dists/v1.28/Release.gpg");
      refuses(root, tree, copy);
    }
  }

  private static void refuses(PublishedTree tree, String... paths) throws IOException {
    try (TreeCopy copy = new TreeCopy(tree);
        AptRoot root = new AptRoot()) {
      for (String path : paths) {
        copy.spoil(path);
      }
      refuses(root, tree, copy);
    }
  }

  private static void refuses(AptRoot root, PublishedTree tree, TreeCopy copy) throws IOException {
    add(root, tree, copy.definition("apt/v1.28.sources"));
    int update = root.apt("update").exit();
    int install = root.apt("install", "kubectl").exit();
    assertThat(update + install).isNotZero();
    assertThat(root.has("kubectl")).isFalse();
  }

  private static void add(AptRoot root, PublishedTree tree, String definition) throws IOException {
    root.copyIn(
        tree.tree().resolve("keys/klts.gpg"), "/usr/share/keyrings/klts-archive-keyring.gpg");
    String ending = definition.startsWith("deb ") ? "list" : "sources";
    root.addSource("klts." + ending, definition);
  }
}
