package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The laboratory itself, with packages and repositories that others' tools make and sign: what is
 * right installs, what is not is refused. So a failure elsewhere is the program's.
 */
class LabIT {

  private Path tree;
  private GpgKey key;
  private WebServer server;

  @BeforeEach
  void start() throws IOException {
    tree = Lab.folder("tree");
    key = new GpgKey();
    key.exportTo(tree.resolve("key.asc"));
    server = WebServer.serving(tree);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    key.close();
    Lab.remove(tree);
  }

  @Test
  void dnfInstallsWhatIsSigned() throws IOException {
    publishRpm();
    try (DnfRoot root = new DnfRoot()) {
      root.addRepo("lab.repo", repo());
      root.dnf("install", "hello").assertOk();
      assertThat(root.installed("hello")).isEqualTo("1.0-1");
      root.chroot("hello").assertOk().assertSays("hello 1.0");
      assertThat(root.systemctlCalls()).containsExactly("daemon-reload");
      root.dnf("remove", "hello").assertOk();
      assertThat(root.exists("/usr/bin/hello")).isFalse();
    }
    assertThat(server.requests()).contains("127.0.0.1 GET /repodata/repomd.xml.asc 200");
  }

  @Test
  void dnfRefusesWhatWasChanged() throws IOException {
    publishRpm();
    Lab.spoil(rpm());
    assertDnfRefuses("Error downloading packages");
    publishRpm();
    Lab.spoil(tree.resolve("repodata/repomd.xml"));
    assertDnfRefuses("Bad GPG signature");
    publishRpm();
    Files.delete(tree.resolve("repodata/repomd.xml.asc"));
    assertDnfRefuses("GPG signature");
    Files.delete(rpm());
    buildRpm();
    RpmBuild.index(tree);
    key.signDetached(tree.resolve("repodata/repomd.xml"));
    assertDnfRefuses("is not signed");
  }

  private void assertDnfRefuses(String reason) throws IOException {
    try (DnfRoot root = new DnfRoot()) {
      root.addRepo("lab.repo", repo());
      root.dnf("install", "hello").assertRefused(reason);
      assertThat(root.has("hello")).isFalse();
    }
  }

  @Test
  void zypperInstallsWhatIsSigned() throws IOException {
    publishRpm();
    try (ZypperRoot root = new ZypperRoot()) {
      root.addRepo("lab.repo", repo());
      root.refresh().assertOk();
      root.zypper("install", "hello").assertOk();
      assertThat(root.installed("hello")).isEqualTo("1.0-1");
      root.chroot("hello").assertOk().assertSays("hello 1.0");
      root.zypper("remove", "hello").assertOk();
      assertThat(root.exists("/usr/bin/hello")).isFalse();
    }
    assertThat(server.requests()).contains("127.0.0.1 GET /repodata/repomd.xml.key 200");
  }

  @Test
  void zypperRefusesWhatWasChanged() throws IOException {
    publishRpm();
    Lab.spoil(rpm());
    assertZypperRefuses("Digest verification failed");
    publishRpm();
    Lab.spoil(tree.resolve("repodata/repomd.xml"));
    assertZypperRefuses("Signature verification failed");
    publishRpm();
    Files.delete(tree.resolve("repodata/repomd.xml.asc"));
    assertZypperRefuses("unsigned");
    Files.delete(rpm());
    buildRpm();
    RpmBuild.index(tree);
    signRepodata();
    assertZypperRefuses("unsigned");
  }

  private void assertZypperRefuses(String reason) throws IOException {
    try (ZypperRoot root = new ZypperRoot()) {
      root.addRepo("lab.repo", repo());
      root.refresh();
      root.zypper("install", "hello").assertRefused(reason);
      assertThat(root.has("hello")).isFalse();
    }
  }

  @Test
  void aptInstallsWhatIsSigned() throws IOException {
    publishDeb();
    try (AptRoot root = new AptRoot()) {
      addSource(root);
      root.apt("update").assertOk();
      root.apt("install", "hello").assertOk();
      assertThat(root.installed("hello")).isEqualTo("1.0");
      root.chroot("hello").assertOk().assertSays("hello 1.0");
      root.apt("remove", "hello").assertOk();
      assertThat(root.has("hello")).isFalse();
    }
  }

  @Test
  void aptRefusesWhatWasChanged() throws IOException {
    try (AptRoot root = new AptRoot()) {
      addSource(root);
      publishDeb();
      Lab.spoil(tree.resolve("InRelease"));
      root.apt("update").assertRefused("not signed");
      root.forgetIndexes();
      publishDeb();
      Lab.spoil(tree.resolve("Packages"));
      root.apt("update").assertRefused("Hash Sum mismatch");
      root.forgetIndexes();
      publishDeb();
      root.apt("update").assertOk();
      Lab.spoil(tree.resolve("hello_1.0_all.deb"));
      root.apt("install", "hello").assertRefused("Hash Sum mismatch");
      assertThat(root.has("hello")).isFalse();
    }
  }

