package io.klts.repo.verify;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whether a channel is enough for what its packages need of each other. What no package of the tree
 * provides is for the distribution to have.
 */
final class Closure {

  private static final Set<String> KUBERNETES = Set.of("kubeadm", "kubectl", "kubelet");

  /** Packages that belong to Kubernetes, but that nodes may have from elsewhere. */
  private static final Set<String> ADDONS =
      Set.of("cri-tools", "kubernetes-cni", "containerd", "runc");

  private final Problems problems;

  /** Names of packages. */
  private final Set<String> packages = new HashSet<>();

  /** Those, and what packages provide besides. */
  private final Set<String> ours = new HashSet<>();

  Closure(List<Channel> channels, Problems problems) {
    this.problems = problems;
    for (Channel channel : channels) {
      for (ListedPackage one : channel.packages()) {
        packages.add(one.name());
        one.provides().forEach(provided -> ours.add(provided.name()));
      }
    }
    // A tree of other packages may need these of the distribution, as any other.
    if (!Collections.disjoint(packages, KUBERNETES)) {
      packages.addAll(KUBERNETES);
      packages.addAll(ADDONS);
    }
    ours.addAll(packages);
  }

  void check(Channel channel) {
    Map<String, List<ListedPackage>> providers = new HashMap<>();
    for (ListedPackage one : channel.packages()) {
      Set<String> names = new HashSet<>();
      one.provides().forEach(provided -> names.add(provided.name()));
      names.forEach(n -> providers.computeIfAbsent(n, k -> new ArrayList<>()).add(one));
    }
    for (ListedPackage one : channel.packages()) {
      for (List<Capability> alternatives : one.needs()) {
        if (alternatives.stream().allMatch(need -> ours.contains(need.name()))) {
          check(channel, one, alternatives, providers);
        }
      }
    }
  }

  private void check(
      Channel channel,
      ListedPackage needy,
      List<Capability> alternatives,
      Map<String, List<ListedPackage>> providers) {
    List<String> offered = new ArrayList<>();
    for (Capability need : alternatives) {
      for (ListedPackage provider : providers.getOrDefault(need.name(), List.of())) {
        if (fits(needy.arch(), provider.arch())) {
          if (provider.provides().stream().anyMatch(p -> need.isMetBy(p, channel.order()))) {
            return;
          }
          offered.add(provider.identity());
        }
      }
    }
    String need = String.join(" or ", alternatives.stream().map(Capability::toString).toList());
    String needed = need + ", which " + needy.identity() + " needs";
    if (!offered.isEmpty()) {
      problems.fault(
          channel.folder(), needed, "only " + String.join(", ", offered), "publish one that fits");
    } else if (alternatives.stream().anyMatch(c -> isForOthers(c.name()))) {
      // Not for each version and architecture.
      problems.warning(
          channel.folder(),
          need + ", which " + needy.name() + " needs",
          "none",
          "publish it, or see that clients have it from elsewhere");
    } else {
      problems.fault(channel.folder(), needed, "none", "publish it");
    }
  }

  /** A missing add-on, or a mere name that others provide as well. */
  private boolean isForOthers(String name) {
    return ADDONS.contains(name) || !packages.contains(name);
  }

  private static boolean fits(String arch, String provider) {
    return provider.equals(arch) || provider.equals("noarch") || provider.equals("all");
  }
}
