package io.klts.repo.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Real Go programs from Debian's packages, laid out as {@code <folder>/<goarch>/<name>} for amd64
 * and arm64. kubectl is the real one; in the other roles are programs of about the same size, and a
 * dynamically linked one where the original is one. They are read only: whoever changes them copies
 * them first.
 */
final class Binaries {

  /** The architectures, which Debian and Go call by the same names. */
  static final List<String> ARCHITECTURES = List.of("amd64", "arm64");

  private static final List<String> PACKAGES =
      List.of(
          "kubernetes-client",
          "rclone",
          "containerd",
          "runc",
          "etcd-client",
          "containernetworking-plugins");

  /** The role, and the file of Debian that plays it. */
  private static final Map<String, String> KUBERNETES =
      Map.of(
          "kubectl", "usr/bin/kubectl",
          "kubeadm", "usr/bin/rclone",
          "kubelet", "usr/bin/containerd");

  /** The last three are plugins that Debian's version does not have yet, or not any more. */
  private static final Map<String, String> ADDONS =
      Map.of(
          "containerd", "usr/bin/containerd",
          "containerd-shim", "usr/bin/containerd-shim",
          "containerd-shim-runc-v1", "usr/bin/containerd-shim-runc-v1",
          "containerd-shim-runc-v2", "usr/bin/containerd-shim-runc-v2",
          "ctr", "usr/bin/ctr",
          "runc", "usr/sbin/runc",
          "crictl", "usr/bin/etcdctl",
          "dummy", "usr/lib/cni/vlan",
          "tap", "usr/lib/cni/tuning",
          "flannel", "usr/lib/cni/bridge");

  /** Changes with what is laid out, so that an older cache is not taken for it. */
  private static final String KEY =
      "-%08x".formatted(List.of(PACKAGES, KUBERNETES, ADDONS).hashCode());

  private Binaries() {}

  /** A folder with kubeadm, kubelet and kubectl for each architecture: 280 MB. */
  static Path kubernetes() throws IOException {
    return laidOut("kubernetes", false);
  }

  /** A folder with those, and with those of containerd, runc, cri-tools and kubernetes-cni. */
  static Path withAddons() throws IOException {
    return laidOut("kubernetes-and-addons", true);
  }

  private static Path laidOut(String name, boolean addons) throws IOException {
    return Lab.cached(
        name + KEY,
        target -> {
          for (String architecture : ARCHITECTURES) {
            layOut(unpacked(architecture), target.resolve(architecture), addons);
          }
        });
  }

  private static Path unpacked(String architecture) throws IOException {
    return Lab.cached(
        "packages-" + architecture + KEY,
        target -> {
          Path apt = target.resolveSibling("apt");
          new MachineApt(apt, architecture).unpack(PACKAGES, Files.createDirectory(target));
        });
  }

  private static void layOut(Path packages, Path target, boolean addons) throws IOException {
    Map<String, Path> sources = new LinkedHashMap<>();
    KUBERNETES.forEach((role, file) -> sources.put(role, packages.resolve(file)));
    if (addons) {
      ADDONS.forEach((role, file) -> sources.put(role, packages.resolve(file)));
      try (var plugins = Files.newDirectoryStream(packages.resolve("usr/lib/cni"))) {
        plugins.forEach(plugin -> sources.put(plugin.getFileName().toString(), plugin));
      }
    }
    Files.createDirectories(target);
    for (Map.Entry<String, Path> source : sources.entrySet()) {
      Files.createLink(target.resolve(source.getKey()), source.getValue());
    }
  }
}
