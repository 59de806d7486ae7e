package io.klts.repo.acceptance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Small packages with the names, versions, vendors and files of the upstream Kubernetes packages:
 * what is installed on a machine before it turns to long-term support. Their programs print the
 * version.
 */
final class UpstreamStandIns {

  /** The vendor of the packages that upstream's build service makes for a minor. */
  static String vendor(String minor) {
    return "obs://build.opensuse.org/isv:kubernetes:core:stable:v" + minor;
  }

  private static final List<String> NAMES = List.of("kubeadm", "kubelet", "kubectl");

  private UpstreamStandIns() {}

  /** The old upstream channel for rpm, with packages such as 1.18.20-0 and without a vendor. */
  static Path oldRpms(Path folder, String... versions) throws IOException {
    for (String version : versions) {
      rpms(folder, version, "0", "");
    }
    RpmBuild.index(folder);
    return folder;
  }

  /**
   * The new upstream channels for rpm, with packages such as 1.28.15-150500.1.1, by that vendor.
   */
  static Path newRpms(Path folder, String... versions) throws IOException {
    for (String version : versions) {
      rpms(folder, version, "150500.1.1", "Vendor: " + vendor(minor(version)));
    }
    RpmBuild.index(folder);
    return folder;
  }

  /** The new upstream channels for deb, with packages such as 1.28.15-1.1. */
  static Path debs(Path folder, String... versions) throws IOException {
    for (String version : versions) {
      for (String name : NAMES) {
        DebBuild.build(control(name, version), debFiles(name, version), folder);
      }
    }
    DebBuild.index(folder);
    return folder;
  }

  private static String minor(String version) {
    return version.substring(0, version.lastIndexOf('.'));
  }

  private static void rpms(Path folder, String version, String release, String vendor)
      throws IOException {
    for (String name : NAMES) {
      RpmBuild.build(spec(name, version, release, vendor), folder);
    }
  }

  /**
   * The files and requirements are upstream's; the add-ons, which it also asks for, are left out.
   */
  private static String spec(String name, String version, String release, String vendor) {
    return """
        Name: %1$s
        Version: %2$s
        Release: %3$s
        %4$s
        Summary: A stand-in for the upstream %1$s
        License: ASL 2.0
        %5$s
        %%description
        A stand-in for the upstream package.
        %%install
        mkdir -p %%{buildroot}/usr/bin
        printf '#!/bin/sh\\necho %1$s v%2$s\\n' >%%{buildroot}/usr/bin/%1$s
        """
            .formatted(name, version, release, vendor, rpmRequires(name))
        + rpmFiles(name);
  }

  private static String rpmRequires(String name) {
    return switch (name) {
      case "kubeadm" -> "Requires: kubelet >= 1.13.0\nRequires: kubectl >= 1.13.0";
      case "kubelet" -> "Requires: iptables >= 1.4.21\nRequires: ebtables ethtool iproute socat";
      default -> "";
    };
  }

  private static String rpmFiles(String name) {
    return switch (name) {
      case "kubeadm" ->
          """
          install -D -m 644 /dev/null \
          %{buildroot}/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf
          %files
          %attr(755, root, root) /usr/bin/kubeadm
          /usr/lib/systemd/system/kubelet.service.d
          """;
      case "kubelet" ->
          """
          mkdir -p %{buildroot}/etc/kubernetes/manifests %{buildroot}/etc/sysconfig
          echo 'KUBELET_EXTRA_ARGS=' >%{buildroot}/etc/sysconfig/kubelet
          install -D -m 644 /dev/null %{buildroot}/usr/lib/systemd/system/kubelet.service
          %files
          %attr(755, root, root) /usr/bin/kubelet
          /usr/lib/systemd/system/kubelet.service
          %dir /etc/kubernetes
          %dir /etc/kubernetes/manifests
          %config(noreplace) /etc/sysconfig/kubelet
          """;
      default -> "%files\n%attr(755, root, root) /usr/bin/" + name + "\n";
    };
  }

  private static String control(String name, String version) throws IOException {
    String depends =
        switch (name) {
          case "kubeadm" -> "Depends: kubelet (>= 1.19.0), kubectl (>= 1.19.0)\n";
          case "kubelet" -> "Depends: iptables (>= 1.4.21), iproute2, mount, util-linux\n";
          default -> "";
        };
    return """
        Package: %s
        Version: %s-1.1
        Architecture: %s
        Maintainer: Kubernetes Authors <dev@kubernetes.io>
        Section: admin
        Priority: optional
        %sDescription: A stand-in for the upstream package
        """
        .formatted(name, version, AptRoot.architecture(), depends);
  }

  private static Map<String, String> debFiles(String name, String version) {
    String program = "#!/bin/sh\necho %s v%s\n".formatted(name, version);
    return switch (name) {
      case "kubeadm" ->
          Map.of(
              "usr/bin/kubeadm",
              program,
              "usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf",
              "[Service]\n");
      case "kubelet" ->
          Map.of(
              "usr/bin/kubelet", program,
              "lib/systemd/system/kubelet.service", "[Service]\n",
              "etc/default/kubelet", "KUBELET_EXTRA_ARGS=\n",
              "DEBIAN/conffiles", "/etc/default/kubelet\n");
      default -> Map.of("usr/bin/" + name, program);
    };
  }
}
