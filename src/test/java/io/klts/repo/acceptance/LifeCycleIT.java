package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A tree in the course of time, as real clients see it that follow it; after each change it is
 * whole.
 */
@ExtendWith(PublishedTree.Shared.class)
class LifeCycleIT {

  private static void change(TreeCopy copy, String command, String... more) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(List.of(more));
    arguments.add("--tree=" + copy.folder());
    if (!command.equals("prune")) {
      arguments.add("--base-url=" + copy.address());
    }
    Product.signing(arguments.toArray(String[]::new)).run().assertOk();
    String key = "--key=" + Sandbox.KEYS.resolve("good-public.asc");
    Product.unsigned("verify", copy.folder().toString(), key).run().assertOk();
  }

  private static void withdraw(TreeCopy copy) throws IOException {
    change(copy, "withdraw", "v1.28.15-lts.2", "--reason=it breaks nodes");
  }

  @Test
  void dnfFollowsAWithdrawalTheWayBackAndARefresh(PublishedTree tree) throws IOException {
    try (TreeCopy copy = new TreeCopy(tree);
        DnfRoot root = new DnfRoot()) {
      root.addRepo("klts.repo", copy.definition("rpm/v1.28/klts.repo"));
      root.dnf("makecache").assertOk();

      withdraw(copy);
      root.dnf("--refresh", "install", "kubectl").assertOk();
      assertThat(root.installed("kubectl")).isEqualTo("1.28.15.lts.1-1");

      change(copy, "rollback");
      root.dnf("--refresh", "upgrade").assertOk();
      assertThat(root.installed("kubectl")).isEqualTo("1.28.15.lts.2-1");

      change(copy, "refresh");
      change(copy, "prune", "--keep=0", "--keep-hours=0");
      root.dnf("clean", "all").assertOk();
      root.dnf("install", "kubelet").assertOk();
      assertThat(root.installed("kubelet")).isEqualTo("1.28.15.lts.2-1");
    }
  }

  @Test
  void zypperFollowsAWithdrawalTheWayBackAndARefresh(PublishedTree tree) throws IOException {
    try (TreeCopy copy = new TreeCopy(tree);
        ZypperRoot root = new ZypperRoot()) {
      root.addRepo("klts.repo", copy.definition("rpm/v1.28/klts-zypper.repo"));
      root.refresh().assertOk();

      withdraw(copy);
      root.refresh().assertOk();
      root.zypper("install", "kubectl").assertOk();
      assertThat(root.installed("kubectl")).isEqualTo("1.28.15.lts.1-1");

      change(copy, "rollback");
      root.refresh().assertOk();
      root.zypper("update").assertOk();
      assertThat(root.installed("kubectl")).isEqualTo("1.28.15.lts.2-1");

      change(copy, "refresh");
      change(copy, "prune", "--keep=0", "--keep-hours=0");
      root.refresh().assertOk();
      root.zypper("install", "kubelet").assertOk();
      assertThat(root.installed("kubelet")).isEqualTo("1.28.15.lts.2-1");
    }
  }

  @Test
  void aptFollowsAWithdrawalTheWayBackAndARefresh(PublishedTree tree) throws IOException {
    try (TreeCopy copy = new TreeCopy(tree);
        AptRoot root = new AptRoot()) {
      root.copyIn(
          copy.folder().resolve("keys/klts.gpg"), "/usr/share/keyrings/klts-archive-keyring.gpg");
      root.addSource("klts.sources", copy.definition("apt/v1.28.sources"));
      root.apt("update").assertOk();

      withdraw(copy);
      root.apt("update").assertOk();
      root.apt("install", "kubectl").assertOk();
      assertThat(root.installed("kubectl")).isEqualTo("1.28.15-lts.1");

      change(copy, "rollback");
      root.apt("update").assertOk();
      root.apt("upgrade").assertOk();
      assertThat(root.installed("kubectl")).isEqualTo("1.28.15-lts.2");

      change(copy, "refresh");
      change(copy, "prune", "--keep=0", "--keep-hours=0");
      root.apt("update").assertOk();
      Path release = copy.folder().resolve("apt/dists/v1.28/Release");
      assertThat(Files.readString(release)).contains("Valid-Until: ");
      root.apt("install", "kubelet").assertOk();
      assertThat(root.installed("kubelet")).isEqualTo("1.28.15-lts.2");
    }
  }
}