  @Test
  void realProgramsRunInEveryRoot() throws IOException {
    Path binaries = Binaries.withAddons().resolve(AptRoot.architecture());
    try (DnfRoot dnf = new DnfRoot();
        AptRoot apt = new AptRoot()) {
      for (Root root : new Root[] {dnf, apt}) {
        for (String name : new String[] {"kubectl", "kubeadm", "kubelet", "runc"}) {
          Files.copy(binaries.resolve(name), root.path("/usr/bin/" + name));
        }
        root.chroot("kubectl", "version", "--client").assertOk().assertSays("GitVersion");
        root.chroot("kubelet", "--version").assertOk().assertSays("containerd");
        root.chroot("kubeadm", "--version").assertOk().assertSays("rclone");
        root.chroot("runc", "--version").assertOk().assertSays("runc version");
      }
    }
  }

  @Test
  void upstreamStandInsInstall() throws IOException {
    Path old = UpstreamStandIns.oldRpms(tree.resolve("old"), "1.18.20");
    Path recent = UpstreamStandIns.newRpms(tree.resolve("new"), "1.28.15", "1.29.0");
    Path debs = UpstreamStandIns.debs(tree.resolve("debs"), "1.28.15");
    try (DnfRoot root = new DnfRoot()) {
      root.addUnsigned("old", old);
      root.dnf("install", "kubeadm").assertOk();
      assertThat(root.installed("kubelet")).isEqualTo("1.18.20-0");
      root.rpm("-q", "--qf", "%{VENDOR}", "kubelet").assertSays("(none)");
    }
    try (ZypperRoot root = new ZypperRoot()) {
      root.addUnsigned("new", recent);
      root.zypper("install", "kubeadm=1.28.15", "kubelet=1.28.15").assertOk();
      assertThat(root.installed("kubelet")).isEqualTo("1.28.15-150500.1.1");
      root.rpm("-q", "--qf", "%{VENDOR}", "kubelet").assertSays(UpstreamStandIns.vendor("1.28"));
    }
    try (AptRoot root = new AptRoot()) {
      root.addUnsigned("debs", debs);
      root.apt("update").assertOk();
      root.apt("install", "kubeadm").assertOk();
      assertThat(root.installed("kubelet")).isEqualTo("1.28.15-1.1");
      root.chroot("kubelet").assertOk().assertSays("kubelet v1.28.15");
    }
  }

  @Test
  void aMirrorOnAnotherAddressServesTheSameFolder() throws IOException {
    String key = server.uri(3).resolve("key.asc").toString();
    Program.of("curl", "-fsS", key).run().assertOk().assertSays("BEGIN PGP PUBLIC KEY BLOCK");
    assertThat(server.requests()).contains("127.0.0.3 GET /key.asc 200");
  }

  @Test
  void aProgramThatDoesNotEndIsKilledWithItsChildren() throws IOException {
    Path note = tree.resolve("child");
    Outcome outcome =
        Program.of("sh", "-c", "sleep 300 & echo $! >" + note + "; trap '' TERM; wait")
            .within(Duration.ofSeconds(1))
            .run();
    assertThat(outcome.exit()).isEqualTo(Outcome.TIMED_OUT);
    long child = Long.parseLong(Files.readString(note).strip());
    ProcessHandle.of(child).ifPresent(process -> process.onExit().join());
  }

  private String repo() {
    return """
        [lab]
        name=lab
        baseurl=%1$s
        enabled=1
        gpgcheck=1
        repo_gpgcheck=1
        pkg_gpgcheck=1
        gpgkey=%1$skey.asc
        """
        .formatted(server.uri());
  }

  private Path rpm() {
    return tree.resolve("hello-1.0-1.noarch.rpm");
  }

  private void buildRpm() throws IOException {
    RpmBuild.build(
        """
        Name: hello
        Version: 1.0
        Release: 1
        Summary: Says hello
        License: Apache-2.0
        BuildArch: noarch
        Requires: conntrack-tools iproute socat
        %description
        Says hello.
        %install
        mkdir -p %{buildroot}/usr/bin
        printf '#!/bin/sh\\necho hello 1.0\\n' >%{buildroot}/usr/bin/hello
        %post
        systemctl daemon-reload >/dev/null
        %files
        %attr(755, root, root) /usr/bin/hello
        """,
        tree);
  }

  private void publishRpm() throws IOException {
    buildRpm();
    key.signRpm(rpm());
    RpmBuild.index(tree);
    signRepodata();
  }

  private void signRepodata() throws IOException {
    key.signDetached(tree.resolve("repodata/repomd.xml"));
    Files.deleteIfExists(tree.resolve("repodata/repomd.xml.key"));
    key.exportTo(tree.resolve("repodata/repomd.xml.key"));
  }

  private void publishDeb() throws IOException {
    DebBuild.build(
        """
        Package: hello
        Version: 1.0
        Architecture: all
        Maintainer: lab <lab@example.org>
        Depends: iptables, conntrack, socat, iproute2
        Description: Says hello
        """,
        Map.of("usr/bin/hello", "#!/bin/sh\necho hello 1.0\n"),
        tree);
    DebBuild.index(tree);
    key.signInline(tree.resolve("Release"), tree.resolve("InRelease"));
  }

  private void addSource(AptRoot root) throws IOException {
    root.copyIn(tree.resolve("key.asc"), "/etc/apt/keyrings/lab.asc");
    root.addSource(
        "lab.sources",
        """
        Types: deb
        URIs: %s
        Suites: ./
        Signed-By: /etc/apt/keyrings/lab.asc
        """
            .formatted(server.uri()));
  }
}
